"""A feed's files line by line: what cannot be read is named with its file and line, and the rest is taken.

A line is a row: a stray quotation mark costs its own line and not the file.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path

import polars as pl

from salus.gather.sources.chunks import Chunk, MendedLine, Progress, Remark
from salus.gather.sources.feed_days import Kept

# A line longer than this is no row of any feed.
LONGEST = 20_000
# Of so many stretches of unreadable lines in a file each is named; the rest are counted.
_NAMED = 3
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class FeedFile:
    """One file of a feed: its rows as texts with `line` and `came_on`, and the lines that cannot be read."""

    day: date
    path: Path
    rows: pl.DataFrame
    unreadable: tuple[int, ...]

    @property
    def remarks(self) -> tuple[Remark, ...]:
        """Return what the catalogue should say of the lines that cannot be read, by file and line."""
        runs = list(_runs(self.unreadable))
        told = [
            Remark("unreadable_line", {"file": self.path.name, "line": first})
            if first == last
            else Remark("unreadable_lines", {"file": self.path.name, "first": first, "last": last})
            for first, last in runs[:_NAMED]
        ]
        rest = sum(last - first + 1 for first, last in runs[_NAMED:])
        if rest:
            told.append(Remark("unreadable_more", {"file": self.path.name, "n": rest}))
        return tuple(told)


def taken_by_day(
    listed: Sequence[tuple[date, Path]],
    new: date,
    columns: Sequence[str],
    progress: Progress,
    take: Callable[[FeedFile, date | None], Chunk],
) -> Iterator[Chunk]:
    """Let each file be taken, told the day of the one before it; yield what those from the first new day on bring."""
    files = read_lines(listed, columns)
    for done, file in enumerate(files):
        progress(done, len(files), file.path.name)
        chunk = take(file, files[done - 1].day if done else None)
        if file.day >= new:
            yield chunk
    progress(len(files), len(files), "read")


def read_lines(files: Sequence[tuple[date, Path]], columns: Sequence[str]) -> list[FeedFile]:
    """Read every file of a feed; one without a header of its own is read by that of the file before it."""
    found: list[FeedFile] = []
    header = tuple(columns)
    for day, path in files:
        state = path.stat()
        header, rows, unreadable = _remembered(path, state.st_size, state.st_mtime_ns, header, tuple(columns))
        found.append(FeedFile(day, path, rows.with_columns(pl.lit(day).alias("came_on")), unreadable))
    return found


@lru_cache(maxsize=4096)
def _remembered(
    path: Path, size: int, changed: int, before: tuple[str, ...], columns: tuple[str, ...]
) -> tuple[tuple[str, ...], pl.DataFrame, tuple[int, ...]]:
    """Read a file once: feeds are listened to every day, and the files of the days before stay as they are."""
    header, rows, unreadable = _read(path, list(before), columns)
    schema = {**dict.fromkeys(columns, pl.String()), "line": pl.Int64()}
    return tuple(header), pl.DataFrame(rows, schema=schema, orient="row"), tuple(unreadable)


def worth_reading(
    files: Sequence[tuple[date, Path]], kept: Kept, *, back: int
) -> tuple[list[tuple[date, Path]], date | None]:
    """Return the files from some days before the first new one, and the day of that; without a new one none."""
    new = next((day for day, path in files if not kept(path.stem, (path,))), None)
    if new is None:
        return [], None
    return [(day, path) for day, path in files if day >= new - timedelta(days=back)], new


def all_rows(files: Sequence[FeedFile]) -> pl.DataFrame:
    """Return the rows of all files, in order."""
    return pl.concat([file.rows for file in files])


def as_rows(lines: Sequence[MendedLine], columns: Sequence[str]) -> pl.DataFrame:
    """Return lines that a person has put right as rows that came on the day on which that was done."""
    rows = [(*(str(line.raw.get(name) or "").strip() for name in columns), line.line, line.on) for line in lines]
    schema = {**dict.fromkeys(columns, pl.String()), "line": pl.Int64(), "came_on": pl.Date()}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _read(
    path: Path, before: list[str], columns: Sequence[str]
) -> tuple[list[str], list[tuple[str | int, ...]], list[int]]:
    lines = path.read_bytes().split(b"\n")
    if lines and not lines[-1]:
        lines.pop()
    header = before
    rows: list[tuple[str | int, ...]] = []
    unreadable: list[int] = []
    for number, line in enumerate(lines, start=1):
        fields = _fields(line.removesuffix(b"\r").removeprefix(b"\xef\xbb\xbf" if number == 1 else b""))
        if number == 1 and fields is not None and set(columns) <= set(fields):
            header = fields
        elif fields is None or len(fields) != len(header):
            unreadable.append(number)
        else:
            by_name = dict(zip(header, fields, strict=True))
            rows.append((*(by_name[name] for name in columns), number))
    return header, rows, unreadable


def _fields(line: bytes) -> list[str] | None:
    """Return the fields of a line, or None where it is none."""
    if len(line) > LONGEST:
        return None
    try:
        text = line.decode("utf-8")
        if _CONTROL.search(text):
            return None
        return [field.strip() for field in next(csv.reader([text], strict=True), [])]
    except (UnicodeDecodeError, csv.Error):
        return None


def _runs(lines: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Yield the stretches of lines that follow one another."""
    start = last = None
    for line in lines:
        if last is not None and line == last + 1:
            last = line
            continue
        if start is not None and last is not None:
            yield start, last
        start = last = line
    if start is not None and last is not None:
        yield start, last
