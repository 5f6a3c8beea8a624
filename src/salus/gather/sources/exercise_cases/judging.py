"""What a line of the line list says, and what is wrong with it; knows no file and no table."""

from __future__ import annotations

from collections.abc import Container, Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from salus.gather.cases.schemas import CASE, CONTROL, CaseLine
from salus.gather.schemas import Defect

TIME_ZONE = "Atlantic/Madeira"
_HAD, _OLDEST = "had_", 120
_ANSWERS = frozenset({"yes", "no", "unknown"})
# Without these a line is nobody's report.
NEEDED = frozenset({"report_id", "asked_as", "reported_at"})

Row = Mapping[str, Any]


def defects_of(row: Row, line: int, zones: Container[str]) -> tuple[Defect, ...]:
    """Return what is wrong with a line: columns and codes, never what stands there, since that may name somebody."""
    found = {}
    if not row["report_id"]:
        found["report_id"] = "empty"
    if row["asked_as"] not in (CASE, CONTROL):
        found["asked_as"] = "no_such_word" if row["asked_as"] else "empty"
    reported, onset = moment(row["reported_at"]), moment(row["onset_at"])
    if reported is None:
        found["reported_at"] = "no_moment" if row["reported_at"] else "empty"
    found |= {name: "no_such_zone" for name in ("zone", "work_zone") if row[name] and row[name] not in zones}
    if not row["zone"]:
        found["zone"] = "empty"
    if row["onset_at"] and onset is None:
        found["onset_at"] = "no_moment"
    elif onset and reported and onset > reported:
        found["onset_at"] = "too_late"
    if row["age"] and age_of(row) is None:
        found["age"] = "no_such_age"
    return tuple(Defect(line, column, "", code) for column, code in found.items())


def case_of(row: Row, zones: Container[str]) -> CaseLine | None:
    """Return the case that a line tells of as far as it can be read, or None where it is nobody's report."""
    reported = moment(row["reported_at"])
    if reported is None or not row["report_id"] or row["asked_as"] not in (CASE, CONTROL):
        return None
    onset = moment(row["onset_at"])
    return CaseLine(
        reference=row["report_id"],
        reported_at=reported,
        asked_as=row["asked_as"],
        asked_for=row["asked_for"] or "",
        name=row["name"] or "",
        telephone=row["telephone"] or "",
        street=row["street"] or "",
        zone=row["zone"] if row["zone"] in zones else "",
        work_zone=row["work_zone"] if row["work_zone"] in zones else "",
        # Nobody falls ill after they were reported.
        onset_at=onset if onset is None or onset <= reported else None,
        laboratory=row["laboratory"] or "",
        health=_health(row),
    )


def _health(row: Row) -> dict[str, object]:
    return {
        "age": age_of(row),
        "sex": row["sex"] or "",
        "workplace": row["works_at"] or "",
        "symptoms": [name for name in (row["symptoms"] or "").split(";") if name],
        "admitted": row["admitted"] == "yes",
        "answers": {
            name.removeprefix(_HAD): said for name, said in row.items() if name.startswith(_HAD) and said in _ANSWERS
        },
    }


def age_of(row: Row) -> int | None:
    """Return an age in years, or None where none is told that somebody can have."""
    age = str(row["age"] or "")
    return int(age) if age.isdecimal() and len(age) < 4 and int(age) <= _OLDEST else None


def moment(text: str | None) -> datetime | None:
    """Return a moment that is told in the city's time, or None."""
    try:
        return datetime.fromisoformat(text or "").replace(tzinfo=ZoneInfo(TIME_ZONE)).astimezone(UTC)
    except ValueError:
        return None
