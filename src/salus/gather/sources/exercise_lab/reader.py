"""Count laboratory reports: each case once, by day of specimen, as known at each day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import polars as pl
from django.utils.translation import gettext as _

from salus.gather.sources.chunks import Chunk, FactsChunk, Progress, silent
from salus.gather.sources.facts import as_facts, moment_on
from salus.gather.sources.feed_folders import ARRIVES, dates, files_by_day, parents, read_days

NAME, ROOT, TIME_ZONE = "lab", "ALMA", "Atlantic/Madeira"
_COLUMNS = ["report_id", "zone", "specimen_on", "status"]
_VOID = "entered-in-error"


def read(path: Path, *, progress: Progress = silent) -> Iterator[Chunk]:
    """Yield the facts that each day's file brought."""
    files = files_by_day(path, NAME)
    districts = parents(path)
    if not files:
        return
    rows = read_days(files, _COLUMNS).with_columns(dates("specimen_on"))
    steps = _steps(rows, [day for day, _file in files], districts)
    versions = _versions(steps, districts)
    strange = rows.filter(~pl.col("zone").is_in(list(districts)) | pl.col("specimen_on").is_null())
    for done, (day, file) in enumerate(files):
        progress(done, len(files), file.name)
        lost = strange.filter(pl.col("came_on") == day).height
        notes = (_("%(file)s: %(count)s reports name no known zone or day and are left out.")
                 % {"file": file.name, "count": lost},) if lost else ()  # fmt: skip
        yield FactsChunk(file.stem, versions.filter(pl.col("came_on") == day).drop("came_on"), (file,), notes=notes)
    progress(len(files), len(files), "read")


def _steps(rows: pl.DataFrame, days: list[date], districts: dict[str, str]) -> pl.DataFrame:
    """Return by how much each zone's count of a day of specimen changed with each file, noughts included."""
    known = rows.filter(pl.col("zone").is_in(list(districts)), pl.col("specimen_on").is_not_null())
    # A report that comes twice counts once, and one that is taken back is taken away once.
    first = known.unique(["report_id", "status"], keep="first", maintain_order=True)
    given = first.filter(pl.col("status") != _VOID)
    taken = first.filter(pl.col("status") == _VOID).join(given.select("report_id"), on="report_id", how="semi")
    noughts = pl.DataFrame({"zone": list(districts)}).join(pl.DataFrame({"came_on": days}), how="cross")
    columns = ["zone", "specimen_on", "came_on", "step"]
    return pl.concat(
        [
            given.with_columns(pl.lit(1).alias("step")).select(columns),
            taken.with_columns(pl.lit(-1).alias("step")).select(columns),
            # A day without a case is a nought once the next day's file is there.
            noughts.with_columns(
                (pl.col("came_on") - pl.duration(days=1)).alias("specimen_on"), pl.lit(0).alias("step")
            ).select(columns),
        ]
    )


def _versions(steps: pl.DataFrame, districts: dict[str, str]) -> pl.DataFrame:
    """Return every version of every count: zones, districts and the city, and new reports by day."""
    above = steps.with_columns(pl.col("zone").replace_strict(districts))
    whole = steps.with_columns(pl.lit(ROOT).alias("zone"))
    reported = (
        steps.group_by("zone", "came_on").agg(pl.col("step").clip(lower_bound=0).sum().cast(pl.Float64).alias("value"))
        .with_columns(pl.col("came_on").alias("valid_on"))
    )  # fmt: skip
    return pl.concat(
        [
            _facts(_counted(steps), "exercise.zone_cases"),
            _facts(pl.concat([_counted(above), _counted(whole)]), "exercise.cases"),
            _facts(reported, "exercise.zone_cases_reported"),
        ]
    ).sort("series", "zone", "stratum", "valid_on", "known_at")


def _counted(steps: pl.DataFrame) -> pl.DataFrame:
    """Return the count after each change."""
    return (
        steps.group_by("zone", "specimen_on", "came_on").agg(pl.col("step").sum())
        .sort("zone", "specimen_on", "came_on")
        .with_columns(pl.col("step").cum_sum().over("zone", "specimen_on").cast(pl.Float64).alias("value"))
        .rename({"specimen_on": "valid_on"})
    )  # fmt: skip


def _facts(frame: pl.DataFrame, series: str) -> pl.DataFrame:
    known = frame.with_columns(moment_on(pl.col("came_on"), ARRIVES, TIME_ZONE).alias("known_at"))
    return as_facts(known, series=series).with_columns(known["came_on"])
