"""Laboratory reports, one line a case: late, uneven and with the mistakes that real ones have."""

from __future__ import annotations

from datetime import timedelta
from functools import lru_cache
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from salus.world.city.people import AGE_BANDS, SEGMENTS
from salus.world.emergency import Unknown
from salus.world.feeds.disturbance import is_silent, sends_rubbish, spoilt
from salus.world.feeds.held import Laboratory, Outbox
from salus.world.feeds.hospitals import facilities
from salus.world.feeds.truth import TruthDay, TruthReader
from salus.world.truth.assembly import by_segment
from salus.world.truth.run import BadRun, Run, write_whole
from salus.world.truth.sites import TESTING, by_stratum

IntArray = NDArray[np.int64]
NAME = "lab"
COLUMNS = (
    "report_id", "reported_on", "laboratory", "zone", "age", "sex", "onset_on", "specimen_on", "variant", "status",
)  # fmt: skip
FINAL, VOID = "final", "entered-in-error"
# Days after infection in which a case can still be heard of.
_REACH = 60
_DUPLICATES, _VOIDED, _NO_ONSET, _WRONG_ZONE, _IN_MONTHS, _SEQUENCED = 0.012, 0.006, 0.12, 0.004, 0.003, 0.05
# A laboratory falls silent about once in this many days, for some days.
_OUTAGE_EVERY, _OUTAGE_DAYS = 75, (2, 6)
_HELD_BACK = {5: 0.5, 6: 0.7}


class LaboratoryFeed:
    """Writes one file a day; each follows from the truth that was kept and from the seed alone.

    Laboratories that it is `without` speak in another way.
    """

    def __init__(self, run: Run, *, without: frozenset[str] = frozenset()) -> None:
        self._run, self._truth, self._without = run, TruthReader(run), without
        found = [Laboratory(row["code"], row["zone"]) for row in facilities(run, "laboratory")]
        self._laboratories = tuple(row.code for row in found)
        if not self._laboratories:
            raise BadRun(f"The city pack {run.pack} has no laboratory, so nobody would ever hear of a case.")
        # What waits while one feed is silent is not what waits while another is.
        self._outbox = lru_cache(lambda feed: Outbox(run, self._truth, feed, found))
        self._folder = run.folder / "feeds" / NAME
        self._drawn = run.folder / "drawn" / NAME
        # The same days are asked for every day, for two months.
        self._cases_of = lru_cache(maxsize=2 * _REACH)(self._ever_reported_of)
        share = by_segment(run.emergency.reporting.ascertainment_by_segment)
        self._ascertained = np.asarray(share)
        # Of an illness of unknown cause there is no test at first.
        self._tested_from = run.described.tested_from if isinstance(run.described, Unknown) else 0

    def write(self, day: int) -> Path | None:
        """Write what the laboratories report on a day; nothing while their feed is silent."""
        truth = self._truth.day(day)
        if is_silent(truth, NAME):
            return None
        self._folder.mkdir(parents=True, exist_ok=True)
        table = self.sent_on(day).filter(~pl.col("laboratory").is_in(list(self._without)))
        content = self._told(table).write_csv().encode()
        if sends_rubbish(truth, NAME):
            content = spoilt(content, self._run.rng("rubbish of the laboratories", day))
        path = self._folder / f"{NAME}-{self._run.start + timedelta(days=day)}.csv"
        write_whole(path, content)
        return path

    def sent_on(self, day: int, *, feed: str = NAME) -> pl.DataFrame:
        """Return the reports that all laboratories send on a day, if they send them by a feed."""
        outbox = self._outbox(feed)
        first = outbox.waits_since(day)
        parts = [self._cases_of(infected) for infected in range(max(first - _REACH, 0), day + 1)]
        false = [row for on in range(max(first - outbox.reach, 0), day + 1)
                 for row in outbox.false_reports(on)]  # fmt: skip
        reports = pl.concat([*parts, pl.DataFrame(false, schema=_SCHEMA)])
        return outbox.sent_on(day, reports).sort("report_id", "status")

    def _told(self, table: pl.DataFrame) -> pl.DataFrame:
        first = pl.lit(self._run.start)
        days = [(first + pl.duration(days=name)).cast(pl.Date).alias(f"{name}_on") for name in ("reported", "specimen")]
        onset = (first + pl.duration(days="onset")).cast(pl.Date).alias("onset_on")
        return table.with_columns(*days, onset).select(COLUMNS)

    def _ever_reported_of(self, infected: int) -> pl.DataFrame:
        """Return everything that will ever be reported of the people infected on a day."""
        path = self._drawn / f"{infected:05d}.parquet"
        if path.exists():
            return pl.read_parquet(path)
        self._drawn.mkdir(parents=True, exist_ok=True)
        made = self._draw(self._truth.day(infected))
        part = path.with_suffix(".part")
        made.write_parquet(part)
        part.replace(path)
        return made

    def _draw(self, truth: TruthDay) -> pl.DataFrame:
        rng = self._run.rng("lab", truth.number)
        infected = np.rint(truth.values["infections"]).astype(np.int64)
        found = rng.binomial(infected, self._found(truth, infected.shape))
        zone, stratum = (np.repeat(part.ravel(), found.ravel()) for part in np.indices(found.shape))
        count = zone.size
        onset = truth.number + np.maximum(np.rint(rng.gamma(5.0, 1.0, count)), 1).astype(np.int64)
        specimen = onset + rng.negative_binomial(2, 0.55, count)
        laboratory = zone % len(self._laboratories)
        reported = self._reported(specimen + 1 + rng.poisson(0.8, count), laboratory, rng)
        frame = pl.DataFrame(
            {
                "report_id": [f"L{truth.number:05d}-{n:06d}" for n in range(count)],
                "reported": reported,
                "laboratory": np.asarray(self._laboratories, dtype=object)[laboratory] if count else [],
                "zone": _misspelt(np.asarray(self._run.place.zones, dtype=object)[zone], rng),
                "age": _ages(stratum // len(SEGMENTS), rng),
                "sex": np.where(rng.random(count) < 0.5, "female", "male"),
                "onset": pl.Series(onset).set(pl.Series(rng.random(count) < _NO_ONSET), None),
                "specimen": specimen,
                "variant": _sequenced(truth, zone, stratum, rng),
                "status": [FINAL] * count,
            },
            schema=_SCHEMA,
        )
        made = pl.concat([frame, *self._again(frame, rng)])
        return made.filter(pl.col("specimen") >= self._tested_from)

    def _found(self, truth: TruthDay, shape: tuple[int, ...]) -> np.ndarray:
        """Return the share of the infected that is found: more where a site for tests stands open."""
        usual = np.broadcast_to(self._ascertained, shape)
        on = self._run.start + timedelta(days=truth.number)
        tested = self._run.serving.reached(TESTING, truth.orders, on)
        return usual if tested is None else usual + (1.0 - usual) * by_stratum(tested)

    def _again(self, frame: pl.DataFrame, rng: np.random.Generator) -> list[pl.DataFrame]:
        """Return the reports that are sent twice, and those that are taken back."""
        later = pl.Series(rng.integers(1, 7, len(frame)))
        twice = frame.with_columns(pl.col("reported") + later).filter(pl.Series(rng.random(len(frame)) < _DUPLICATES))
        taken = pl.Series(rng.integers(5, 21, len(frame)))
        void = frame.with_columns(pl.col("reported") + taken, pl.lit(VOID).alias("status"))
        return [twice, void.filter(pl.Series(rng.random(len(frame)) < _VOIDED))]

    def _reported(self, ready: IntArray, laboratory: IntArray, rng: np.random.Generator) -> IntArray:
        """Hold back what weekends and silent laboratories hold back."""
        weekday = (ready + self._run.start.weekday()) % 7
        held = np.zeros(ready.size, dtype=bool)
        for day, share in _HELD_BACK.items():
            held |= (weekday == day) & (rng.random(ready.size) < share)
        found = np.where(held, ready + 7 - weekday, ready)
        for number in range(len(self._laboratories)):
            for first, last in self.outages(number, int(found.max(initial=0)) + 1):
                silent = (laboratory == number) & (found >= first) & (found < last)
                found = np.where(silent, last + rng.integers(0, 2, found.size), found)
        return found

    def outages(self, laboratory: int, until: int) -> list[tuple[int, int]]:
        """Return the spells of days in which a laboratory says nothing."""
        spells = []
        for turn in range(until // _OUTAGE_EVERY + 1):
            rng = self._run.rng(f"outage of laboratory {laboratory}", turn)
            first = turn * _OUTAGE_EVERY + int(rng.integers(20, _OUTAGE_EVERY - 8))
            spells.append((first, first + int(rng.integers(*_OUTAGE_DAYS))))
        return spells


_SCHEMA = {
    "report_id": pl.String,
    "reported": pl.Int64,
    "laboratory": pl.String,
    "zone": pl.String,
    "age": pl.Int64,
    "sex": pl.String,
    "onset": pl.Int64,
    "specimen": pl.Int64,
    "variant": pl.String,
    "status": pl.String,
}


def _ages(band: IntArray, rng: np.random.Generator) -> IntArray:
    low = np.array([low for low, _high in AGE_BANDS])[band]
    high = np.array([99 if high is None else high for _low, high in AGE_BANDS])[band]
    years = low + np.floor(rng.random(band.size) * (high - low + 1)).astype(np.int64)
    return np.where(rng.random(band.size) < _IN_MONTHS, years * 12, years)


def _misspelt(zone: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    wrong = rng.random(zone.size) < _WRONG_ZONE
    return np.array(
        [code.replace("-", "") if bad else code for code, bad in zip(zone, wrong, strict=True)], dtype=object
    )


def _sequenced(truth: TruthDay, zone: IntArray, stratum: IntArray, rng: np.random.Generator) -> list[str]:
    """Return the variant of the few cases that are sequenced."""
    names = list(truth.variants)
    counts = (
        np.stack([truth.variants[name][zone, stratum] for name in names], axis=1) if zone.size else np.zeros((0, 1))
    )
    share = np.cumsum(counts, axis=1) / np.maximum(counts.sum(axis=1, keepdims=True), 1e-9)
    number = np.minimum((rng.random(zone.size)[:, None] > share).sum(axis=1), len(names) - 1)
    read = rng.random(zone.size) < _SEQUENCED
    return [names[n] if done else "" for n, done in zip(number.tolist(), read.tolist(), strict=True)]
