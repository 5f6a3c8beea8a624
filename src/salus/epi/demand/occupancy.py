"""Probabilistic forecasts of beds in use, by hospital, region or state."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from salus.epi.arrays import BoolArray, FloatArray, as_levels, as_series, require
from salus.epi.demand.futures import joint_draws
from salus.epi.demand.growth import FIRST, OFFSET, WEEK, Growth, measure_growth, member_weights
from salus.epi.demand.spread import Spread, learn_spread
from salus.epi.errors import TooShortError
from salus.epi.forecasting import QUANTILES

_HALF_LIFE = 200.0
_HALF = np.array([0.5])
_LEAST = 2 * WEEK + 1


@dataclass(frozen=True, slots=True)
class OccupancyForecast:
    """Quantiles of beds in use on the next days; arrays are ``(H, ...)`` or ``(H, S, ...)``.

    Attributes
    ----------
    quantiles : FloatArray, shape (H, Q) or (H, S, Q)
        Patients, never below zero, not decreasing over Q.
    quantile_levels : FloatArray, shape (Q,)
    median : FloatArray, shape (H,) or (H, S)
    samples : FloatArray, shape (H, N) or (H, S, N)
        Joint draws: one draw is one future of all units together.
    undefined : BoolArray, shape () or (S,)
        Units without any patient so far: their numbers rest on the other units alone.
    method : str
    parameters : mapping
    diagnostics : mapping
        ``weights`` (H, M): what each member of the ensemble counts at each horizon.

    """

    quantiles: FloatArray
    quantile_levels: FloatArray
    median: FloatArray
    samples: FloatArray
    undefined: BoolArray
    method: str
    parameters: Mapping[str, object]
    diagnostics: Mapping[str, object]

    def exceedance(self, beds: npt.ArrayLike) -> FloatArray:
        """Probability of more patients than beds, by day, from the samples.

        Parameters
        ----------
        beds : array_like
            Staffed beds, a number or one per unit.

        Returns
        -------
        FloatArray, shape (H,) or (H, S)

        """
        limit = np.asarray(beds, dtype=np.float64)[..., None]
        out: FloatArray = (self.samples > limit).mean(axis=-1)
        return out


def forecast_occupancy(
    occupancy: npt.ArrayLike,
    *,
    horizon: int,
    rng: np.random.Generator,
    quantiles: Sequence[float] = QUANTILES,
    samples: int = 200,
) -> OccupancyForecast:
    r"""Forecast beds in use from the occupancy known today.

    Growth of :math:`z = \log(y + 10)` over the last week, of the unit itself and of all
    units together, bent by its own change since the week before, is damped into the future:

    .. math:: \hat z_{t+h} = z_t + g_t \sum_{u=1}^h \phi^u .

    Thirty-six members differ in damping, in how much units share, and in the bend. At each
    horizon they are averaged with weights that fall with their past errors. The variance of
    the average's past errors, as a sum of a constant, a part inverse to the number of
    patients and a part that rises with the growth forecast, and the shape of what is left,
    give the widths. Everything is learnt from what was known before each past day.

    Parameters
    ----------
    occupancy : array_like, shape (T,) or (T, S)
        Patients in bed by day, NaN missing, 15 days or more.
    horizon : int
        Days ahead, 1 or more.
    rng : numpy.random.Generator
        Same seed, same samples. Quantiles do not depend on it.
    quantiles : sequence of float
        Levels in (0, 1).
    samples : int
        Joint draws, 0 for none.

    Returns
    -------
    OccupancyForecast

    Raises
    ------
    EmptyInputError, ShapeMismatchError, TooShortError, NegativeInputError, MissingInputError, InvalidParameterError

    Notes
    -----
    Missing days are bridged on the log scale; a gap at the end is filled with the last value.
    Counts below ten say little about growth, which the ten added before the logarithm heeds.

    References
    ----------
    Gardner ES, McKenzie E. Forecasting trends in time series. Manage Sci 1985;31:1237-46.
    https://doi.org/10.1287/mnsc.31.10.1237
    Bates JM, Granger CWJ. The combination of forecasts. Oper Res Q 1969;20:451-68.
    https://doi.org/10.1057/jors.1969.103

    """
    table, single = as_series(occupancy, "occupancy", at_least=_LEAST)
    levels = as_levels(quantiles)
    require(horizon >= 1, "horizon must be 1 day or more.")
    require(samples >= 0, "samples must be 0 or more.")
    known = fill_gaps(table)
    growth = measure_growth(known)
    parts = [_ahead(known, growth, step) for step in range(1, horizon + 1)]
    centre = np.stack([part[0] for part in parts])
    spreads = [part[1] for part in parts]
    values = _table(centre, spreads, levels)
    median = _table(centre, spreads, _HALF)[..., 0]
    joint = _back(joint_draws(centre, spreads, samples, rng))
    silent = known.max(axis=0) == 0
    out = [part[:, 0] if single else part for part in (values, median, joint)]
    return OccupancyForecast(
        out[0],
        levels,
        out[1],
        out[2],
        silent[0] if single else silent,
        "damped shared growth",
        {"horizon": horizon, "half_life": _HALF_LIFE},
        {"weights": np.stack([part[2] for part in parts])},
    )


def _ahead(known: FloatArray, growth: Growth, horizon: int) -> tuple[FloatArray, Spread, FloatArray]:
    """Centre (S,) of the log level, its spread, and the members' weights (M,)."""
    change = growth.change(horizon)
    last = known.shape[0] - 1
    origins = np.arange(min(FIRST, max(WEEK, last - horizon)), max(0, last - horizon + 1))
    recency = 0.5 ** ((last - origins) / _HALF_LIFE)
    truth = growth.level[origins + horizon] - growth.level[origins]
    error = truth - change[:, origins]
    size = np.sqrt(known[origins] + OFFSET) * recency[:, None]
    weight = member_weights(error, size)
    path = np.tensordot(weight, change, 1)
    drivers = np.stack([np.ones_like(known), 1.0 / (known + OFFSET), path**2], axis=-1)
    combined = np.tensordot(weight, error, 1)
    spread = learn_spread(combined, recency, (drivers[origins], drivers[-1]), horizon)
    return growth.level[-1] + path[-1], spread, weight


def _table(centre: FloatArray, spreads: list[Spread], levels: FloatArray) -> FloatArray:
    rows = [spread.quantiles(row, levels) for row, spread in zip(centre, spreads, strict=True)]
    return _back(np.stack(rows))


def _back(level: FloatArray) -> FloatArray:
    out: FloatArray = np.maximum(0.0, np.exp(np.minimum(level, 60.0)) - OFFSET)
    return out


def fill_gaps(table: FloatArray) -> FloatArray:
    """Bridge missing days on the log scale; ends repeat the nearest value.

    Raises
    ------
    TooShortError
        If a series has fewer than 15 observed days.

    """
    seen = ~np.isnan(table)
    if int(seen.sum(axis=0).min()) < _LEAST:
        raise TooShortError(f"a unit has fewer than {_LEAST} observed days: leave it out or wait.")
    if seen.all():
        return table
    out = table.copy()
    days = np.arange(table.shape[0])
    for unit in np.flatnonzero(~seen.all(axis=0)):
        here = seen[:, unit]
        out[~here, unit] = np.expm1(np.interp(days[~here], days[here], np.log1p(table[here, unit])))
    return out
