"""Whom opened sites reach: as far as they have room, and as people of each segment come."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np

from salus.world.city.people import SEGMENTS
from salus.world.truth.customs import SiteRules
from salus.world.truth.orders import OPEN_SITE, Order
from salus.world.truth.place import BANDS, FloatArray

VACCINATION, TESTING, COOLING, WATER = "vaccination", "testing", "cooling", "water"


def open_sites(orders: Sequence[Order], on: date, kind: str) -> list[Order]:
    """Return the orders by which sites of a kind are open on a day."""
    return [
        row for row in orders
        if row.measure == OPEN_SITE and row.site is not None and row.site.kind == kind
        and row.holds_on(on) and on.weekday() in row.site.weekdays
    ]  # fmt: skip


def room(orders: Sequence[Order], on: date, kind: str, zones: tuple[str, ...], living: FloatArray) -> FloatArray:
    """Return for how many people of each zone there is room at sites of a kind on a day, shape (Z,)."""
    found = np.zeros(len(zones))
    for row in open_sites(orders, on, kind):
        assert row.site is not None
        there = living * (np.isin(np.array(zones), row.zones) if row.zones else 1.0)
        if there.sum() > 0:
            found += row.site.per_day * there / there.sum()
    return found


def reached(
    orders: Sequence[Order], on: date, kind: str, rules: SiteRules, zones: tuple[str, ...], living: FloatArray
) -> FloatArray:
    """Return the share of each zone's people by segment whom sites of a kind reach on a day, shape (Z, 3)."""
    wanted = np.maximum(rules.asked * living, 1e-9)
    there = np.minimum(room(orders, on, kind, zones, living) / wanted, 1.0)
    return np.asarray(there[:, None] * np.array(rules.comes))


def by_stratum(by_segment: FloatArray) -> FloatArray:
    """Return shares by zone and stratum from shares by zone and segment."""
    assert by_segment.shape[1] == len(SEGMENTS)
    return np.tile(by_segment, (1, BANDS))
