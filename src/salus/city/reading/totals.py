"""How many people live in each zone: a total, or the sum of ages, or the sum of the zones inside."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from functools import lru_cache
from uuid import UUID

from salus.city.models import Population
from salus.city.schemas import AgeBand, ZoneRow

ALL = "all"


Stamp = tuple[int, UUID | None]


def stamp_at(known_at: datetime | None) -> Stamp:
    """Return the newest version known at a moment and its import; equal stamps mean equal populations.

    The version alone would not do: after a transaction that was rolled back it can come again.
    """
    rows = Population.objects.all() if known_at is None else Population.objects.filter(recorded_at__lte=known_at)
    newest = rows.order_by("-version").values_list("version", "batch").first()
    return newest or (0, None)


@lru_cache(maxsize=8)
def _known(stamp: Stamp) -> tuple[tuple[date, AgeBand], ...]:
    """Return what was known at a stamp: of each record the last version up to it."""
    rows = Population.objects.filter(version__lte=stamp[0]).order_by("version")
    latest = {row.id: row for row in rows}
    return tuple(
        (row.valid_on, AgeBand(row.number, row.segment, row.age_from, row.age_to, row.persons))
        for row in latest.values()
    )


@lru_cache(maxsize=16)
def bands_on(stamp: Stamp, day: date) -> tuple[AgeBand, ...]:
    """Return the figures that speak of a day: the newest up to it, or the first ones after."""
    chosen: dict[tuple[int, str, int | None, int | None], tuple[date, AgeBand]] = {}
    for valid_on, band in sorted(_known(stamp), key=lambda item: item[0]):
        key = (band.number, band.segment, band.age_from, band.age_to)
        if key not in chosen or valid_on <= day:
            chosen[key] = (valid_on, band)
    return tuple(band for _, band in chosen.values())


@lru_cache(maxsize=16)
def _own_totals(stamp: Stamp, day: date) -> dict[int, float]:
    totals: dict[int, float] = {}
    summed: dict[int, float] = {}
    for band in bands_on(stamp, day):
        if band.segment != ALL:
            continue
        if band.age_from is None and band.age_to is None:
            totals[band.number] = band.persons
        else:
            summed[band.number] = summed.get(band.number, 0.0) + band.persons
    return {**summed, **totals}


def totals_on(zones: Sequence[ZoneRow], stamp: Stamp, day: date) -> dict[int, float]:
    """Return the people in every zone that has a figure or zones inside that have one."""
    own = _own_totals(stamp, day)
    totals = {row.number: own[row.number] for row in zones if row.number in own}
    for row in sorted(zones, key=lambda row: -len(row.path)):
        if row.parent_number is None or row.number not in totals or row.parent_number in own:
            continue
        totals[row.parent_number] = totals.get(row.parent_number, 0.0) + totals[row.number]
    return totals
