"""Measures in force as factors by day, setting, zone and stratum."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from salus.epi.arrays import FloatArray
from salus.epi.scenario.checks import check_order
from salus.epi.scenario.model import InForce, Measure, Model

# Travel is answered in steps of a hundredth, so that mixing is built again only when it matters.
_TRAVEL_STEPS = 100


class Factors(NamedTuple):
    """What measures do on each of D days."""

    contact: FloatArray  # (D, settings, Z, A): each side's factor on transmission
    isolation: FloatArray  # (D, Z, A): share found and isolated
    travel: FloatArray  # (D, Z): share of presence elsewhere that remains
    work: FloatArray  # (D, Z, A): share of working time lost


def compliance_by_day(measure: Measure, order: InForce, days: FloatArray, strata: int) -> FloatArray:
    r"""Share that complies by days since the start, shape (D, A).

    Notes
    -----
    :math:`c(t) = c_0 [f + (1 - f) 2^{-t/h}]` with floor *f* and half life *h*.

    """
    if order.compliance is not None:
        index = np.clip(days.astype(np.int64), 0, order.compliance.shape[0] - 1)
        return np.asarray(order.compliance[index], dtype=np.float64)
    first = np.broadcast_to(measure.compliance, (strata,))
    tired = np.exp2(-np.maximum(days, 0)[:, None] / np.broadcast_to(measure.fatigue_days, (strata,)))
    out: FloatArray = first * (measure.floor + (1 - measure.floor) * tired)
    return out


def measure_factors(model: Model, orders: Sequence[InForce], start: int, days: int) -> Factors:
    """Combine measures in force into factors by day.

    Parameters
    ----------
    model : Model
        The epidemic and the city.
    orders : sequence of InForce
        Effects of several measures multiply.
    start, days : int
        First day, and how many.

    Returns
    -------
    Factors

    Raises
    ------
    InvalidParameterError, ShapeMismatchError
        If an order names what the model lacks.

    """
    zones, strata = model.people.shape
    out = Factors(
        np.ones((days, len(model.settings), zones, strata)),
        np.ones((days, zones, strata)),
        np.ones((days, zones)),
        np.ones((days, zones, strata)),
    )
    known = {measure.name: measure for measure in model.measures}
    for order in orders:
        check_order(order, model)
        _apply(out, model, known[order.measure], order, start)
    np.subtract(1.0, out.isolation, out=out.isolation)
    np.subtract(1.0, out.work, out=out.work)
    np.round(out.travel * _TRAVEL_STEPS, out=out.travel)
    np.divide(out.travel, _TRAVEL_STEPS, out=out.travel)
    return out


def _apply(out: Factors, model: Model, measure: Measure, order: InForce, start: int) -> None:
    """Multiply one order into the factors."""
    zones, strata = model.people.shape
    since = np.arange(out.travel.shape[0], dtype=np.float64) + start - order.start
    last = np.inf if order.end is None else order.end - order.start
    active = (since >= 0) & (since < last)
    where = np.zeros(zones)
    where[list(order.zones) if order.zones is not None else slice(None)] = 1.0
    comply = compliance_by_day(measure, order, since, strata) * active[:, None]
    each = comply[:, None, :] * where[:, None]
    for index, setting in enumerate(model.settings):
        for name in (setting.name, "*"):
            if name in measure.effects:
                out.contact[:, index] *= 1 - each * (1 - np.sqrt(1 - measure.effects[name]))
    out.isolation[...] *= 1 - each * measure.isolation
    out.work[...] *= 1 - each * measure.work_lost
    if measure.travel > 0:
        residents = model.people.sum(axis=1)
        stay = (each * model.people).sum(axis=2) / np.maximum(residents, 1.0)
        out.travel[...] *= 1 - stay * measure.travel
