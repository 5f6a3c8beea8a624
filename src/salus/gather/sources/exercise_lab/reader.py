"""Count laboratory reports: each case once, by day of specimen, as known at each day."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
from django.utils.translation import gettext as _

from salus.gather.schemas import Defect
from salus.gather.sources.chunks import Chunk, DoubtfulLine, FactsChunk, MendedLine, Progress, Remark, silent
from salus.gather.sources.facts import as_facts, moment_on
from salus.gather.sources.feed_folders import ARRIVES, dates, files_by_day, parents
from salus.gather.sources.feed_lines import FeedFile, all_rows, as_rows, read_lines

NAME, ROOT, TIME_ZONE = "lab", "ALMA", "Atlantic/Madeira"
COLUMNS = ["report_id", "zone", "specimen_on", "status"]
VOID = "entered-in-error"


def read(path: Path, *, progress: Progress = silent, mended: Sequence[MendedLine] = ()) -> Iterator[Chunk]:
    """Yield the facts that each day's file brought, and the reports that a person has to look at."""
    listed = files_by_day(path, NAME)
    districts = parents(path)
    if not listed:
        return
    files = read_lines(listed, COLUMNS)
    rows = all_rows(files)
    good = pl.concat([rows, as_rows(mended, COLUMNS)]).with_columns(dates("specimen_on"))
    versions = _versions(_steps(good, [file.day for file in files], districts, mended), districts)
    for done, file in enumerate(files):
        progress(done, len(files), file.path.name)
        parked, remarks = _doubts(file, rows, districts)
        notes = (_("%(file)s: %(count)s reports name no known zone or day and wait for a person.")
                 % {"file": file.path.name, "count": len(parked)},) if parked else ()  # fmt: skip
        frame = versions.filter(pl.col("came_on") == file.day).drop("came_on")
        yield FactsChunk(file.path.stem, frame, (file.path,), notes=notes, parked=parked, remarks=remarks)
    progress(len(files), len(files), "read")


def _doubts(
    file: FeedFile, rows: pl.DataFrame, districts: dict[str, str]
) -> tuple[tuple[DoubtfulLine, ...], tuple[Remark, ...]]:
    """Return the reports of a file that cannot be counted, each once, and what the catalogue should say of it."""
    before = rows.filter(pl.col("came_on") < file.day).select("report_id", "status")
    new = file.rows.join(before, on=["report_id", "status"], how="anti").unique(
        ["report_id", "status"], keep="first", maintain_order=True
    )
    twice, taken = len(file.rows) - len(new), new.filter(pl.col("status") == VOID).height
    remarks = [*file.remarks]
    remarks += [Remark("duplicates", {"n": twice})] if twice else []
    remarks += [Remark("taken_back", {"n": taken})] if taken else []
    parked = []
    for row in new.filter(pl.col("status") != VOID).with_columns(dates("specimen_on").alias("day")).to_dicts():
        defects = defects_of(row, districts, known_day=row["day"] is not None)
        if defects:
            parked.append(DoubtfulLine(row["line"], {name: row[name] for name in COLUMNS}, defects))
    return tuple(parked), tuple(remarks)


def defects_of(row: Mapping[str, Any], zones: Container[str], *, known_day: bool) -> tuple[Defect, ...]:
    """Return what is wrong with a report."""
    found = []
    if row["zone"] not in zones:
        found.append(Defect(row["line"], "zone", row["zone"], "unknown_zone" if row["zone"] else "empty"))
    if not known_day:
        found.append(Defect(row["line"], "specimen_on", row["specimen_on"], "bad_date", {"order": "ymd"}))
    return tuple(found)


def _steps(
    rows: pl.DataFrame, days: list[date], districts: dict[str, str], mended: Sequence[MendedLine]
) -> pl.DataFrame:
    """Return by how much each zone's count of a day of specimen changed with each file, noughts included."""
    known = rows.filter(pl.col("zone").is_in(list(districts)), pl.col("specimen_on").is_not_null())
    # A report that comes twice counts once, and one that is taken back is taken away once, from where it was counted.
    given = known.filter(pl.col("status") != VOID).unique("report_id", keep="first", maintain_order=True)
    void = rows.filter(pl.col("status") == VOID).unique("report_id", keep="first", maintain_order=True)
    taken = given.join(void.select("report_id", pl.col("came_on").alias("void_on")), on="report_id", how="inner")
    taken = taken.with_columns(pl.max_horizontal("came_on", "void_on").alias("came_on"))
    noughts = pl.DataFrame({"zone": list(districts)}).join(pl.DataFrame({"came_on": days}), how="cross")
    # What a person put right is counted anew with the next file, whatever else has come meanwhile.
    again = given.filter(pl.col("report_id").is_in([str(line.raw.get("report_id", "")) for line in mended]))
    columns = ["zone", "specimen_on", "came_on", "step"]
    return pl.concat(
        [
            given.with_columns(pl.lit(1).alias("step")).select(columns),
            taken.with_columns(pl.lit(-1).alias("step")).select(columns),
            again.with_columns(
                (pl.col("came_on") + pl.duration(days=1)).alias("came_on"), pl.lit(0).alias("step")
            ).select(columns),
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
