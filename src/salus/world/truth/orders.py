"""What the city has ordered, as the world hears it: only what was published as in force."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from salus.epi.scenario import InForce
from salus.epi.scenario.model import Model
from salus.world.errors import WorldError


class BadOrders(WorldError):
    """The list of orders cannot be used; the message says which line and why."""


@dataclass(frozen=True, slots=True)
class Order:
    """One measure in force from a day up to, not including, another; without zones in the whole city."""

    measure: str
    start: date
    end: date | None = None
    zones: tuple[str, ...] = ()

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
        return Order(
            str(row["measure"]),
            date.fromisoformat(row["start"]),
            date.fromisoformat(end) if end else None,
            tuple(str(zone) for zone in row.get("zones", ())),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise BadOrders(
            f"Order {place} cannot be used: {error}. It needs 'measure' and a 'start' like 2026-03-01."
        ) from (error)


def as_row(order: Order) -> dict[str, Any]:
    """Return an order as the JSON object that `from_row` reads."""
    end = order.end and order.end.isoformat()
    return {"measure": order.measure, "start": order.start.isoformat(), "end": end, "zones": list(order.zones)}
