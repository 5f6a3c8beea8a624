"""What came by FHIR: how many reports of which zones, how many messages had defects, and which wait for a person."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from salus.gather.fhir import Intake, Result, results_of, salvaged, take
from salus.gather.schemas import Defect
from salus.gather.sources.chunks import Chunk, DoubtfulLine, FactsChunk, MendedLine, Progress, Remark, silent
from salus.gather.sources.facts import as_facts, moment_on
from salus.gather.sources.feed_days import FeedDay, Kept, days_of, new_days, nothing_kept
from salus.gather.sources.feed_folders import ARRIVES, parents

NAME, ROOT, TIME_ZONE = "fhir", "ALMA", "Atlantic/Madeira"
MESSAGES, DEFECTIVE = "exercise.lab_messages", "exercise.lab_messages_defective"
_NAMED, _PLACE = 12, re.compile(r"\[\d+\]")


@dataclass(frozen=True, slots=True)
class Heard:
    """A message and what it reports."""

    line: int
    intake: Intake
    results: tuple[Result, ...]
    # What could be read of a message that cannot be counted.
    salvaged: Mapping[str, str]


def read(
    path: Path, *, progress: Progress = silent, mended: Sequence[MendedLine] = (), kept: Kept = nothing_kept
) -> Iterator[Chunk]:
    """Yield the facts that each day's messages brought, with what a person has said of those that cannot be read."""
    new = new_days(days_of(path, NAME, ".ndjson"), kept)
    if not new:
        return
    zones = sorted(parents(path))
    for done, day in enumerate(new):
        progress(done, len(new), day.label)
        yield _chunk(day, zones, [line for line in mended if line.label == day.label])
    progress(len(new), len(new), "read")


def _heard(file: Path) -> Iterator[Heard]:
    for number, raw in enumerate(file.read_bytes().split(b"\n"), start=1):
        if raw.strip():
            intake = take(raw, line=number)
            results = tuple(results_of(intake))
            yield Heard(number, intake, results, {} if results else salvaged(raw))


def _chunk(day: FeedDay, zones: list[str], mended: Sequence[MendedLine]) -> FactsChunk:
    heard = [(file, one) for file in day.files for one in _heard(file)]
    reports = {(one.report_id, one.status): one.zone for _file, row in heard for one in row.results}
    reports |= {(line.raw["report_id"], line.raw["status"]): line.raw["zone"] for line in mended}
    counts = Counter(reports.values())
    defective = [row for _file, row in heard if row.intake.defects]
    rows: list[tuple[str, str, float]] = [(MESSAGES, zone, float(counts[zone])) for zone in zones]
    if heard:
        rows.append((DEFECTIVE, ROOT, round(100 * len(defective) / len(heard), 1)))
    frame = pl.DataFrame(rows, schema={"series": pl.String, "zone": pl.String, "value": pl.Float64}, orient="row")
    known = frame.with_columns(pl.lit(day.day).alias("valid_on")).with_columns(
        moment_on(pl.col("valid_on"), ARRIVES, TIME_ZONE).alias("known_at")
    )
    facts = as_facts(known).sort("series", "zone", "stratum", "valid_on", "known_at")
    done = {line.line for line in mended}
    parked = tuple(line for file, row in heard for line in _doubtful(file, row) if line.line not in done)
    return FactsChunk(day.label, facts, day.files, parked=parked, remarks=_remarks(defective, len(heard)))


def _doubtful(file: Path, row: Heard) -> Iterator[DoubtfulLine]:
    """Yield a message of which nothing can be counted; a result that can be put right waits with the laboratories."""
    if row.results:
        return
    problems = row.intake.defects or (Defect(row.line, "message", "", "no_result"),)
    if row.intake.readable:
        problems = (Defect(row.line, "message", "", "no_result"), *problems[: _NAMED - 1])
    # The original stays in the file; its digest finds it again, and nothing of a person is shown.
    kept = {"file": file.name, "sha256": row.intake.sha256, "message": row.intake.kind, **row.salvaged}
    yield DoubtfulLine(row.line, kept, tuple(problems[:_NAMED]))


def _remarks(defective: list[Heard], messages: int) -> tuple[Remark, ...]:
    places = Counter(_PLACE.sub("", defect.column) for row in defective for defect in row.intake.defects)
    if not places:
        return ()
    # Of two places equally often named the first by its letters is told, so that a day told again says the same.
    where = min(places, key=lambda place: (-places[place], place))
    return (Remark("defective_messages", {"n": len(defective), "of": messages, "where": where}),)
