"""What feeds told of a world by each evening, beside its truth."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl

from salus.epi.scenario import discretised_delay
from salus.world.emergency import read_emergency
from salus.world.feeds.hospitals import HospitalFeed
from salus.world.feeds.lines import LaboratoryFeed
from salus.world.score.knowledge import Knowledge, reported_in
from salus.world.score.policy import Player, policy_for
from salus.world.truth.ailments import infection_of
from salus.world.truth.orders import Order
from salus.world.truth.run import Run
from salus.world.world import World

FloatArray = npt.NDArray[np.float64]
START = date(2026, 3, 2)
CASES, ADMISSIONS, BY_REPORT = "exercise.cases", "exercise.hospital_admissions", "exercise.zone_cases_reported"


@dataclass(frozen=True, slots=True)
class Trial:
    """One world to be heard: with `measured`, the city follows its reference policy."""

    pack: Path
    emergency: str
    seed: int
    days: int
    measured: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Heard:
    """What was told of a city, and what was true.

    Attributes
    ----------
    trial : Trial
    cases, admissions : FloatArray, shape (D, D)
        Count of a day (row) as known on the evening of a day (column); NaN where nothing was known.
    by_report : FloatArray, shape (D,)
        New reports of cases by the day on which they came.
    infections : dict of str to FloatArray, shape (D,)
        The truth, by variant.

    """

    trial: Trial
    cases: FloatArray
    admissions: FloatArray
    by_report: FloatArray
    infections: dict[str, FloatArray]

    @property
    def generation(self) -> tuple[float, float]:
        """Return mean and spread of the true generation interval of the first variant."""
        variant = infection_of(read_emergency(_described(self.trial))).variants[0]
        return variant.generation_mean, variant.generation_sd

    def first(self, variant: str) -> int:
        """Return the day of the first infection by a variant."""
        return int(np.flatnonzero(self.infections[variant] > 0)[0])

    def first_told(self, variant: str) -> int:
        """Return the first evening by which one report of a variant is to be expected: nobody can hear of it earlier."""
        reported = reported_in(read_emergency(_described(self.trial)))
        share = float(np.mean(reported.share_by_segment))
        arriving = np.convolve(self.infections[variant], share * discretised_delay(*reported.delay_days))
        return int(np.flatnonzero(np.cumsum(arriving) >= 1)[0])

    def final(self, cube: FloatArray) -> FloatArray:
        """Return what is known at the end: nothing more is to come of days that are old enough."""
        return np.asarray(cube[:, -1])


def hear(trial: Trial) -> Heard:
    """Let a world happen in a folder that is thrown away, and read its feeds as `gather` reads them."""
    with tempfile.TemporaryDirectory() as folder:
        run = Run.begin(
            Path(folder) / "run", pack=trial.pack, emergency=_described(trial), start=START, seed=trial.seed
        )
        feeds = World(run).feeds
        infections = _happen(run, trial)
        lab = _facts(feeds, "exercise_lab")
        hospital = _facts(feeds, "exercise_hospital")
    root = lab.filter((pl.col("series") == CASES) & (pl.col("zone") == _root()))
    reports = lab.filter(pl.col("series") == BY_REPORT).group_by("day").agg(pl.col("value").sum())
    by_report = np.zeros(trial.days)
    by_report[reports["day"].to_numpy()] = reports["value"].to_numpy()
    admitted = hospital.filter(pl.col("series") == ADMISSIONS)
    return Heard(trial, _cube(root, trial.days), _cube(admitted, trial.days), by_report, infections)


def _described(trial: Trial) -> str | Path:
    own = Path(__file__).with_name(f"{trial.emergency}.yaml")
    return own if own.is_file() else trial.emergency


def _happen(run: Run, trial: Trial) -> dict[str, FloatArray]:
    laboratory, hospitals = LaboratoryFeed(run), HospitalFeed(run)
    care = run.model.care
    beds = (float(np.sum(care.beds)), float(np.sum(care.icu_beds)))
    knowledge = Knowledge(run.place, reported_in(run.described), beds)
    player = Player(policy_for(run.described.slug), START)
    found: dict[str, list[float]] = {}
    for number in range(trial.days):
        orders: list[Order] = player.orders(number, knowledge.signals()) if trial.measured else []
        day = run.step(orders)
        run.keep(day)
        totals = {name: float(day.values[name].sum()) for name in ("beds", "icu", "admissions")}
        knowledge.add(day.values["infections"], totals)
        for name, rows in day.variants.items():
            found.setdefault(name, []).append(float(rows.sum()))
        laboratory.write(number)
        hospitals.write(number)
    return {name: np.array(values) for name, values in found.items()}


def _facts(feeds: Path, slug: str) -> pl.DataFrame:
    """Return the facts of a source with days counted from the first: what day, known on which day, what."""
    _ready()
    from salus.gather.sources.chunks import OBSERVED, FactsChunk
    from salus.gather.sources.registry import get

    parts = [chunk.frame for chunk in get(slug).read()(feeds) if isinstance(chunk, FactsChunk)]
    table = pl.concat(parts)
    first = pl.lit(START)
    return table.with_columns(
        (pl.col("valid_on") - first).dt.total_days().alias("day"),
        (pl.col("known_at").dt.date() - first).dt.total_days().alias("known"),
        pl.when(pl.col("status") == OBSERVED).then("value").alias("value"),
    ).filter(pl.col("day") >= 0)


def _ready() -> None:
    """Set Django up in a worker: readers put their remarks into words."""
    import django
    from django.apps import apps

    if not apps.ready:
        django.setup()


def _root() -> str:
    from salus.gather.sources.exercise_lab.reader import ROOT

    return ROOT


def _cube(rows: pl.DataFrame, days: int) -> FloatArray:
    """Return each day's count as known on each evening."""
    cube = np.full((days, days), np.nan)
    kept = rows.filter((pl.col("known") < days) & (pl.col("day") < days)).sort("day", "known", maintain_order=True)
    last = kept.group_by("day", "known", maintain_order=True).agg(pl.col("value").last())
    for day, known, value in last.iter_rows():
        cube[day, max(known, day) :] = np.nan if value is None else value
    return cube
