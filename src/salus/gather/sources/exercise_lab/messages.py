"""The reports of the laboratories that speak FHIR, as rows of the same columns as those of the others."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import polars as pl

from salus.gather.fhir import results_of, take
from salus.gather.sources.feed_days import days_of
from salus.gather.sources.feed_lines import FeedFile

NAME = "fhir"


def read_messages(folder: Path, columns: Sequence[str]) -> list[FeedFile]:
    """Return the day's reports of every file of messages; what is no report waits in that source's own queue."""
    schema = {**dict.fromkeys(columns, pl.String()), "line": pl.Int64()}
    found = []
    for day in days_of(folder, NAME, ".ndjson"):
        for file in day.files:
            state = file.stat()
            rows = _reports(file, state.st_size, state.st_mtime_ns)
            frame = pl.DataFrame(list(rows), schema=schema, orient="row").with_columns(pl.lit(day.day).alias("came_on"))
            found.append(FeedFile(day.day, file, frame, ()))
    return found


@lru_cache(maxsize=2048)
def _reports(file: Path, size: int, changed: int) -> tuple[tuple[str, str, str, str, int], ...]:
    """Return the reports of a file; one that was read and has not changed is not read again."""
    return tuple(
        (one.report_id, one.zone, one.specimen_on, one.status, number)
        for number, raw in enumerate(file.read_bytes().split(b"\n"), start=1)
        for one in results_of(take(raw, line=number, models=False))
    )
