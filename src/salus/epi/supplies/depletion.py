"""When stock runs out if demand is as forecast, and when and how much to order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

from salus.epi.arrays import BoolArray, FloatArray, as_floats, as_levels, require
from salus.epi.errors import (
    EmptyInputError,
    MissingInputError,
    NegativeInputError,
    ShapeMismatchError,
    TooShortError,
)
from salus.epi.supplies.running import run_down

QUANTILES = (0.025, 0.25, 0.5, 0.75, 0.975)


@dataclass(frozen=True, slots=True)
class StockOut:
    """When stock runs out; arrays are ``(...)`` by item and site.

    Attributes
    ----------
    quantiles : FloatArray, shape (..., Q)
        Days from the start of the first day until nothing is left, parts of days too.
        Infinite where that is beyond the horizon.
    quantile_levels : FloatArray, shape (Q,)
    median : FloatArray, shape (...)
    probability : FloatArray, shape (H, ...)
        That stock has run out by the end of each day.
    samples : FloatArray, shape (..., N)
        Time in each future, infinite beyond the horizon.
    horizon : int
        Days looked ahead.
    method : str

    """

    quantiles: FloatArray
    quantile_levels: FloatArray
    median: FloatArray
    probability: FloatArray
    samples: FloatArray
    horizon: int
    method: str

    def dates(self, first_day: date) -> list[date | None]:
        """Date on which need is first unmet at each quantile; None beyond the horizon.

        Parameters
        ----------
        first_day : date
            The first day of demand.

        Raises
        ------
        ShapeMismatchError
            For more than one item: take the quantiles.

        """
        if self.quantiles.ndim != 1:
            raise ShapeMismatchError("dates are for one item: use quantiles for many.")
        return [first_day + timedelta(days=int(time)) if np.isfinite(time) else None for time in self.quantiles]


def stock_out(
    stock: npt.ArrayLike,
    demand: npt.ArrayLike,
    *,
    deliveries: npt.ArrayLike | None = None,
    quantiles: Sequence[float] = QUANTILES,
) -> StockOut:
    r"""Time until stock runs out, with its interval, from draws of demand.

    In each future :math:`n`, stock at the start of day *h* is :math:`s + \sum_{j \le h} d_j`
    less what was needed; it runs out within the first day on which need exceeds it, in
    proportion. Constant demand :math:`u` without deliveries gives :math:`s / u`, the days
    of supply.

    Parameters
    ----------
    stock : array_like, shape (...)
        Units at the start of the first day, by item and site.
    demand : array_like, shape (H, ..., N)
        Units needed each day in each of N futures: days first, futures last.
    deliveries : array_like, shape (H, ...) or (H, ..., N), optional
        Units that arrive before each day's use, surely or by future.
    quantiles : sequence of float
        Levels in (0, 1).

    Returns
    -------
    StockOut

    Raises
    ------
    EmptyInputError, ShapeMismatchError, MissingInputError, NegativeInputError, InvalidParameterError

    References
    ----------
    CDC, NIOSH. Personal Protective Equipment (PPE) Burn Rate Calculator, 2021.
    https://www.cdc.gov/coronavirus/2019-ncov/hcp/ppe-strategy/burn-calculator.html

    """
    need = _paths(demand, "demand")
    levels = as_levels(quantiles)
    have = _units(stock, "stock")
    if need.shape[1:-1] != have.shape:
        raise ShapeMismatchError(f"demand must be (days, {', '.join(map(str, have.shape))}, futures).")
    come = None
    if deliveries is not None:
        come = _units(deliveries, "deliveries")
        come = come[..., None] if come.ndim == need.ndim - 1 else come
        if come.shape not in (need.shape, (*need.shape[:-1], 1)):
            raise ShapeMismatchError("deliveries must have the days, items and sites of demand.")
    samples = run_down(have, need, come)
    horizon = need.shape[0]
    ends = np.arange(1, horizon + 1).reshape(horizon, *[1] * samples.ndim)
    probability = (samples[None] <= ends).mean(axis=-1)
    found = _upper_quantiles(samples, levels)
    median = _upper_quantiles(samples, np.array([0.5]))[..., 0]
    return StockOut(found, levels, median, probability, samples, horizon, "draws of demand")


def _upper_quantiles(samples: FloatArray, levels: FloatArray) -> FloatArray:
    """Quantiles that are draws themselves: infinity must not be averaged with a number."""
    ordered = np.sort(samples, axis=-1)
    count = samples.shape[-1]
    place = np.clip(np.ceil(levels * count).astype(np.int64) - 1, 0, count - 1)
    return np.asarray(ordered[..., place], dtype=np.float64)


@dataclass(frozen=True, slots=True)
class ReorderPoint:
    """When to order; arrays are ``(...)`` by item and site.

    Attributes
    ----------
    level : FloatArray
        Order when stock and what is on its way fall to this many units.
    expected : FloatArray
        Mean demand until an order placed now has arrived.
    safety : FloatArray
        Level less expected demand.
    order : FloatArray
        Units to order now, 0 above the level; NaN without stock.
    undefined : BoolArray
        Lead times run beyond the horizon in more futures than may fail: NaN.
    service : float
    method : str

    """

    level: FloatArray
    expected: FloatArray
    safety: FloatArray
    order: FloatArray
    undefined: BoolArray
    service: float
    method: str


def reorder_point(
    demand: npt.ArrayLike,
    lead_time: npt.ArrayLike,
    *,
    rng: np.random.Generator,
    service: float = 0.95,
    review: int = 0,
    stock: npt.ArrayLike | None = None,
) -> ReorderPoint:
    r"""Stock at which to order so that it lasts, with probability `service`, until delivery.

    The level is the `service` quantile over futures of demand within lead time *L*,
    :math:`\sum_{h \le L} d_h`, with *L* drawn for each future. `review` days are added
    when stock is only looked at that often.

    Parameters
    ----------
    demand : array_like, shape (H, ..., N)
        Units needed each day in each of N futures.
    lead_time : array_like, shape () or (K,)
        Days from order to delivery, or the probability of 0, 1, 2... days.
    rng : numpy.random.Generator
        Draws lead times; same seed, same result.
    service : float
        Probability that stock lasts, in (0, 1).
    review : int
        Days between looks at the stock, 0 when watched daily.
    stock : array_like, shape (...), optional
        Units in stock and on order, to say how much to order now.

    Returns
    -------
    ReorderPoint

    Raises
    ------
    EmptyInputError, ShapeMismatchError, MissingInputError, NegativeInputError, TooShortError, InvalidParameterError

    Notes
    -----
    For independent days with mean :math:`\mu`, sd :math:`\sigma` and lead time of mean
    :math:`l` and sd :math:`\tau` this is near the textbook's
    :math:`\mu l + z \sqrt{l \sigma^2 + \mu^2 \tau^2}`; epidemic demand is not independent
    from day to day, which is why draws are used.

    References
    ----------
    Silver EA, Pyke DF, Thomas DJ. Inventory and Production Management in Supply Chains.
    4th ed. CRC Press, 2017. https://doi.org/10.1201/9781315374406

    """
    need = _paths(demand, "demand")
    require(0 < service < 1, "service must lie between 0 and 1.")
    require(review >= 0, "review must be 0 days or more.")
    futures = need.shape[-1]
    lead = _lead_times(lead_time, futures, rng) + review
    if int(lead.min()) > need.shape[0]:
        raise TooShortError(f"every delivery comes after the {need.shape[0]} days of demand: lengthen the forecast.")
    total = np.concatenate([np.zeros((1, *need.shape[1:])), np.cumsum(need, axis=0)])
    reach = np.minimum(lead, need.shape[0])
    used = total[reach, ..., np.arange(futures)]
    late = lead > need.shape[0]
    used = np.moveaxis(used, 0, -1)
    used = np.where(late, np.inf, used)
    level = _upper_quantiles(used, np.array([service]))[..., 0]
    beyond = np.isinf(level)
    level = np.where(beyond, np.nan, level)
    expected = np.where(late.any(), np.nan, np.where(late, 0.0, used).mean(axis=-1))
    order = np.full(level.shape, np.nan)
    if stock is not None:
        have = _units(stock, "stock")
        if have.shape != level.shape:
            raise ShapeMismatchError(f"stock must have the shape of items and sites {level.shape}.")
        order = np.maximum(0.0, level - have)
    return ReorderPoint(level, expected, level - expected, order, beyond, service, "draws of demand in lead time")


def _lead_times(lead_time: npt.ArrayLike, futures: int, rng: np.random.Generator) -> npt.NDArray[np.int64]:
    given = as_floats(lead_time, "lead_time")
    if given.ndim == 0:
        require(bool(given >= 0) and float(given).is_integer(), "lead_time must be whole days, 0 or more.")
        return np.full(futures, int(given), dtype=np.int64)
    good = given.ndim == 1 and given.size > 0 and np.isfinite(given).all() and bool((given >= 0).all())
    require(bool(good) and abs(float(given.sum()) - 1) < 1e-6, "lead_time must be probabilities of 0, 1, 2... days.")
    # Evenly spread draws: the share of each lead time is as near as whole futures allow.
    points = (np.arange(futures) + rng.random()) / futures
    days = np.searchsorted(np.cumsum(given / given.sum()), points)
    return rng.permutation(np.minimum(days, given.size - 1)).astype(np.int64)


def _paths(values: npt.ArrayLike, name: str) -> FloatArray:
    table = _units(values, name)
    if table.ndim < 2:
        raise ShapeMismatchError(f"{name} must be (days, ..., futures): add an axis for one future.")
    return table


def _units(values: npt.ArrayLike, name: str) -> FloatArray:
    table = as_floats(values, name)
    if table.size == 0:
        raise EmptyInputError(f"{name} is empty: pass one number of units per item.")
    if not np.isfinite(table).all():
        raise MissingInputError(f"{name} holds NaN or infinity: fill or drop those items.")
    if bool((table < 0).any()):
        raise NegativeInputError(f"{name} holds a negative number of units: correct it.")
    return table
