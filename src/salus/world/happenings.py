"""What befalls a city beside the emergency: a supplier fails, a network is lost, a rumour spreads."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from salus.world.errors import WorldError

# What each kind must say of whom it befalls; `size` is a share of 1 but for `false_alarm`, where it is cases a day.
KINDS: dict[str, tuple[str, ...]] = {
    "supplier_fails": ("supplier",),
    "network_lost": ("zones",),
    "rumour": (),
    "hospital_floods": ("facility",),
    "staff_ill": (),
    "false_alarm": ("zones",),
    "press_calls": (),
    "feed_silent": ("feed",),
    "feed_rubbish": ("feed",),
}


class BadHappening(WorldError):
    """What should befall the city cannot; the message says which one and why."""


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that befalls a city from a day up to, not including, another.

    Attributes
    ----------
    kind : str
        One of `KINDS`.
    start, end : date
        Without an end it lasts.
    zones : tuple of str
        Where; without zones in the whole city.
    facility, supplier, feed : str
        Codes of the city pack, or the name of a feed.
    size : float
        How much of it: share of beds, staff or trust that is lost; cases a day of a false alarm.
    words : dict of str to str
        What people say or ask, by language.

    """

    kind: str
    start: date
    end: date | None = None
    zones: tuple[str, ...] = ()
    facility: str = ""
    supplier: str = ""
    feed: str = ""
    size: float = 0.5
    words: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise BadHappening(f"'{self.kind}' is nothing that can befall a city. Choose {', '.join(KINDS)}.")
        if missing := [name for name in KINDS[self.kind] if not getattr(self, name)]:
            raise BadHappening(f"'{self.kind}' must say which {missing[0]}.")
        if self.end is not None and self.end <= self.start:
            raise BadHappening(f"'{self.kind}' ends on {self.end}, not after it begins on {self.start}.")
        top = 1.0 if self.kind != "false_alarm" else float("inf")
        if not 0 < self.size <= top:
            raise BadHappening(f"'{self.kind}' has the size {self.size}; it must be above 0 and at most {top:g}.")

    def holds_on(self, day: date) -> bool:
        """Tell whether it befalls the city on a day."""
        return self.start <= day and (self.end is None or day < self.end)

    def holds_in(self, zone: str) -> bool:
        """Tell whether it befalls a zone."""
        return not self.zones or zone in self.zones


def read_happenings(path: Path) -> list[Happening]:
    """Read a list of happenings: JSON objects with kind, start and what their kind asks for."""
    if not path.exists():
        return []
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise BadHappening(f"{path} is not JSON: {error}. Write a list of objects with 'kind' and 'start'.") from error
    if not isinstance(rows, list):
        raise BadHappening(f"{path} holds no list. Write a list of objects with 'kind' and 'start'.")
    return [from_row(row, place) for place, row in enumerate(rows, start=1)]


def from_row(row: Any, place: int) -> Happening:
    """Return a happening from a JSON object."""
    try:
        end = row.get("end")
        told = {**row, "start": date.fromisoformat(row["start"]), "end": date.fromisoformat(end) if end else None}
        told["zones"] = tuple(str(zone) for zone in row.get("zones", ()))
        return Happening(**told)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise BadHappening(
            f"Happening {place} cannot be used: {error}. It needs 'kind' and a 'start' like 2026-03-01."
        ) from error


def as_row(happening: Happening) -> dict[str, Any]:
    """Return a happening as the JSON object that `from_row` reads."""
    end = happening.end and happening.end.isoformat()
    return {**asdict(happening), "start": happening.start.isoformat(), "end": end, "zones": list(happening.zones)}
