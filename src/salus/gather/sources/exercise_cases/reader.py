"""Read a line list: each report with its answers for the sealed list, and counts by zone for everybody."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl
from django.utils.translation import gettext as _

from salus.gather.cases.schemas import CASE, CONTROL, AreaSpec, CaseLine, CasesChunk
from salus.gather.sources.chunks import Chunk, FactsChunk, Progress, silent
from salus.gather.sources.facts import as_facts, moment_on
from salus.gather.sources.feed_days import Kept, nothing_kept
from salus.gather.sources.feed_folders import ARRIVES, files_by_day, parents
from salus.gather.sources.files import read_csv

NAME, ROOT, TIME_ZONE = "cases", "ALMA", "Atlantic/Madeira"
_TEXTS = ("report_id", "reported_at", "asked_as", "asked_for", "name", "telephone", "age", "sex", "zone", "street",
          "works_at", "work_zone", "onset_at", "symptoms", "admitted", "laboratory")  # fmt: skip
_HAD, _OLDEST = "had_", 120
_ANSWERS = frozenset({"yes", "no", "unknown"})


def read(path: Path, *, progress: Progress = silent, kept: Kept = nothing_kept) -> Iterator[Chunk]:
    """Yield the lines that each day's file brought, and the counts that follow from them."""
    files = files_by_day(path, NAME)
    districts = parents(path) if files else {}
    areas, seen = _areas(path) if files else (), set[str]()
    for done, (day, file) in enumerate(files):
        progress(done, len(files), file.name)
        rows = _rows(file)
        told = rows.filter(pl.col("asked_as").is_in([CASE, CONTROL]) & pl.col("report_id").is_not_null())
        new = told.filter((pl.col("asked_as") == CASE) & ~pl.col("report_id").is_in(list(seen))).unique("report_id")
        seen |= set(new["report_id"].to_list())
        persons = f"{file.stem} (persons)"
        if kept(file.stem, (file,)) and kept(persons, (file,)):
            continue
        yield FactsChunk(
            file.stem, _counted(new, day, districts), (file,), notes=_notes(file.name, rows, told, districts)
        )
        arrives = datetime.combine(day, ARRIVES, tzinfo=ZoneInfo(TIME_ZONE)).astimezone(UTC)
        lines = tuple(line for row in told.iter_rows(named=True) if (line := _line(row)) is not None)
        yield CasesChunk(persons, arrives, lines, (file,), areas)
    progress(len(files), len(files), "read")


def _rows(file: Path) -> pl.DataFrame:
    columns = pl.read_csv(file, n_rows=0).columns
    had = [name for name in columns if name.startswith(_HAD)]
    every = [*_TEXTS, *had]
    return read_csv(file.parent, file.name, every, text=every)


def _notes(name: str, rows: pl.DataFrame, told: pl.DataFrame, districts: dict[str, str]) -> tuple[str, ...]:
    lost = rows.height - told.height
    strange = told.filter(~pl.col("zone").is_in(list(districts))).height
    found = []
    if lost:
        found.append(_("%(file)s: %(count)s lines say neither case nor control, and are left out.")
                     % {"file": name, "count": lost})  # fmt: skip
    if strange:
        found.append(_("%(file)s: %(count)s reports name no known zone; they are kept without one.")
                     % {"file": name, "count": strange})  # fmt: skip
    return tuple(found)


def _counted(new: pl.DataFrame, day: date, districts: dict[str, str]) -> pl.DataFrame:
    """Return the reports of a day in every zone, district and the city, noughts included."""
    by_zone = _by(new, "zone", districts)
    by_work = _by(new, "work_zone", districts)
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


def _line(row: dict[str, Any]) -> CaseLine | None:
    reported = _moment(row["reported_at"])
    if reported is None:
        return None
    onset = _moment(row["onset_at"])
    return CaseLine(
        reference=row["report_id"],
        reported_at=reported,
        asked_as=row["asked_as"],
        asked_for=row["asked_for"] or "",
        name=row["name"] or "",
        telephone=row["telephone"] or "",
        street=row["street"] or "",
        zone=row["zone"] or "",
        work_zone=row["work_zone"] or "",
        # Nobody falls ill after they were reported.
        onset_at=onset if onset is None or onset <= reported else None,
        laboratory=row["laboratory"] or "",
        health=_health(row),
    )


def _health(row: dict[str, Any]) -> dict[str, object]:
    age = str(row["age"] or "")
    return {
        "age": int(age) if age.isdigit() and int(age) <= _OLDEST else None,
        "sex": row["sex"] or "",
        "workplace": row["works_at"] or "",
        "symptoms": [name for name in (row["symptoms"] or "").split(";") if name],
        "admitted": row["admitted"] == "yes",
        "answers": {
            name.removeprefix(_HAD): said for name, said in row.items() if name.startswith(_HAD) and said in _ANSWERS
        },
    }


def _moment(text: str | None) -> datetime | None:
    try:
        return datetime.fromisoformat(text or "").replace(tzinfo=ZoneInfo(TIME_ZONE)).astimezone(UTC)
    except ValueError:
        return None


def _areas(path: Path) -> tuple[AreaSpec, ...]:
    """Return what each water main serves; a city whose water works told nothing has none."""
    if not (path / "mains.csv").is_file():
        return ()
    columns = ["main", "pump", "zone"]
    table = read_csv(path, "mains.csv", columns, text=columns).group_by("main", "pump", maintain_order=True).agg("zone")
    return tuple(AreaSpec("water", main, pump or "", tuple(zones)) for main, pump, zones in table.iter_rows())
