"""How many vehicles the timetable has under way at a time of day."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from salus.gather.sources.files import read_csv


def planned(folder: Path) -> pl.DataFrame:
    """Return when each trip runs, how often, and how long it takes, in seconds."""
    often = read_csv(folder, "frequencies.txt", ["trip_id", "start_time", "end_time", "headway_secs"],
                     text=["trip_id", "start_time", "end_time"])  # fmt: skip
    calls = read_csv(folder, "stop_times.txt", ["trip_id", "arrival_time"], text=["trip_id", "arrival_time"])
    long = calls.group_by("trip_id").agg(_seconds("arrival_time").max().alias("long"))
    return often.join(long, on="trip_id").select(
        "trip_id", _seconds("start_time").alias("first"), _seconds("end_time").alias("last"),
        pl.col("headway_secs").cast(pl.Int64).alias("gap"), "long",
    )  # fmt: skip


def _seconds(column: str) -> pl.Expr:
    parts = pl.col(column).str.split(":").list
    return sum((parts.get(place).cast(pl.Int64) * unit for place, unit in ((1, 60), (2, 1))),
               parts.get(0).cast(pl.Int64) * 3600)  # fmt: skip


def under_way(plan: pl.DataFrame, seconds: int) -> int:
    """Return how many vehicles should be under way so many seconds after midnight."""
    running = plan.filter(pl.col("first") <= seconds, pl.col("last") > seconds, pl.col("gap") > 0)
    # One that left a whole trip ago has arrived.
    count = running.select((pl.min_horizontal("long", pl.lit(seconds)) / pl.col("gap")).sum()).item()
    return round(count or 0)
