"""How Port Alma's truth becomes known: late, unevenly over the week, with gaps and corrections.

Every report has the day of the event and the day on which it was worked through. A day's reports are
published at 18:00 of that day, except in an outage, when they wait for its end.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import polars as pl
from numpy.typing import NDArray

from salus.gather.sources.chunks import MISSING, OBSERVED, SUPPRESSED, WITHDRAWN

Counts = NDArray[np.int64]
# Share of reports that come so many days after the event.
CASE_DELAY = np.array([0.0, 0.24, 0.26, 0.18, 0.11, 0.07, 0.045, 0.03, 0.02, 0.015, 0.01, 0.008, 0.006, 0.004, 0.002])
HOSPITAL_DELAY = np.array(
    [
        0.0,
        0.06,
        0.09,
        0.14,
        0.16,
        0.15,
        0.1,
        0.07,
        0.05,
        0.04,
        0.03,
        0.025,
        0.02,
        0.015,
        0.012,
        0.01,
        0.008,
        0.006,
        0.005,
        0.004,
        0.003,
        0.002,
    ]
)
DEATH_DELAY = np.array(
    [0.0, 0.12, 0.15, 0.17, 0.14, 0.11, 0.08, 0.06, 0.05, 0.035, 0.025, 0.02, 0.015, 0.01, 0.01, 0.005]
)
TEST_DELAY = np.array([0.0, 0.62, 0.25, 0.09, 0.04])
# How much of a Saturday's and a Sunday's work waits for the next day.
SATURDAY_WAITS, SUNDAY_WAITS = 0.45, 0.7
ASCERTAINED = 0.48

# What goes wrong, by day of the series.
OUTAGE = range(230, 233)
SUPPRESSED_DAYS, SUPPRESSED_ZONE, RELEASED_DAY = range(38, 53), "HIL-3", 84
MISSING_DAYS, MISSING_ZONE, FILLED_DAY = range(166, 174), "SAL-2", 181
BACKFILL_DAY, BACKFILL_EVENTS, BACKFILL_ZONES, BACKFILL_CASES = 97, range(55, 76), ("OLD-2", "OLD-3", "OLD-5"), 340
CORRECTION_DAY, CORRECTED_EVENTS, CORRECTED_SHARE = 126, range(84, 112), 0.03
WITHDRAWN_CELL = ("RIV-4", 145, 147, 149)  # zone, event, withdrawn on, given again on


@dataclass(frozen=True, slots=True)
class Reports:
    """How many events of each day (rows) and zone (columns) were worked through after each lag (depth)."""

    zones: tuple[str, ...]
    by_lag: Counts

    @property
    def days(self) -> int:
        """Return the number of days of the series."""
        return int(self.by_lag.shape[0])

    def by_report_day(self) -> Counts:
        """Return the reports of each day on which they were worked through."""
        worked = np.zeros(self.by_lag.shape[:2], dtype=np.int64)
        for lag in range(min(self.by_lag.shape[2], self.days)):
            worked[lag:] += self.by_lag[: self.days - lag, :, lag]
        return worked


def report(
    events: Counts, zones: tuple[str, ...], delay: NDArray[np.float64], start: date, rng: np.random.Generator
) -> Reports:
    """Return when each event is worked through; weekends push work into the week."""
    share = np.append(delay / delay.sum(), [0.0, 0.0, 0.0])
    by_lag = rng.multinomial(events, share)
    weekday = (np.arange(events.shape[0])[:, None] + np.arange(share.size)[None, :] + start.weekday()) % 7
    for lag in range(share.size - 1):
        waits = np.select([weekday[:, lag] == 5, weekday[:, lag] == 6], [SATURDAY_WAITS, SUNDAY_WAITS], 0.0)
        moved = rng.binomial(by_lag[:, :, lag], waits[:, None])
        by_lag[:, :, lag] -= moved
        by_lag[:, :, lag + 1] += moved
    return Reports(zones, by_lag)


def disturb(reports: Reports, rng: np.random.Generator) -> Reports:
    """Return the reports of cases with a late delivery of old ones and a removal of duplicates."""
    wide = np.zeros((*reports.by_lag.shape[:2], 64), dtype=np.int64)
    wide[:, :, : reports.by_lag.shape[2]] = reports.by_lag
    days = [day for day in BACKFILL_EVENTS if day < reports.days and BACKFILL_DAY - day < 64]
    for zone in BACKFILL_ZONES:
        if zone in reports.zones and days:
            late = rng.multinomial(BACKFILL_CASES // len(BACKFILL_ZONES), np.full(len(days), 1 / len(days)))
            for day, cases in zip(days, late, strict=True):
                wide[day, reports.zones.index(zone), BACKFILL_DAY - day] += cases
    for day in CORRECTED_EVENTS:
        if day < reports.days:
            known = wide[day, :, : CORRECTION_DAY - day].sum(axis=1)
            wide[day, :, CORRECTION_DAY - day] -= rng.binomial(known, CORRECTED_SHARE)
    return Reports(reports.zones, wide)


def publication(days: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the day on which what was worked through on a day is published."""
    return np.where((days >= OUTAGE.start) & (days < OUTAGE.stop), OUTAGE.stop, days)


def triangle(reports: Reports, start: date, *, first_lag: int = 1) -> pl.DataFrame:
    """Return a version of each event day's count for every day on which it was published anew.

    Columns: zone, event, published (days since the start), value, status. The first version comes
    `first_lag` days after the event, be it nought; nothing is published after the series' last day.
    """
    running = reports.by_lag.cumsum(axis=2)
    changed = reports.by_lag != 0
    changed[:, :, : first_lag + 1] = False
    changed[:, :, first_lag] = True
    event, zone, lag = np.nonzero(changed)
    frame = pl.DataFrame(
        {
            "zone": np.array(reports.zones)[zone],
            "event": event,
            "published": publication(event + lag),
            "value": running[event, zone, lag].astype(float),
            "status": np.zeros(event.size, dtype=np.int8),
        }
    )
    # Of several workings published together only the last is seen.
    kept = frame.unique(["zone", "event", "published"], keep="last", maintain_order=True)
    return kept.filter(pl.col("published") < reports.days)


def rolled_up(reports: Reports, groups: dict[str, list[int]]) -> Reports:
    """Return the reports summed over groups of zones."""
    parts = [reports.by_lag[:, columns, :].sum(axis=1) for columns in groups.values()]
    return Reports(tuple(groups), np.stack(parts, axis=1))


def with_gaps(facts: pl.DataFrame) -> pl.DataFrame:
    """Return the zones' triangle with a suppressed stretch, a missing stretch and a withdrawn cell."""
    facts = _cover(facts, SUPPRESSED_ZONE, SUPPRESSED_DAYS, RELEASED_DAY, SUPPRESSED)
    facts = _cover(facts, MISSING_ZONE, MISSING_DAYS, FILLED_DAY, MISSING)
    zone, event, withdrawn, again = WITHDRAWN_CELL
    cell = (pl.col("zone") == zone) & (pl.col("event") == event)
    quiet = cell & pl.col("published").is_between(withdrawn, again - 1)
    given = facts.filter(cell & (pl.col("published") < again)).sort("published").tail(1)
    if given.is_empty():
        return facts
    marks = [
        given.with_columns(
            pl.lit(withdrawn).cast(pl.Int64).alias("published"),
            pl.lit(None, pl.Float64).alias("value"),
            pl.lit(WITHDRAWN).cast(pl.Int8).alias("status"),
        ),
        given.with_columns(pl.lit(again).cast(pl.Int64).alias("published")),
    ]
    return _newest(pl.concat([facts.filter(~quiet), *marks]))


def _cover(facts: pl.DataFrame, zone: str, days: range, until: int, status: int) -> pl.DataFrame:
    """Return the facts in which a zone's days have no value until a day, and then all at once."""
    cell = (pl.col("zone") == zone) & pl.col("event").is_between(days.start, days.stop - 1)
    inside, rest = facts.filter(cell), facts.filter(~cell)
    early = inside.filter(pl.col("published") < until)
    if status == SUPPRESSED:
        # Only counts from one to four are held back; a nought or a five may be seen.
        small = pl.col("value").is_between(1, 4)
        hidden = early.with_columns(
            pl.when(small).then(None).otherwise("value").alias("value"),
            pl.when(small).then(status).otherwise("status").cast(pl.Int8).alias("status"),
        )
    else:
        hidden = (
            early.group_by("zone", "event")
            .agg(pl.col("published").min())
            .with_columns(pl.lit(None, pl.Float64).alias("value"), pl.lit(status).cast(pl.Int8).alias("status"))
            .select(early.columns)
        )
    last = early.sort("published").unique(["zone", "event"], keep="last", maintain_order=True)
    shown = last.with_columns(pl.lit(until).cast(pl.Int64).alias("published"))
    return _newest(pl.concat([rest, hidden, inside.filter(pl.col("published") >= until), shown]))


def _newest(facts: pl.DataFrame) -> pl.DataFrame:
    """Return one row for each cell and day of publication: what was counted, before what was carried over."""
    return facts.unique(["zone", "event", "published"], keep="first", maintain_order=True)


def by_report_day(reports: Reports) -> pl.DataFrame:
    """Return the cases worked through on each day, which are not revised; corrections stay out of them."""
    worked = Reports(reports.zones, np.maximum(reports.by_lag, 0)).by_report_day()
    day, zone = np.meshgrid(np.arange(reports.days), np.arange(len(reports.zones)), indexing="ij")
    frame = pl.DataFrame(
        {
            "zone": np.array(reports.zones)[zone.ravel()],
            "event": day.ravel(),
            "published": publication(day.ravel()),
            "value": worked.ravel().astype(float),
            "status": np.full(worked.size, OBSERVED, dtype=np.int8),
        }
    )
    return _cover(frame, MISSING_ZONE, MISSING_DAYS, FILLED_DAY, MISSING).filter(pl.col("published") < reports.days)


def dated(frame: pl.DataFrame, series: str, start: date) -> pl.DataFrame:
    """Return the facts with dates in place of days since the start."""
    first = pl.lit(start)
    return frame.select(
        pl.lit(series).alias("series"),
        "zone",
        (first + pl.duration(days="event")).cast(pl.Date).alias("valid_on"),
        (first + pl.duration(days="published")).cast(pl.Date).alias("published_on"),
        "value",
        "status",
    ).sort("zone", "valid_on", "published_on")


def last_day(start: date, days: int) -> date:
    """Return the last day of a series."""
    return start + timedelta(days=days - 1)
