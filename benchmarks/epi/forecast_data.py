"""Rounds of the forecast hubs: what was known, what came true, what others scored."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl

from salus.epi.ahead import Related
from salus.epi.ahead.persistence import persistence
from salus.epi.arrays import FloatArray
from salus.epi.hub.scoring import weighted_interval_score
from salus.epi.hub.targets import TargetState, target_state

ROOT = Path(__file__).resolve().parents[2]
HUBS = Path(os.environ.get("SALUS_SHARED", ROOT.parent / "shared")) / "data" / "hubs"
TWENTY_THREE = np.array((0.01, 0.025, *(round(0.05 * k, 2) for k in range(1, 20)), 0.975, 0.99))
NINE = np.array((0.025, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.975))
ENSEMBLES = ("FluSight-ensemble", "CovidHub-ensemble", "epiENGAGE-ensemble_mean")
HORIZONS = range(4)


@dataclass(slots=True)
class Round:
    """One round: the state of its moment, the truth (4, S), others' scores by model (4, S), related series."""

    season: str
    name: str
    state: TargetState
    first: int
    truth: FloatArray
    others: dict[str, FloatArray]
    moment: str = ""
    related: tuple[Related, ...] = ()


def hub_rounds(hub: str, every: int, target: str = "") -> list[Round]:
    """Rounds of a hub, with everything that the hub's own models scored."""
    folder = HUBS / hub
    versions = _versions(folder, target)
    truth = {
        row[:2]: row[2] for row in _named(folder / "truth.parquet", target).select("location", "date", "obs").rows()
    }
    scores = _named(folder / "task_scores_all_models.parquet", target)
    out: list[Round] = []
    rounds = pl.read_csv(folder / "rounds.csv").filter("usable")
    moment = "as_of_ts" if "as_of_ts" in rounds.columns else "as_of"
    rounds = rounds.filter(pl.col(moment) >= versions["as_of"].min()).gather_every(every)
    for row in rounds.iter_rows(named=True):
        state = target_state(versions, target, row[moment])
        if state.table.shape[0] < 3:
            continue
        day = date.fromisoformat(row["reference_date"])
        ends = [(day + timedelta(days=7 * h)).isoformat() for h in HORIZONS]
        true = np.array([[truth.get((place, end), np.nan) for place in state.locations] for end in ends])
        own = scores.filter(pl.col("reference_date") == row["reference_date"])
        first = (day.toordinal() - int(state.days[-1])) // 7
        others = _others(own, state.locations)
        season, name = row.get("season", hub), row["reference_date"]
        out.append(Round(season, name, state, first, true, others, moment=row[moment]))
    return out


def told_of_influenza(rounds: list[Round]) -> list[Round]:
    """The same rounds with what was known of influenza admissions on their days."""
    versions = _versions(HUBS / "flusight", "")
    out: list[Round] = []
    for each in rounds:
        state = target_state(versions, "", each.moment + "T23:59:59Z")
        out.append(replace(each, related=(Related(state.table, state.days),)))
    return out


def city_rounds(every: int) -> list[Round]:
    """All cities of MetroCast on their history, beside the baseline rebuilt here (no versions were kept)."""
    frame = pl.read_parquet(HUBS / "metrocast" / "history_before_2025-10.parquet")
    history = frame.select(
        pl.lit(None, dtype=pl.String).alias("target"),
        pl.col("location").cast(pl.String),
        pl.col("date").cast(pl.String).str.to_date(),
        pl.col("obs").alias("value"),
        pl.lit(None, dtype=pl.String).alias("as_of"),
    )
    whole = target_state(history, "", "9999-01-01")
    out: list[Round] = []
    for season, start, end in (
        ("2023-24", date(2023, 11, 18), date(2024, 5, 18)),
        ("2024-25", date(2024, 11, 16), date(2025, 5, 17)),
    ):
        for day in range(start.toordinal(), end.toordinal() + 1, 7 * every):
            step = int((day - whole.days[0]) // 7)
            truth = whole.table[step : step + len(HORIZONS)]
            state = TargetState(
                whole.table[:step], whole.days[:step], whole.locations, np.empty((0, step, truth.shape[1]))
            )
            base = np.moveaxis(persistence(state.table, len(HORIZONS), NINE), 0, 0)
            others = {"rebuilt baseline": weighted_interval_score(base, NINE, truth)}
            out.append(Round(season, date.fromordinal(day).isoformat(), state, 1, truth, others))
    return out


def _versions(folder: Path, target: str) -> pl.DataFrame:
    frame = _named(folder / "target_vintages.parquet", target)
    moment = "as_of_ts" if "as_of_ts" in frame.columns else "as_of"
    return frame.select(
        pl.lit(None, dtype=pl.String).alias("target"),
        "location",
        pl.col("date").str.to_date(),
        pl.col("value").cast(pl.Float64),
        pl.col(moment).alias("as_of"),
    )


def _named(path: Path, target: str) -> pl.DataFrame:
    frame = pl.read_parquet(path)
    frame = frame.with_columns(pl.col(pl.Categorical).cast(pl.String))
    return frame.filter(pl.col("target") == target) if target else frame


def _others(scores: pl.DataFrame, places: tuple[str, ...]) -> dict[str, FloatArray]:
    column = {name: number for number, name in enumerate(places)}
    out: dict[str, FloatArray] = {}
    for model, horizon, place, wis in scores.select("model", "horizon", "location", "wis").iter_rows():
        if place in column and horizon in HORIZONS:
            table = out.setdefault(model, np.full((len(HORIZONS), len(places)), np.nan))
            table[horizon, column[place]] = wis
    return out
