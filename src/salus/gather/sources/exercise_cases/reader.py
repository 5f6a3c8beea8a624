"""Read a line list: each report with its answers for the sealed list, and counts by zone for everybody."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl

from salus.gather.cases.schemas import CASE, AreaSpec, CasesChunk, DoubtfulCase
from salus.gather.sources.chunks import Chunk, FactsChunk, MendedLine, Progress, silent
from salus.gather.sources.exercise_cases.judging import TIME_ZONE, case_of, defects_of, moment
from salus.gather.sources.facts import as_facts, moment_on
from salus.gather.sources.feed_days import Kept, nothing_kept
from salus.gather.sources.feed_folders import ARRIVES, files_by_day, parents
from salus.gather.sources.files import read_csv

NAME, ROOT = "cases", "ALMA"
_TEXTS = ("report_id", "reported_at", "asked_as", "asked_for", "name", "telephone", "age", "sex", "zone", "street",
          "works_at", "work_zone", "onset_at", "symptoms", "admitted", "laboratory")  # fmt: skip
_HAD = "had_"


def read(
    path: Path, *, progress: Progress = silent, mended: Sequence[MendedLine] = (), kept: Kept = nothing_kept
) -> Iterator[Chunk]:
    """Yield the lines that each day's file brought, those that wait for a person, and the counts that follow."""
    files = files_by_day(path, NAME)
    districts = parents(path) if files else {}
    areas, seen = _areas(path) if files else (), _Seen(mended, districts)
    for done, (day, file) in enumerate(files):
        progress(done, len(files), file.name)
        rows = _rows(file)
        new = seen.new(rows, day)
        persons = f"{file.stem} (persons)"
        if kept(file.stem, (file,)) and kept(persons, (file,)):
            continue
        yield FactsChunk(file.stem, _counted(new, day, districts), (file,))
        arrives = datetime.combine(day, ARRIVES, tzinfo=ZoneInfo(TIME_ZONE)).astimezone(UTC)
        told = rows.to_dicts()
        lines = tuple(line for row in told if (line := case_of(row, districts)) is not None)
        yield CasesChunk(persons, arrives, lines, (file,), areas, parked=tuple(_doubtful(told, districts)))
    progress(len(files), len(files), "read")


class _Seen:
    """Which reports were counted by now where they live, and where they work."""

    def __init__(self, mended: Sequence[MendedLine], zones: Collection[str]) -> None:
        self._zones, self._mended = zones, mended
        self._seen: dict[str, set[str]] = {"zone": set(), "work_zone": set()}

    def new(self, rows: pl.DataFrame, day: date) -> dict[str, pl.DataFrame]:
        """Return the reports of a day that are counted with it, by the column that says where."""
        told = pl.col("reported_at").map_elements(lambda text: moment(text) is not None, return_dtype=pl.Boolean)
        cases = rows.filter(pl.col("asked_as") == CASE, pl.col("report_id").is_not_null(), told)
        found = {}
        for column, seen in self._seen.items():
            # What a person has put right was counted when that was done.
            seen |= {str(line.raw["report_id"]) for line in self._mended if line.on <= day and line.raw.get(column)}
            known = cases.filter(pl.col(column).is_in(list(self._zones)), ~pl.col("report_id").is_in(list(seen)))
            found[column] = known.unique("report_id", keep="first", maintain_order=True)
            seen |= set(found[column]["report_id"].to_list())
        return found


def _doubtful(rows: list[dict[str, Any]], zones: Collection[str]) -> Iterator[DoubtfulCase]:
    for line, row in enumerate(rows, start=2):
        if defects := defects_of(row, line, zones):
            yield DoubtfulCase(line, {name: text or "" for name, text in row.items()}, defects)


def _rows(file: Path) -> pl.DataFrame:
    columns = pl.read_csv(file, n_rows=0).columns
    had = [name for name in columns if name.startswith(_HAD)]
    every = [*_TEXTS, *had]
    return read_csv(file.parent, file.name, every, text=every)


def _counted(new: Mapping[str, pl.DataFrame], day: date, districts: dict[str, str]) -> pl.DataFrame:
    """Return the reports of a day in every zone, district and the city, noughts included."""
    by_zone = _by(new["zone"], "zone", districts)
    by_work = _by(new["work_zone"], "work_zone", districts)
    above = by_zone.with_columns(pl.col("zone").replace_strict(districts, return_dtype=pl.String))
    whole = by_zone.with_columns(pl.lit(ROOT).alias("zone"))
    summed = pl.concat([above, whole]).group_by("zone").agg(pl.col("value").sum())
    parts = []
    told = {
        "exercise.complaints": summed,
        "exercise.zone_complaints": by_zone,
        "exercise.zone_work_complaints": by_work,
    }
    for series, frame in told.items():
        known = frame.with_columns(
            pl.lit(day).alias("valid_on"), moment_on(pl.lit(day), ARRIVES, TIME_ZONE).alias("known_at")
        )
        parts.append(as_facts(known, series=series))
    return pl.concat(parts).sort("series", "zone")


def _by(new: pl.DataFrame, column: str, districts: dict[str, str]) -> pl.DataFrame:
    """Return the reports of each zone by where people live or work, noughts included."""
    zones = pl.DataFrame({"zone": list(districts)})
    known = new.select(pl.col(column).alias("zone")).filter(pl.col("zone").is_in(list(districts)))
    counts = known.group_by("zone").agg(pl.len().alias("value"))
    return zones.join(counts, on="zone", how="left").with_columns(pl.col("value").fill_null(0).cast(pl.Float64))


def _areas(path: Path) -> tuple[AreaSpec, ...]:
    """Return what each water main serves; a city whose water works told nothing has none."""
    if not (path / "mains.csv").is_file():
        return ()
    columns = ["main", "pump", "zone"]
    table = read_csv(path, "mains.csv", columns, text=columns).group_by("main", "pump", maintain_order=True).agg("zone")
    return tuple(AreaSpec("water", main, pump or "", tuple(zones)) for main, pump, zones in table.iter_rows())
