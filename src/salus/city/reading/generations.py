"""Which boundaries are in force; asks nobody's right, so selectors and services ask first."""

from __future__ import annotations

from datetime import date, datetime

from salus.base import clock
from salus.city.models import Generation
from salus.city.schemas import GenerationRow, Repair


def day_of(known_at: datetime | None) -> date:
    """Return the civil day of a moment."""
    return clock.today() if known_at is None else known_at.astimezone(clock.city_zone()).date()


def generation_in_force(day: date, known_at: datetime | None = None) -> Generation | None:
    """Return the boundaries in force on a day, as known at a moment.

    Before the first boundaries begin, those stand in: a city has zones on every day.
    """
    known: list[Generation] = list(Generation.objects.known(known_at).order_by("valid_from", "version"))
    begun = [row for row in known if row.valid_from <= day]
    # Of several that begin on one day the last one recorded corrects those before it.
    first = [row for row in known if row.valid_from == known[0].valid_from]
    fitting = begun or first
    return fitting[-1] if fitting else None


def as_generation(row: Generation) -> GenerationRow:
    """Return the row as it crosses the edge."""
    return GenerationRow(
        id=row.id,
        name=row.name,
        valid_from=row.valid_from,
        zone_count=row.zone_count,
        repairs=tuple(Repair(**repair) for repair in row.repairs),
        recorded_at=row.recorded_at,
    )
