"""Add up the hospitals' returns; a day counts as whole only when every hospital has sent its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import polars as pl
from django.utils.translation import gettext as _

from salus.gather.sources.chunks import MISSING, OBSERVED, Chunk, FactsChunk, Progress, Remark, silent
from salus.gather.sources.facts import as_facts, moment_on
from salus.gather.sources.feed_days import Kept, nothing_kept
from salus.gather.sources.feed_folders import ARRIVES, dates, files_by_day
from salus.gather.sources.feed_lines import FeedFile, all_rows, read_lines

NAME, ROOT, TIME_ZONE = "hospital", "ALMA", "Atlantic/Madeira"
SERIES = {
    "confirmed_admissions": "exercise.hospital_admissions",
    "confirmed_deaths": "exercise.deaths",
    "inpatient_beds_occupied": "exercise.beds_occupied",
    "icu_beds_occupied": "exercise.icu_beds_occupied",
}


def read(path: Path, *, progress: Progress = silent, kept: Kept = nothing_kept) -> Iterator[Chunk]:
    """Yield the facts that each day's file brought."""
    listed = files_by_day(path, NAME)
    new = {day for day, file in listed if not kept(file.stem, (file,))}
    if not new:
        return
    files = read_lines(listed, ["hospital", "day", *SERIES])
    numbers = pl.col(list(SERIES)).cast(pl.Float64, strict=False)
    rows = all_rows(files).with_columns(dates("day"), numbers).drop_nulls(["day", *SERIES])
    versions = _versions(rows)
    for done, file in enumerate(file for file in files if file.day in new):
        progress(done, len(new), file.path.name)
        came = rows.filter(pl.col("came_on") == file.day)
        late = came.filter(pl.col("day") < file.day - pl.duration(days=1)).height
        notes = (_("%(file)s: %(count)s returns came late.") % {"file": file.path.name, "count": late},) if late else ()
        frame = versions.filter(pl.col("came_on") == file.day).drop("came_on")
        remarks = (*file.remarks, *([Remark("came_late", {"n": late})] if late else ()), *_silent(rows, file))
        yield FactsChunk(file.path.stem, frame, (file.path,), notes=notes, remarks=remarks)
    progress(len(new), len(new), "read")


def _silent(rows: pl.DataFrame, file: FeedFile) -> list[Remark]:
    """Return which hospitals owe a return on the day of a file, and for how many days; a day's is due on the next."""
    heard = rows.filter(pl.col("came_on") <= file.day).group_by("hospital").agg(pl.col("day").max()).sort("hospital")
    owed = [(code, (file.day - day).days - 1) for code, day in heard.iter_rows()]
    return [Remark("not_reported", {"who": code, "n": days}) for code, days in owed if days > 0]


def _versions(rows: pl.DataFrame) -> pl.DataFrame:
    """Return each day's sum after each file; missing until the last of the hospitals known so far has sent."""
    houses = rows["hospital"].n_unique()
    found = (
        rows.unique(["hospital", "day"], keep="first", maintain_order=True)
        .group_by("day", "came_on")
        .agg(pl.len().alias("sent"), *(pl.col(name).sum() for name in SERIES))
        .sort("day", "came_on")
        .with_columns(pl.col("sent", *SERIES).cum_sum().over("day"))
    )
    long = found.unpivot(list(SERIES), index=["day", "came_on", "sent"], variable_name="column", value_name="value")
    known = long.with_columns(
        pl.col("column").replace_strict(SERIES).alias("series"),
        pl.lit(ROOT).alias("zone"),
        pl.col("day").alias("valid_on"),
        moment_on(pl.col("came_on"), ARRIVES, TIME_ZONE).alias("known_at"),
        pl.when(pl.col("sent") >= houses).then(OBSERVED).otherwise(MISSING).alias("status"),
    ).sort("series", "valid_on", "known_at")
    return as_facts(known).with_columns(known["came_on"])
