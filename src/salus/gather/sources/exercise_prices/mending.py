"""A price that a person has put right enters the mean of its zone and of the city."""

from __future__ import annotations

from salus.gather.schemas import Defect
from salus.gather.sources.chunks import MendedLine
from salus.gather.sources.exercise_prices.judging import day_of, defects_of, price_of
from salus.gather.sources.mending import Change, Known, Places, facility_zones


def mend(line: MendedLine, places: Places, known: Known) -> list[Change] | list[Defect]:
    """Return the means in which the price is counted, and of how many reports they now are."""
    zones = facility_zones("market")
    row, day = dict(line.raw), day_of(line.raw)
    usual = known("exercise.prices", places.root, day, row["product"]) if day else None
    defects = defects_of(row, line.line, zones, usual)
    price = price_of(row)
    if defects or day is None or price is None:
        return defects
    if day > line.on:
        return [Defect(line.line, "observed_on", day.isoformat(), "future_date", {"today": line.on.isoformat()})]
    changes = []
    for zone in (zones[row["market"]], places.root):
        mean = known("exercise.prices", zone, day, row["product"]) or 0.0
        count = known("exercise.price_reports", zone, day, row["product"]) or 0.0
        changes.append(Change("exercise.prices", zone, day, (mean * count + price) / (count + 1), row["product"]))
        changes.append(Change("exercise.price_reports", zone, day, count + 1, row["product"]))
    return changes
