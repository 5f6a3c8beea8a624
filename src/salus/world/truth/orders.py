"""What the city has ordered, as the world hears it: only what was published as in force."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

from salus.epi.scenario import InForce
from salus.epi.scenario.model import Model
from salus.world.errors import WorldError


class BadOrders(WorldError):
    """The list of orders cannot be used; the message says which line and why."""


# What a city does to its own services is told beside its measures.
CLOSE_LINE, OPEN_SITE = "close-line", "open-site"


@dataclass(frozen=True, slots=True)
class Site:
    """A place that is opened for people: what for, how many a day, and on which days of the week (0 is Monday)."""

    code: str
    kind: str
    per_day: int
    weekdays: tuple[int, ...] = tuple(range(7))


@dataclass(frozen=True, slots=True)
class Order:
    """One measure in force from a day up to, not including, another; without zones in the whole city.

    An order to close a line names it, and its zones are those in which it does not stop; one to open
    a site describes it, and its zones are those whose people it is there for.
    """

    measure: str
    start: date
    end: date | None = None
    zones: tuple[str, ...] = ()
    line: str = ""
    site: Site | None = None

    @property
    def name(self) -> str:
        """Return what tells orders apart: a city may close several lines, and open several sites."""
        which = self.line or (self.site.code if self.site else "")
        return f"{self.measure}:{which}" if which else self.measure

    def holds_on(self, day: date) -> bool:
        """Tell whether the measure is in force on a day."""
        return self.start <= day and (self.end is None or day < self.end)


def in_force(orders: list[Order], model: Model, first: date) -> list[InForce]:
    """Return the orders that mean something in this model; a city may order more than the world answers to."""
    known = {measure.name for measure in model.measures}
    number = {zone: place for place, zone in enumerate(model.zones)}
    found = []
    for order in orders:
        if order.measure not in known:
            continue
        zones = tuple(number[zone] for zone in order.zones if zone in number)
        if order.zones and not zones:
            continue
        end = None if order.end is None else (order.end - first).days
        start = (order.start - first).days
        if end is None or end > start:
            found.append(InForce(order.measure, start, end, zones or None))
    return found


def read_orders(path: Path) -> list[Order]:
    """Read a list of orders: JSON objects with measure, start, and perhaps end and zones."""
    if not path.exists():
        return []
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise BadOrders(f"{path} is not JSON: {error}. Write a list of objects with 'measure' and 'start'.") from error
    if not isinstance(rows, list):
        raise BadOrders(f"{path} holds no list. Write a list of objects with 'measure' and 'start'.")
    return [from_row(row, place) for place, row in enumerate(rows, start=1)]


def from_row(row: Any, place: int) -> Order:
    """Return an order from a JSON object."""
    try:
        end = row.get("end")
        found = Order(
            str(row["measure"]),
            date.fromisoformat(row["start"]),
            date.fromisoformat(end) if end else None,
            tuple(str(zone) for zone in row.get("zones", ())),
            str(row.get("line", "")),
            _site(row["site"]) if row.get("site") else None,
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise BadOrders(
            f"Order {place} cannot be used: {error}. It needs 'measure' and a 'start' like 2026-03-01."
        ) from (error)
    if found.measure == CLOSE_LINE and not found.line:
        raise BadOrders(f"Order {place} closes a line but does not say which. Add 'line', as GTFS names it.")
    if found.measure == OPEN_SITE and found.site is None:
        raise BadOrders(f"Order {place} opens a site but does not describe it. Add 'site' with code, kind and per_day.")
    return found


def _site(row: Any) -> Site:
    weekdays = tuple(sorted({int(day) for day in row.get("weekdays", range(7))}))
    if not all(0 <= day <= 6 for day in weekdays) or int(row["per_day"]) < 0:
        raise ValueError("a site opens on weekdays 0 to 6, for 0 or more people a day")
    return Site(str(row["code"]), str(row["kind"]), int(row["per_day"]), weekdays)


def as_row(order: Order) -> dict[str, Any]:
    """Return an order as the JSON object that `from_row` reads."""
    end = order.end and order.end.isoformat()
    row = {"measure": order.measure, "start": order.start.isoformat(), "end": end, "zones": list(order.zones)}
    more = {"line": order.line, "site": order.site and asdict(order.site)}
    return {**row, **{key: value for key, value in more.items() if value}}
