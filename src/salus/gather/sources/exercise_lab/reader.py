"""Count laboratory reports: each case once, by day of specimen, as known at each day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
from django.utils.translation import gettext as _

from salus.gather.schemas import Defect
from salus.gather.sources.chunks import Chunk, DoubtfulLine, FactsChunk, MendedLine, Progress, Remark, silent
from salus.gather.sources.exercise_lab.messages import read_messages
from salus.gather.sources.facts import as_facts, moment_on
from salus.gather.sources.feed_days import Kept, nothing_kept
from salus.gather.sources.feed_folders import ARRIVES, dates, files_by_day, parents
from salus.gather.sources.feed_lines import FeedFile, all_rows, as_rows, read_lines

NAME, ROOT, TIME_ZONE = "lab", "ALMA", "Atlantic/Madeira"
COLUMNS = ["report_id", "zone", "specimen_on", "status"]
FINAL, VOID = "final", "entered-in-error"


@dataclass(frozen=True, slots=True)
class Came:
    """What came on a day: lines, and messages of the laboratories that speak FHIR."""

    day: date
    files: tuple[FeedFile, ...]
    rows: pl.DataFrame

    @property
    def label(self) -> str:
        """Return what the day's import is called."""
        return f"{NAME}-{self.day.isoformat()}"

    @property
    def paths(self) -> tuple[Path, ...]:
        """Return the day's files."""
        return tuple(file.path for file in self.files)


def read(
    path: Path, *, progress: Progress = silent, mended: Sequence[MendedLine] = (), kept: Kept = nothing_kept
) -> Iterator[Chunk]:
    """Yield the facts that each day's files brought, and the reports that a person has to look at."""
    days = _days(path)
    new = [came for came in days if not kept(came.label, came.paths)]
    if not new:
        return
    districts = parents(path)
    rows = pl.concat([came.rows for came in days])
    good = pl.concat([rows, as_rows(mended, COLUMNS)]).with_columns(dates("specimen_on"))
    versions = _versions(_steps(good, [came.day for came in days], districts, mended), districts)
    for done, came in enumerate(new):
        progress(done, len(new), came.label)
        parked, remarks = _doubts(came, rows, districts)
        notes = (_("%(file)s: %(count)s reports name no known zone or day and wait for a person.")
                 % {"file": came.label, "count": len(parked)},) if parked else ()  # fmt: skip
        frame = versions.filter(pl.col("came_on") == came.day).drop("came_on")
        yield FactsChunk(came.label, frame, came.paths, notes=notes, parked=parked, remarks=remarks)
    progress(len(new), len(new), "read")


def _days(path: Path) -> list[Came]:
    listed = files_by_day(path, NAME)
    by_day: dict[date, list[FeedFile]] = defaultdict(list)
    for file in (*read_lines(listed, COLUMNS), *read_messages(path, COLUMNS)):
        by_day[file.day].append(file)
    return [Came(day, tuple(files), all_rows(files)) for day, files in sorted(by_day.items())]


def _doubts(
    came: Came, rows: pl.DataFrame, districts: dict[str, str]
) -> tuple[tuple[DoubtfulLine, ...], tuple[Remark, ...]]:
    """Return the reports of a day that cannot be counted, each once, and what the catalogue should say of it."""
    before = rows.filter(pl.col("came_on") < came.day).select("report_id", "status")
    new = came.rows.join(before, on=["report_id", "status"], how="anti").unique(
        ["report_id", "status"], keep="first", maintain_order=True
    )
    twice, taken = len(came.rows) - len(new), new.filter(pl.col("status") == VOID).height
    remarks = [remark for file in came.files for remark in file.remarks]
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
    if not row["report_id"]:
        found.append(Defect(row["line"], "report_id", "", "empty"))
    if row["status"] not in (FINAL, VOID):
        found.append(Defect(row["line"], "status", row["status"], "unknown_code" if row["status"] else "empty"))
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
    given = known.filter(pl.col("status") == FINAL, pl.col("report_id") != "").unique(
        "report_id", keep="first", maintain_order=True
    )
    void = rows.filter(pl.col("status") == VOID).unique("report_id", keep="first", maintain_order=True)
    taken = given.join(void.select("report_id", pl.col("came_on").alias("void_on")), on="report_id", how="inner")
    taken = taken.with_columns(pl.max_horizontal("came_on", "void_on").alias("came_on"))
    noughts = pl.DataFrame({"zone": list(districts)}).join(pl.DataFrame({"came_on": days}), how="cross")
    # What a person put right is counted anew with the next file, whatever else has come meanwhile.
    again = known.filter(pl.col("report_id").is_in([str(line.raw.get("report_id", "")) for line in mended]))
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
