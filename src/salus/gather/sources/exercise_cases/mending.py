"""A line of the line list that a person has put right: its case, and the counts that it brings."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from zoneinfo import ZoneInfo

from salus.gather.cases.schemas import CASE, CaseLine
from salus.gather.schemas import Defect
from salus.gather.sources.exercise_cases import judging
from salus.gather.sources.mending import Change, Places


def case_of(row: Mapping[str, str], line: int, places: Places, on: date) -> CaseLine | list[Defect]:
    """Return the case that a line tells of, or what is wrong with it."""
    defects = list(judging.defects_of(row, line, places.zones))
    case = judging.case_of(row, places.zones)
    if case is not None and case.reported_at.astimezone(ZoneInfo(judging.TIME_ZONE)).date() > on:
        defects.append(Defect(line, "reported_at", "", "too_late"))
    return defects if defects or case is None else case


def counted(case: CaseLine, places: Places, *, home: bool, work: bool, on: date) -> list[Change]:
    """Return the counts of the day on which it was put right: those where it lives, and where it works."""
    if case.asked_as != CASE:
        return []
    found = []
    if home and case.zone:
        found = [
            Change("exercise.zone_complaints", case.zone, on, 1.0, adds=True),
            Change("exercise.complaints", places.parents[case.zone], on, 1.0, adds=True),
            Change("exercise.complaints", places.root, on, 1.0, adds=True),
        ]
    if work and case.work_zone:
        found.append(Change("exercise.zone_work_complaints", case.work_zone, on, 1.0, adds=True))
    return found
