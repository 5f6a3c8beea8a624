"""Draws of future use from what was used so far."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from salus.epi.arrays import FloatArray, as_series, require
from salus.epi.errors import MissingInputError, NegativeInputError, ShapeMismatchError, TooShortError

_MEMORY = np.array([0.6, 0.75, 0.85, 0.9, 0.95, 0.98, 1.0])
_LEAST = 3
_START = 2


def draw_usage(
    use: npt.ArrayLike,
    *,
    horizon: int,
    rng: np.random.Generator,
    patients: npt.ArrayLike | None = None,
    patients_ahead: npt.ArrayLike | None = None,
    draws: int = 500,
) -> FloatArray:
    r"""Draw futures of daily use, per patient where patients are known.

    Use is :math:`u_t = p_t \lambda_t \eta_t`, with :math:`\eta` gamma noise of mean 1 and
    a rate :math:`\lambda` that drifts. It is followed by discounted means with seven
    memories :math:`\delta`; futures are drawn from each as often as its past one-day
    predictions earned, with the spread of the noise, the error of the rate and its drift
    :math:`(1-\delta)^2/\delta` of the noise variance a day all uncertain.

    Parameters
    ----------
    use : array_like, shape (T,) or (T, S)
        Units used each day, three known days or more; NaN missing.
    horizon : int
        Days ahead.
    rng : numpy.random.Generator
        Same seed, same draws.
    patients : array_like, shape (T,) or (T, S), optional
        Patients on each day of `use`.
    patients_ahead : array_like, shape (H,), (H, S) or (H, S, N), optional
        Patients on each day ahead, such as the samples of `forecast_occupancy`.
    draws : int
        Futures, if `patients_ahead` has none of its own.

    Returns
    -------
    FloatArray, shape (H, N) or (H, S, N)
        As `stock_out` takes them.

    Raises
    ------
    EmptyInputError, ShapeMismatchError, TooShortError, NegativeInputError, MissingInputError, InvalidParameterError

    References
    ----------
    West M, Harrison J. Bayesian Forecasting and Dynamic Models. 2nd ed. Springer, 1997,
    section 6.3 (discounting). https://doi.org/10.1007/b98971

    """
    table, single = as_series(use, "use", at_least=_LEAST)
    require(horizon >= 1, "horizon must be 1 day or more.")
    require(draws >= 1, "draws must be 1 or more.")
    require((patients is None) == (patients_ahead is None), "patients and patients_ahead belong together.")
    if int((~np.isnan(table)).sum(axis=0).min()) < _LEAST:
        raise TooShortError(f"an item has fewer than {_LEAST} days of known use: wait or count.")
    exposure = np.ones_like(table) if patients is None else _exposure(patients, table)
    ahead = (
        np.ones((horizon, 1, 1)) if patients_ahead is None else _ahead(patients_ahead, horizon, table.shape[1], single)
    )
    count = ahead.shape[2] if ahead.shape[2] > 1 else draws
    parts = [_item(table[:, s], exposure[:, s], horizon, count, rng) for s in range(table.shape[1])]
    out = np.stack(parts, axis=1) * ahead
    return out[:, 0] if single else out


def _exposure(patients: npt.ArrayLike, table: FloatArray) -> FloatArray:
    people = np.asarray(patients, dtype=np.float64)
    people = people[:, None] if people.ndim == 1 else people
    if people.ndim != 2 or people.shape[0] != table.shape[0] or people.shape[1] not in (1, table.shape[1]):
        raise ShapeMismatchError("patients must be one per day of use, or per day and item.")
    if bool((people < 0).any()):
        raise NegativeInputError("patients holds a negative count.")
    return np.broadcast_to(people, table.shape)


def _ahead(patients: npt.ArrayLike, horizon: int, items: int, single: bool) -> FloatArray:
    people = np.asarray(patients, dtype=np.float64)
    if single and people.ndim == 2:
        people = people[:, None]
    people = people.reshape(*people.shape, *[1] * (3 - people.ndim)) if people.ndim < 3 else people
    if people.ndim != 3 or people.shape[0] != horizon or people.shape[1] not in (1, items):
        raise ShapeMismatchError("patients_ahead must be (horizon,), (horizon, items) or (horizon, items, futures).")
    if not np.isfinite(people).all() or bool((people < 0).any()):
        raise MissingInputError("patients_ahead must be numbers of 0 or more.")
    return people


def _item(use: FloatArray, exposure: FloatArray, horizon: int, count: int, rng: np.random.Generator) -> FloatArray:
    """Futures of one item per unit of exposure, shape (H, N)."""
    known = ~np.isnan(use) & (exposure > 0)
    if int(known.sum()) < _LEAST:
        raise TooShortError(f"an item has fewer than {_LEAST} days with use and patients: wait or count.")
    used, people = use[known], exposure[known]
    if not used.any():
        return np.zeros((horizon, count))
    level, noise, weight, size = _memories(used, people)
    pick = rng.choice(_MEMORY.size, size=count, p=weight)
    memory, freedom = _MEMORY[pick], used.size - 1
    spread = noise[pick] * np.sqrt(freedom / rng.chisquare(freedom, count))
    # Exposure today sets the size of a day's noise relative to the rate.
    now = spread / np.sqrt(people[-1])
    start = level[pick] * _gamma(now**2 / size[pick], rng)
    drift = now * (1 - memory) / np.sqrt(memory)
    walk = np.cumsum(drift * rng.standard_normal((horizon, count)) - drift**2 / 2, axis=0)
    out: FloatArray = start * np.exp(walk) * _gamma(np.broadcast_to(now**2, (horizon, count)), rng)
    return out


def _gamma(variance: FloatArray, rng: np.random.Generator) -> FloatArray:
    """Gamma draws of mean 1 with given variances."""
    shape = 1.0 / np.maximum(variance, 1e-12)
    out: FloatArray = rng.standard_gamma(shape) / shape
    return out


def _memories(used: FloatArray, people: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """Last rate, noise per root of exposure, weight and effective days of each memory."""
    total, weight = np.zeros(_MEMORY.size), np.zeros(_MEMORY.size)
    days = np.zeros(_MEMORY.size)
    square, score, seen = np.zeros(_MEMORY.size), np.zeros(_MEMORY.size), 0
    for place in range(used.size):
        if place >= _START and total.min() > 0:
            rate = total / weight
            error = (used[place] / people[place] - rate) / rate
            square += error**2 * people[place] / (1 + 1 / days)
            seen += 1
            spread = (square + 0.1 * people[place]) / (seen + 1.0)
            variance = spread * (1 + 1 / days) / people[place]
            score -= 0.5 * (np.log(variance * rate**2) + error**2 / variance)
        total = _MEMORY * total + used[place]
        weight = _MEMORY * weight + people[place]
        days = _MEMORY * days + 1
    chance = np.exp(score - score.max())
    return total / weight, np.sqrt((square + 0.1 * people.mean()) / (seen + 1)), chance / chance.sum(), days
