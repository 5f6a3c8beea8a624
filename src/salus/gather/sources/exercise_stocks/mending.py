"""A posting that a person has put right is added to what came or went; what lies there follows with the next file."""

from __future__ import annotations

from salus.gather.schemas import Defect
from salus.gather.sources.chunks import MendedLine
from salus.gather.sources.exercise_stocks.judging import ISSUE, RECEIPT, day_of, defects_of, quantity_of
from salus.gather.sources.mending import Change, Known, Places, facility_zones

_FLOW = {RECEIPT: "exercise.stock_received", ISSUE: "exercise.stock_issued"}


def mend(line: MendedLine, places: Places, known: Known) -> list[Change] | list[Defect]:
    """Return what the posting adds to its district and the city; a count or a correction waits for the next file."""
    zones = facility_zones()
    row, day = dict(line.raw), day_of(line.raw)
    defects = defects_of(row, line.line, zones)
    quantity = quantity_of(row)
    if defects or day is None or quantity is None:
        return defects
    if day > line.on:
        return [Defect(line.line, "happened_on", day.isoformat(), "future_date", {"today": line.on.isoformat()})]
    series = _FLOW.get(row["kind"])
    district = places.parents[zones[row["place"]]]
    return [
        Change(series, zone, day, quantity, row["product"], adds=True) for zone in (district, places.root) if series
    ]
