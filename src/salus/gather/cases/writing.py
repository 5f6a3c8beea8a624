"""Writing lines of a line list: new reports, next versions of known ones, and second reports of one person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from salus.base import clock
from salus.base.ids import new_id
from salus.base.versioned import record_revise
from salus.gather.cases.schemas import CaseLine, CasesTaken
from salus.gather.cases.sealing import content_of, facts_of, match_of, new_key, sealed, seals_of
from salus.gather.models import Case, CaseKey
from salus.trust.schemas import Viewer

_AT_ONCE = 500


def lines_write(
    source: str, lines: Sequence[CaseLine], zones: dict[str, int], batch: int, taken: CasesTaken, by: Viewer
) -> CasesTaken:
    """Write the lines that say something new; what said the same before stays as it is."""
    known = {row.reference: row for row in _rows(source, "reference", [line.reference for line in lines])}
    matches = [match_of(line) for line in lines]
    first = {row.match: row.id for row in sorted(_rows(source, "match", matches), key=lambda row: -row.version)}
    new: dict[str, tuple[Case, CaseKey]] = {}
    moment = clock.now()
    for line, match in zip(lines, matches, strict=True):
        before = known.get(line.reference)
        if before is not None or line.reference in new:
            taken = _again(line, before or new[line.reference][0], zones, batch, taken, by)
            continue
        id = new_id()
        seal, key = new_key(id)
        same = first.get(match) if line.asked_as == "case" else None
        row = Case(
            id=id, source=source, reference=line.reference, match=match, duplicate_of=same, created_at=moment,
            recorded_at=moment, recorded_by=by.id, **_open_fields(line, zones, batch), **sealed(line, seal),
        )  # fmt: skip
        first.setdefault(match, id)
        new[line.reference] = (row, key)
        taken = replace(taken, written=taken.written + 1, duplicates=taken.duplicates + (same is not None))
    Case.objects.bulk_create([row for row, _key in new.values()], batch_size=_AT_ONCE)
    CaseKey.objects.bulk_create([key for _row, key in new.values()], batch_size=_AT_ONCE)
    return taken


def _rows(source: str, field: str, values: Sequence[str]) -> list[Case]:
    wanted, found = sorted(set(values)), []
    for start in range(0, len(wanted), _AT_ONCE):
        part = {f"{field}__in": wanted[start : start + _AT_ONCE]}
        found += list(Case.objects.known().filter(source=source, **part))
    return found


def _again(
    line: CaseLine, before: Case, zones: dict[str, int], batch: int, taken: CasesTaken, by: Viewer
) -> CasesTaken:
    """Write the next version of a report that says something new; one not written yet is made as it says now."""
    if before.content == content_of(line):
        return replace(taken, unchanged=taken.unchanged + 1)
    if before.version is None:
        before.laboratory = line.laboratory or before.laboratory
        return taken
    seal = seals_of([before.id]).get(before.id)
    # Of who was erased nothing that comes again is taken in.
    line = line if seal is None else _completed(line, before, facts_of(before, seal).age, zones)
    if seal is None or before.content == content_of(line):
        return replace(taken, unchanged=taken.unchanged + 1)
    record_revise(before, by=by, **_open_fields(line, zones, batch), **sealed(line, seal))
    return replace(taken, revised=taken.revised + 1)


def _completed(line: CaseLine, before: Case, age: int | None, zones: dict[str, int]) -> CaseLine:
    """Return a line with what it does not tell and is known of the report already."""
    codes = {number: code for code, number in zones.items()}
    health = {**line.health, "age": age} if line.health.get("age") is None and age is not None else line.health
    return replace(
        line,
        zone=line.zone if line.zone in zones else codes.get(before.zone_number or 0, ""),
        work_zone=line.work_zone if line.work_zone in zones else codes.get(before.work_zone_number or 0, ""),
        onset_at=line.onset_at or before.onset_at,
        health=health,
    )


def _open_fields(line: CaseLine, zones: dict[str, int], batch: int) -> dict[str, Any]:
    return {
        "asked_as": line.asked_as,
        "asked_for": line.asked_for,
        "zone_number": zones.get(line.zone),
        "work_zone_number": zones.get(line.work_zone),
        "onset_at": line.onset_at,
        "reported_at": line.reported_at,
        "laboratory": line.laboratory,
        "content": content_of(line),
        "batch": batch,
    }
