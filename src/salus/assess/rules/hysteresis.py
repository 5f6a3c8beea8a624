"""Levels do not flap: raised at once, lowered only after days below."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta


@dataclass(frozen=True, slots=True)
class Standing:
    """A level in force, since when the rules say less, and the most that they said since."""

    level: int | None
    below_since: date | None = None
    ceiling: int | None = None

    def falls_on(self, lower_after_days: int) -> date | None:
        """Return the day on which the level falls if nothing changes."""
        return self.below_since and self.below_since + timedelta(days=lower_after_days)


def settle(standing: Standing | None, raw: int | None, day: date, *, lower_after_days: int) -> Standing:
    """Return what is in force on a day after the rules gave a level.

    Where nothing is defined nothing is held: an undefined level is said at once, and the
    first defined one after it counts at once.
    """
    if standing is None or standing.level is None or raw is None or raw > standing.level:
        return Standing(raw)
    if raw == standing.level:
        return Standing(raw)
    since = standing.below_since or day
    ceiling = raw if standing.ceiling is None else max(raw, standing.ceiling)
    if (day - since).days < lower_after_days:
        return replace(standing, below_since=since, ceiling=ceiling)
    if raw < ceiling:
        # One step of proof at a time: what was reached meanwhile holds, and is counted anew.
        return Standing(ceiling, below_since=day, ceiling=raw)
    return Standing(ceiling)
