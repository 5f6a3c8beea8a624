"""People an hour by zone, cold stores out of range, and how many sensors speak at all."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import polars as pl

from salus.gather.sources.chunks import MISSING, OBSERVED, Chunk, FactsChunk, Progress, Remark, silent
from salus.gather.sources.exercise_sensors.messages import DEGREES, PEOPLE, Heard, read_messages
from salus.gather.sources.facts import as_facts
from salus.gather.sources.feed_days import FeedDay, Kept, days_of, end_of, new_days, nothing_kept
from salus.gather.sources.files import read_csv

NAME, ROOT, TIME_ZONE = "sensors", "ALMA", "Atlantic/Madeira"
FOOTFALL, EXCURSIONS, REPORTING = "exercise.footfall", "exercise.cold_chain_excursions", "exercise.sensors_reporting"
_KINDS = {"street_count": PEOPLE, "people_count": PEOPLE, "cold_chain_temperature": DEGREES}
_COLDEST, _WARMEST = 2.0, 8.0
# No counter sees so many people in an hour, and no cold store is so cold or warm.
_MOST_PEOPLE, _ICE, _OVEN = 20_000, -40.0, 60.0
# A number that never changes is no count; a count of nobody may stand all night.
_STUCK_HOURS = 12
_NAMED = 4


def read(path: Path, *, progress: Progress = silent, kept: Kept = nothing_kept) -> Iterator[Chunk]:
    """Yield the facts that each day's messages brought."""
    new = new_days(days_of(path, NAME, ".ndjson"), kept)
    if not new:
        return
    columns = ["sensor", "kind", "at", "zone", "topic"]
    register = read_csv(path, "sensors.csv", columns, text=columns).filter(pl.col("kind").is_in(list(_KINDS)))
    topics = dict(register.select("sensor", "topic").iter_rows())
    for done, day in enumerate(new):
        progress(done, len(new), day.label)
        heard = [read_messages(file, topics, ZoneInfo(TIME_ZONE), day.day) for file in day.files]
        yield _chunk(day, heard, register)
    progress(len(new), len(new), "read")


def _chunk(day: FeedDay, heard: list[Heard], register: pl.DataFrame) -> FactsChunk:
    rows = [
        (one.sensor, one.what, one.day, value, one.unit)
        for part in heard for one in part.readings for value in one.values
    ]  # fmt: skip
    told = pl.DataFrame(rows, schema=_TOLD, orient="row").filter(pl.col("day") == day.day).join(register, on="sensor")
    # What a sensor says in a unit of another kind of sensor means nothing.
    told = told.filter(pl.col("what") == pl.col("kind").replace_strict(_KINDS, return_dtype=pl.String))
    good = told.filter(_believable())
    stuck = _stuck(good)
    good = good.filter(~pl.col("sensor").is_in(stuck.implode()))
    frame = pl.concat(
        [
            _by_zone(good, register, PEOPLE, FOOTFALL, pl.col("value").mean().round(1)),
            _by_zone(good, register, DEGREES, EXCURSIONS, (_outside().mean() * 100).round(1)),
            _reporting(good, register),
        ]
    ).with_columns(
        pl.lit(day.day).alias("valid_on"),
        pl.when(pl.col("value").is_null()).then(MISSING).otherwise(OBSERVED).alias("status"),
    )
    known = frame.with_columns(end_of(pl.col("valid_on"), TIME_ZONE).alias("known_at"))
    remarks = (*_remarks(day, heard, told), *_faults(day, good, told, stuck, register))
    doubtful = tuple(line for part in heard for line in part.doubtful)
    facts = as_facts(known).sort("series", "zone", "stratum", "valid_on", "known_at")
    return FactsChunk(day.label, facts, day.files, parked=doubtful, remarks=remarks)


_TOLD = {"sensor": pl.String, "what": pl.String, "day": pl.Date, "value": pl.Float64, "unit": pl.String}


def _outside() -> pl.Expr:
    return (pl.col("value") < _COLDEST) | (pl.col("value") > _WARMEST)


def _believable() -> pl.Expr:
    people = pl.col("value").is_between(0, _MOST_PEOPLE)
    return pl.when(pl.col("what") == PEOPLE).then(people).otherwise(pl.col("value").is_between(_ICE, _OVEN))


def _stuck(good: pl.DataFrame) -> pl.Series:
    """Return the sensors that say one number all day."""
    same = good.group_by("sensor").agg(
        pl.len().alias("readings"), pl.col("value").n_unique().alias("different"), pl.col("value").max()
    )
    return same.filter(pl.col("readings") >= _STUCK_HOURS, pl.col("different") == 1, pl.col("value") > 0)[
        "sensor"
    ].sort()


def _by_zone(good: pl.DataFrame, register: pl.DataFrame, what: str, series: str, value: pl.Expr) -> pl.DataFrame:
    """Return the value of every zone that has such a sensor; missing where none of them says anything usable."""
    kinds = [kind for kind, told in _KINDS.items() if told == what]
    zones = register.filter(pl.col("kind").is_in(kinds)).select("zone").unique().sort("zone")
    found = good.filter(pl.col("what") == what).group_by("zone").agg(value.alias("value"))
    return zones.join(found, on="zone", how="left").select(pl.lit(series).alias("series"), "zone", "value")


def _reporting(good: pl.DataFrame, register: pl.DataFrame) -> pl.DataFrame:
    share = 100.0 * good["sensor"].n_unique() / len(register) if len(register) else None
    row = {"series": [REPORTING], "zone": [ROOT], "value": [None if share is None else round(share, 1)]}
    return pl.DataFrame(row, schema={"series": pl.String, "zone": pl.String, "value": pl.Float64})


def _remarks(day: FeedDay, heard: list[Heard], told: pl.DataFrame) -> list[Remark]:
    twice = sum(part.twice for part in heard)
    found = [Remark("duplicates", {"n": twice})] if twice else []
    foreign = told.filter(pl.col("unit").is_in(["degF", "K"])).unique("sensor").sort("sensor").head(_NAMED)
    units = {"degF": "°F", "K": "K"}
    for sensor, unit in foreign.select("sensor", "unit").iter_rows():
        found.append(Remark("unit_changed", {"who": sensor, "unit": units[unit], "on": day.day.isoformat()}))
    strange = told.filter(pl.col("value").is_not_null(), ~_believable())["sensor"].n_unique()
    return [*found, *([Remark("outliers", {"n": strange})] if strange else [])]


def _faults(
    day: FeedDay, good: pl.DataFrame, told: pl.DataFrame, stuck: pl.Series, register: pl.DataFrame
) -> list[Remark]:
    """Return who is silent, who is stuck, and which cold stores were out of range."""
    found = []
    lost = register.filter(~pl.col("sensor").is_in(told["sensor"].unique().implode()))["sensor"].to_list()
    if lost:
        names = ", ".join(lost[:_NAMED]) + (" …" if len(lost) > _NAMED else "")
        found.append(Remark("silent_sensors", {"n": len(lost), "of": len(register), "names": names}))
    found += [Remark("stuck", {"who": sensor}) for sensor in stuck.head(_NAMED)]
    stores = good.filter(pl.col("what") == DEGREES).group_by("sensor", "at").agg(
        _outside().mean().alias("share"), pl.col("value").max().alias("top")
    )  # fmt: skip
    worst = stores.filter(pl.col("share") > 0).sort("share", "sensor", descending=[True, False]).head(_NAMED)
    for sensor, at, share, top in worst.iter_rows():
        about = {"who": f"{sensor} ({at})", "share": round(100 * share), "top": f"{top:.1f}"}
        found.append(Remark("out_of_range", {**about, "on": day.day.isoformat()}))
    return found
