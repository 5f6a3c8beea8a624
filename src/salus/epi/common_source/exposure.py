"""When people were exposed: from days of onset back through the incubation period."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import logsumexp, ndtr, ndtri

from salus.epi.arrays import FloatArray, IntArray, as_floats, as_levels, as_series, require
from salus.epi.errors import (
    EmptyInputError,
    InvalidParameterError,
    InvalidSerialIntervalError,
    MissingInputError,
    NotConvergedError,
    ShapeMismatchError,
)
from salus.epi.one_thread import in_one_thread

QUANTILES = (0.025, 0.25, 0.5, 0.75, 0.975)
# One case in a hundred may be unrelated, so that a single early or late one cannot rule out
# every window.
_UNRELATED = 0.01
# Steps between the first case and the last: a longer curve is a date typed wrong.
_LONGEST = 10_000
# Precisions of a walk whose steps are small, and of one whose turns are.
_WALKS = {1: np.geomspace(0.03, 1000.0, 24), 2: np.geomspace(0.03, 100_000.0, 30)}
_ROUNDS = 200
_NEGLIGIBLE = 1e-4


@dataclass(frozen=True, slots=True)
class ExposureWindow:
    """Posterior of when a common source was open.

    Attributes
    ----------
    begin, end : FloatArray, shape (Q,)
        Quantiles of the first and last step of exposure.
    quantile_levels : FloatArray, shape (Q,)
    likeliest : (int, int)
        Begin and end of the likeliest window.
    point_source : float
        Probability that exposure lasted a single step.
    steps : IntArray, shape (T,)
    exposed : FloatArray, shape (T,)
        Probability that the source was open at each of `steps`.

    """

    begin: FloatArray
    end: FloatArray
    quantile_levels: FloatArray
    likeliest: tuple[int, int]
    point_source: float
    steps: IntArray
    exposed: FloatArray


@dataclass(frozen=True, slots=True)
class ExposureCurve:
    """Exposures by step, back-calculated from onsets.

    Attributes
    ----------
    steps : IntArray, shape (S + T,)
        Steps relative to the first of the onsets, the earlier ones negative.
    quantiles : FloatArray, shape (S + T, Q)
        Of the expected exposures that led, or will lead, to illness.
    quantile_levels : FloatArray, shape (Q,)
    expected_onsets : FloatArray, shape (T,)
    smoothness : float
        Likeliest precision of the random walk of log exposures.
    order : int
        1 if small steps are likeliest, 2 if small turns are.

    """

    steps: IntArray
    quantiles: FloatArray
    quantile_levels: FloatArray
    expected_onsets: FloatArray
    smoothness: float
    order: int


def exposure_window(
    onsets: npt.ArrayLike,
    incubation: npt.ArrayLike,
    *,
    longest: int = 14,
    quantiles: Sequence[float] = QUANTILES,
) -> ExposureWindow:
    r"""Estimate when a common source was open from the onsets of those it made ill.

    For a window :math:`[a, b]`, people fell ill at :math:`t` with probability
    :math:`\frac{1}{b-a+1}\sum_{e=a}^{b} f(t-e)`; all windows are equally likely beforehand given
    their length, and so are all lengths.

    Parameters
    ----------
    onsets : array_like, shape (N,)
        Whole step (hour, day) of onset of each case.
    incubation : array_like, shape (S,)
        Probability by steps from exposure to onset, from 0; sum 1.
    longest : int
        Longest window considered, in steps, 1 or more.
    quantiles : sequence of float
        Levels in (0, 1).

    Returns
    -------
    ExposureWindow

    Raises
    ------
    EmptyInputError, ShapeMismatchError, MissingInputError, InvalidSerialIntervalError,
    InvalidParameterError

    References
    ----------
    Sartwell PE. The distribution of incubation periods of infectious disease. Am J Hyg
    1950;51:310-8. https://doi.org/10.1093/oxfordjournals.aje.a119397
    Egan JR, Hall IM. A review of back-calculation techniques and their potential to inform
    mitigation strategies. J R Soc Interface 2015;12:20150096. https://doi.org/10.1098/rsif.2015.0096

    """
    days = _whole_steps(onsets)
    chance = _incubation(incubation)
    levels = as_levels(quantiles)
    require(longest >= 1, "longest must be 1 step or more.")
    values, times = np.unique(days, return_counts=True)
    first, last = int(values[0]) - chance.size - longest + 2, int(values[-1])
    steps = np.arange(first, last + 1)
    lag = values[None, :] - steps[:, None]
    reach = np.where((lag >= 0) & (lag < chance.size), chance[np.clip(lag, 0, chance.size - 1)], 0.0)
    summed = np.vstack([np.zeros(values.size), np.cumsum(reach, axis=0)])
    span = values[-1] - values[0] + chance.size
    logs = np.full((longest, steps.size), -np.inf)
    for length in range(1, longest + 1):
        mean = (summed[length:] - summed[:-length]) / length
        mixed = np.log((1 - _UNRELATED) * mean + _UNRELATED / span)
        logs[length - 1, : mean.shape[0]] = mixed @ times - np.log(mean.shape[0])
    weight = np.exp(logs - logsumexp(logs))
    return _window(weight, steps, levels)


def _window(weight: FloatArray, steps: IntArray, levels: FloatArray) -> ExposureWindow:
    """Marginals of a posterior over lengths (rows) and first steps (columns)."""
    begin = weight.sum(axis=0)
    end, open_ = np.zeros(steps.size), np.zeros(steps.size)
    for length, row in enumerate(weight):
        kept = row[: steps.size - length]
        end[length:] += kept
        for shift in range(length + 1):
            open_[shift : shift + kept.size] += kept
    best, place = np.unravel_index(int(weight.argmax()), weight.shape)
    return ExposureWindow(
        begin=_discrete_quantiles(steps, begin, levels),
        end=_discrete_quantiles(steps, end, levels),
        quantile_levels=levels,
        likeliest=(int(steps[place]), int(steps[place]) + int(best)),
        point_source=float(weight[0].sum()),
        steps=steps,
        exposed=open_,
    )


def _discrete_quantiles(steps: IntArray, weight: FloatArray, levels: FloatArray) -> FloatArray:
    place = np.searchsorted(np.cumsum(weight), levels - 1e-12)
    found: FloatArray = steps[np.minimum(place, steps.size - 1)].astype(np.float64)
    return found


@in_one_thread
def back_calculate(
    counts: npt.ArrayLike, incubation: npt.ArrayLike, *, quantiles: Sequence[float] = QUANTILES
) -> ExposureCurve:
    r"""Estimate exposures by step from an epidemic curve.

    :math:`y_t \sim \mathrm{Poisson}(\sum_s e^{\theta_{t-s}} f_s)` with :math:`\theta` a random
    walk of first or second order; orders and precisions weigh by their marginal likelihood.

    Parameters
    ----------
    counts : array_like, shape (T,)
        Onsets by step, complete; three steps or more, one case at least.
    incubation : array_like, shape (S,)
        Probability by steps from exposure to onset, from 0; sum 1.
    quantiles : sequence of float
        Levels in (0, 1).

    Returns
    -------
    ExposureCurve

    Raises
    ------
    EmptyInputError, ShapeMismatchError, MissingInputError, NegativeInputError, TooShortError,
    InvalidSerialIntervalError, NotConvergedError

    Notes
    -----
    Laplace's approximation around the posterior mode. Exposures of the last steps have hardly
    shown yet: their intervals are wide, and should be. A source that opened and closed at once
    is smoothed by the random walk: use `exposure_window` for it.

    References
    ----------
    Becker NG, Watson LF, Carlin JB. A method of non-parametric back-projection and its
    application to AIDS data. Stat Med 1991;10:1527-42. https://doi.org/10.1002/sim.4780101005
    Rue H, Martino S, Chopin N. J R Stat Soc B 2009;71:319-92 (the approximation).
    https://doi.org/10.1111/j.1467-9868.2008.00700.x

    """
    table, single = as_series(counts, "counts", at_least=3, missing=False)
    if not single:
        raise ShapeMismatchError("counts must be one series: call once for each.")
    chance, levels = _incubation(incubation), as_levels(quantiles)
    seen = table[:, 0]
    if seen.sum() == 0:
        raise EmptyInputError("counts are all 0: nobody was exposed.")
    before = chance.size - 1
    spread = np.zeros((seen.size, seen.size + before))
    for step in range(seen.size):
        spread[step, step : step + chance.size] = chance[::-1]
    walks, evidence, modes, errors = _every_walk(seen, spread)
    weight = np.exp(evidence - logsumexp(evidence))
    values = np.exp(_mixed_quantiles(weight, modes, errors, levels))
    steps = np.arange(-before, seen.size)
    expected = spread @ (weight @ np.exp(modes))
    return ExposureCurve(steps, values, levels, expected, *walks[int(weight.argmax())])


def _every_walk(
    seen: FloatArray, spread: FloatArray
) -> tuple[list[tuple[float, int]], FloatArray, FloatArray, FloatArray]:
    """Log evidence, mode and standard error of log exposures under each precision and order."""
    walks, found = [], []
    for order, penalties in _WALKS.items():
        start = np.full(spread.shape[1], np.log(seen.mean()))
        for penalty in penalties[::-1].tolist():
            start, evidence, covariance = _laplace(seen, spread, (penalty, order), start)
            walks.append((penalty, order))
            # As much for the one order as for the other beforehand, however many precisions are tried.
            found.append((evidence - np.log(penalties.size), start, np.sqrt(np.diag(covariance))))
    evidences, modes, errors = zip(*found, strict=True)
    return walks, np.array(evidences), np.array(modes), np.array(errors)


def _mixed_quantiles(weight: FloatArray, modes: FloatArray, errors: FloatArray, levels: FloatArray) -> FloatArray:
    """Quantiles of mixtures of normals by bisection, shape (T, Q)."""
    kept = weight > _NEGLIGIBLE
    share, centre, width = weight[kept] / weight[kept].sum(), modes[kept][..., None], errors[kept][..., None]
    ends = centre + width * ndtri(levels)
    low, high = ends.min(axis=0), ends.max(axis=0)
    for _ in range(60):
        middle = 0.5 * (low + high)
        below = np.einsum("k,ktq->tq", share, ndtr((middle - centre) / width)) < levels
        low, high = np.where(below, middle, low), np.where(below, high, middle)
    return np.asarray(0.5 * (low + high))


def _laplace(
    seen: FloatArray, spread: FloatArray, walk: tuple[float, int], start: FloatArray
) -> tuple[FloatArray, float, FloatArray]:
    """Mode, log marginal likelihood and covariance for one precision and order of the random walk."""
    size, (penalty, order) = start.size, walk
    steps = np.diff(np.eye(size), n=order, axis=0)
    # A faint pull to the mean rate makes the prior proper where no case reaches.
    prior = penalty * steps.T @ steps + 1e-3 * np.eye(size)
    centre = np.log(seen.mean())
    at, value = start, _penalised(start, seen, spread, prior, centre)
    for _ in range(_ROUNDS):
        rate = np.exp(at)
        mean = spread @ rate
        gradient = rate * (spread.T @ (seen / mean - 1)) - prior @ (at - centre)
        scaled = spread * rate
        hessian = scaled.T @ (scaled / mean[:, None]) + prior
        move = np.linalg.solve(hessian, gradient)
        step = min(1.0, 3.0 / float(np.abs(move).max() + 1e-300))
        trial = _penalised(at + step * move, seen, spread, prior, centre)
        while trial < value and step > 1e-8:
            step /= 2
            trial = _penalised(at + step * move, seen, spread, prior, centre)
        if abs(trial - value) < 1e-8 * (abs(value) + 1):
            break
        at, value = at + step * move, trial
    else:
        raise NotConvergedError("back-calculation did not settle: lengthen the curve or pool its steps.")
    logdet = np.linalg.slogdet(prior)[1] - np.linalg.slogdet(hessian)[1]
    covariance: FloatArray = np.asarray(np.linalg.inv(hessian), dtype=np.float64)
    return at, value + 0.5 * float(logdet), covariance


def _penalised(at: FloatArray, seen: FloatArray, spread: FloatArray, prior: FloatArray, centre: float) -> float:
    mean = spread @ np.exp(np.clip(at, -60, 60))
    apart = at - centre
    return float(seen @ np.log(mean) - mean.sum() - 0.5 * apart @ prior @ apart)


def _incubation(values: npt.ArrayLike) -> FloatArray:
    chance = np.asarray(values, dtype=np.float64)
    good = chance.ndim == 1 and chance.size > 0 and bool(np.isfinite(chance).all()) and bool((chance >= 0).all())
    if not good or abs(float(chance.sum()) - 1) > 1e-6:
        raise InvalidSerialIntervalError("incubation must be probabilities by step from step 0 that sum to 1.")
    whole: FloatArray = chance / chance.sum()
    return whole


def _whole_steps(onsets: npt.ArrayLike) -> IntArray:
    days = as_floats(onsets, "onsets")
    if days.size == 0:
        raise EmptyInputError("onsets is empty: pass one step per case.")
    if days.ndim != 1:
        raise ShapeMismatchError("onsets must be one list.")
    if not np.isfinite(days).all():
        raise MissingInputError("onsets holds NaN or infinity: drop cases without an onset.")
    if bool((days != np.round(days)).any()):
        raise InvalidParameterError("onsets must be whole steps: count in hours if days are too coarse.")
    apart = float(days.max() - days.min())
    require(apart < _LONGEST, f"onsets lie {apart:,.0f} steps apart: correct the dates, or count in longer steps.")
    return days.astype(np.int64)
