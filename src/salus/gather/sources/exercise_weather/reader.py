"""Temperatures by zone in one unit, and the level of warning for each hazard, zone and day as known at each day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import polars as pl

from salus.gather.sources.chunks import MISSING, OBSERVED, Chunk, DoubtfulLine, FactsChunk, Progress, Remark, silent
from salus.gather.sources.exercise_weather.warnings import Standing, read_warning
from salus.gather.sources.facts import as_facts, moment_on
from salus.gather.sources.feed_days import FeedDay, Kept, days_of, new_days, nothing_kept
from salus.gather.sources.feed_folders import ARRIVES, dates, parents
from salus.gather.sources.files import read_csv

NAME, ROOT, TIME_ZONE = "weather", "ALMA", "Atlantic/Madeira"
_TEXT = ["station", "day", "unit"]
_NUMBERS = ["maximum", "minimum", "rain_mm"]
_FROM_FAHRENHEIT = {"degC": (1.0, 0.0), "degF": (5 / 9, -160 / 9)}
# Readings outside of this are no weather.
_COLDEST, _HOTTEST = -60.0, 60.0
# A row may come, or be put right, so many days late; a warning may refer to one so old.
_LOOK_BACK = timedelta(days=6)
_REFERS_BACK = timedelta(days=15)


def read(path: Path, *, progress: Progress = silent, kept: Kept = nothing_kept) -> Iterator[Chunk]:
    """Yield the facts that each day's files brought."""
    days = days_of(path, NAME, ".csv", ".xml")
    new = new_days(days, kept)
    if not new:
        return
    stations, zones = _stations(path), _zones(path)
    standing = _heard_before([day for day in days if day.day < new[0].day], new[0].day, zones)
    for done, day in enumerate(new):
        progress(done, len(new), day.label)
        yield _chunk(day, days, stations, zones, standing)
    progress(len(new), len(new), "read")


def _stations(path: Path) -> dict[str, str]:
    """Return the zone of each station, from the register of sensors that comes with the feeds."""
    table = read_csv(path, "sensors.csv", ["sensor", "zone"], text=["sensor", "zone"])
    return dict(table.iter_rows())


def _zones(path: Path) -> dict[str, tuple[str, ...]]:
    """Return the smallest zones of every code that a warning may name."""
    found: dict[str, tuple[str, ...]] = {}
    for zone, district in parents(path).items():
        for code in (zone, district, ROOT):
            found[code] = (*found.get(code, ()), zone)
    return found


def _heard_before(days: list[FeedDay], until: date, zones: dict[str, tuple[str, ...]]) -> Standing:
    standing = Standing()
    for day in days:
        if day.day >= until - _REFERS_BACK:
            _hear(day, zones, standing)
    return standing


def _hear(
    day: FeedDay, zones: dict[str, tuple[str, ...]], standing: Standing
) -> tuple[dict[tuple[str, str, date], int], tuple[DoubtfulLine, ...]]:
    """Return the level of every cell that a day's messages touched, and the messages that a person must see."""
    touched: set[tuple[str, str, date]] = set()
    parked: list[DoubtfulLine] = []
    for file in day.files:
        if file.suffix == ".xml":
            found, doubtful = read_warning(file, came_on=day.day, zones=zones, zone_of_time=ZoneInfo(TIME_ZONE))
            parked += doubtful
            for told in found:
                touched |= standing.hear(told)
    return {cell: standing.level(cell) for cell in sorted(touched)}, tuple(parked)


def _chunk(
    day: FeedDay, days: list[FeedDay], stations: dict[str, str], zones: dict[str, tuple[str, ...]], standing: Standing
) -> FactsChunk:
    levels, parked = _hear(day, zones, standing)
    rows = [(f"exercise.{hazard}_warning", zone, on, float(level)) for (hazard, zone, on), level in levels.items()]
    warned = pl.DataFrame(rows, schema=["series", "zone", "valid_on", "value"], orient="row",
                          schema_overrides={"series": pl.String, "zone": pl.String, "valid_on": pl.Date, "value": pl.Float64})  # fmt: skip
    readings, remarks = _readings(day, days, stations)
    frame = pl.concat([warned, readings]).with_columns(
        pl.lit(day.day).alias("came_on"),
        pl.when(pl.col("value").is_null()).then(MISSING).otherwise(OBSERVED).alias("status"),
    )
    known = frame.with_columns(moment_on(pl.col("came_on"), ARRIVES, TIME_ZONE).alias("known_at"))
    facts = as_facts(known).sort("series", "zone", "stratum", "valid_on", "known_at")
    return FactsChunk(day.label, facts, day.files, parked=parked, remarks=remarks)


def _readings(day: FeedDay, days: list[FeedDay], stations: dict[str, str]) -> tuple[pl.DataFrame, tuple[Remark, ...]]:
    """Return what is now known of every day that the day's table speaks of: of two rows the later holds."""
    window = [one for one in days if day.day - _LOOK_BACK <= one.day <= day.day]
    rows = _rows(window)
    came = rows.filter(pl.col("came_on") == day.day)
    about = came["valid_on"].drop_nulls().unique()
    # A day on which nothing came of it is known to be missing once its table is there.
    about = pl.concat([about, pl.Series("valid_on", [day.day], dtype=pl.Date)]).unique()
    good = (
        rows.filter(pl.col("valid_on").is_in(about.implode()), pl.col("unit").is_in(list(_FROM_FAHRENHEIT)),
                    pl.col("station").is_in(list(stations)))
        .unique(["station", "valid_on"], keep="last", maintain_order=True)
        .with_columns(pl.col("station").replace_strict(stations).alias("zone"))
    )  # fmt: skip
    degrees = [
        (pl.col(name) * pl.col("unit").replace_strict(_slope(), return_dtype=pl.Float64)
         + pl.col("unit").replace_strict(_shift(), return_dtype=pl.Float64)).alias(name)
        for name in ("maximum", "minimum")
    ]  # fmt: skip
    good = good.with_columns(degrees).with_columns(
        pl.when(pl.col(name).is_between(_COLDEST, _HOTTEST)).then(name).alias(name) for name in ("maximum", "minimum")
    )
    return _averaged(good, about), _remarks(came, stations)


def _slope() -> dict[str, float]:
    return {unit: factor for unit, (factor, _shift) in _FROM_FAHRENHEIT.items()}


def _shift() -> dict[str, float]:
    return {unit: shift for unit, (_factor, shift) in _FROM_FAHRENHEIT.items()}


def _rows(days: list[FeedDay]) -> pl.DataFrame:
    parts = []
    for day in days:
        for file in day.files:
            if file.suffix == ".csv":
                table = read_csv(file.parent, file.name, [*_TEXT, *_NUMBERS], text=[*_TEXT, *_NUMBERS])
                parts.append(table.with_columns(pl.lit(day.day).alias("came_on")))
    schema = {**dict.fromkeys([*_TEXT, *_NUMBERS], pl.String()), "came_on": pl.Date()}
    rows = pl.concat(parts) if parts else pl.DataFrame(schema=schema)
    return rows.with_columns(pl.col(_NUMBERS).cast(pl.Float64, strict=False), dates("day").alias("valid_on"))


def _averaged(good: pl.DataFrame, about: pl.Series) -> pl.DataFrame:
    """Return zones and the city; a day without any reading is missing, and not cold."""
    days = pl.DataFrame({"valid_on": about})
    city = days.join(good.group_by("valid_on").agg(pl.col(_NUMBERS).mean()), on="valid_on", how="left")
    zones = good.group_by("zone", "valid_on").agg(pl.col("maximum").mean())
    return pl.concat(
        [
            zones.select(pl.lit("exercise.zone_temperature_max").alias("series"), "zone", "valid_on",
                         pl.col("maximum").round(1).alias("value")),
            *(
                city.select(pl.lit(series).alias("series"), pl.lit(ROOT).alias("zone"), "valid_on",
                            pl.col(name).round(1).alias("value"))
                for name, series in (("maximum", "exercise.temperature_max"), ("minimum", "exercise.temperature_min"),
                                     ("rain_mm", "exercise.rain"))
            ),
        ]
    )  # fmt: skip


def _remarks(came: pl.DataFrame, stations: dict[str, str]) -> tuple[Remark, ...]:
    found = []
    twice = len(came) - came.unique(["station", "day", "maximum", "minimum"]).height
    late = came.filter(pl.col("valid_on") < pl.col("came_on")).height
    found += [Remark("duplicates", {"n": twice})] if twice else []
    found += [Remark("came_late", {"n": late})] if late else []
    for row in came.filter(pl.col("unit") == "degF").unique("station", maintain_order=True).head(3).to_dicts():
        found.append(Remark("unit_changed", {"who": row["station"], "unit": "°F", "on": row["day"]}))
    strange = came.filter(~pl.col("unit").is_in(list(_FROM_FAHRENHEIT)) | ~pl.col("station").is_in(list(stations)))
    found += [Remark("left_out", {"n": strange.height})] if strange.height else []
    return tuple(found)
