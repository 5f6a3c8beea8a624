"""Structural time series: what a series would have done, from its own level and untouched series."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from salus.epi.arrays import BoolArray, FloatArray, IntArray, as_levels, as_series, require
from salus.epi.effects.structural_kernel import sample_structure
from salus.epi.effects.wander import wandering
from salus.epi.errors import InvalidParameterError, MissingInputError, ShapeMismatchError, TooShortError

QUANTILES = (0.025, 0.05, 0.25, 0.5, 0.75, 0.95, 0.975)
_LEAST_BEFORE = 8
_BURN = 200
_BLOCK = 500
_FALSE_STARTS = 8
# Priors of CausalImpact 1.2 (Brodersen et al. 2015, section 2.2, and the package's defaults):
# the level moves by 1 % of the series' spread a step, worth 32 observations; regression is
# expected to explain 80 % of the variance, worth 50; about three terms are expected to matter.
_DRIFT, _DRIFT_WORTH = 0.01, 32.0
_EXPLAINED, _NOISE_WORTH = 0.8, 50.0
_TERMS_EXPECTED = 3.0
_SLAB_WORTH, _SLAB_DIAGONAL = 0.01, 0.5
_LARGEST_NOISE = 1.2


@dataclass(frozen=True, slots=True)
class StructuralEffect:
    """Posterior of the effect: observed minus what the model expects without the measure.

    Attributes
    ----------
    counterfactual : FloatArray, shape (T,)
        Posterior mean of the series without the measure; before the start, the fit.
    quantiles : FloatArray, shape (T - start, Q)
        Of the series without the measure, noise included, from `start` on.
    quantile_levels : FloatArray, shape (Q,)
    effect, lower, upper : float
        Mean effect per step since the start, with its interval.
    cumulative, cumulative_lower, cumulative_upper : float
        Summed effect.
    relative, relative_lower, relative_upper : float
        Summed effect over the summed counterfactual.
    tail_probability : float
        One-sided posterior probability of a summed effect of the other sign, or none.
    inclusion : FloatArray, shape (P,)
        Posterior probability that each control series matters.
    placebo_starts : IntArray, shape (K,)
        False starts tried on the steps before the measure.
    placebo_effects : FloatArray, shape (K,)
        Mean effect per step found at them.
    placebo_share : float
        Share of starts, the true one included, with an effect as many posterior standard
        deviations from none: small if the effect is special. NaN when too little came before.
    drift : float
        Prior guess of the level's movement per step that was used, in units of the spread.
    start : int

    """

    counterfactual: FloatArray
    quantiles: FloatArray
    quantile_levels: FloatArray
    effect: float
    lower: float
    upper: float
    cumulative: float
    cumulative_lower: float
    cumulative_upper: float
    relative: float
    relative_lower: float
    relative_upper: float
    tail_probability: float
    inclusion: FloatArray
    placebo_starts: IntArray
    placebo_effects: FloatArray
    placebo_share: float
    drift: float
    start: int


def structural_effect(
    values: npt.ArrayLike,
    *,
    start: int,
    rng: np.random.Generator,
    controls: npt.ArrayLike | None = None,
    period: int = 1,
    level: float = 0.95,
    quantiles: Sequence[float] = QUANTILES,
    draws: int = 10_000,
    drift: float | None = None,
) -> StructuralEffect:
    r"""Estimate the effect of a measure by a Bayesian structural time series.

    :math:`y_t = \mu_t + x_t^\top\beta + s_{t \bmod p} + \epsilon_t` with
    :math:`\mu_{t+1} = \mu_t + \eta_t`, learnt before the measure and continued after it.

    Parameters
    ----------
    values : array_like, shape (T,)
        The series, with its last part under the measure; NaN before the start is missing.
    start : int
        First step with the measure; eight known steps before it at least.
    rng : numpy.random.Generator
        Source of the posterior draws.
    controls : array_like, shape (T,) or (T, P), optional
        Series that the measure did not touch, no gaps. Those that do not help drop out.
    period : int
        Steps in a season with its own mean for each step, such as 7 for weekdays; 1 for none.
    level : float
        Of the intervals, in (0, 1).
    quantiles : sequence of float
        Levels in (0, 1).
    draws : int
        Posterior draws, 500 or more.
    drift : float, optional
        How far the level is thought to move in a step, in units of the series' spread, above 0.
        Default: 0.01, as in CausalImpact, unless the series before the start refutes it; then
        its maximum-likelihood estimate.

    Returns
    -------
    StructuralEffect

    Raises
    ------
    EmptyInputError, ShapeMismatchError, MissingInputError, TooShortError, InvalidParameterError

    Notes
    -----
    Sampled by Gibbs steps: the level by filtering forward and sampling back, the choice of
    terms with coefficients and noise integrated out. Priors are those of CausalImpact, whose
    intervals are too narrow for a series that wanders: hence the test of the drift. The
    model is Gaussian: pass the logarithm of counts that vary over orders of magnitude.

    References
    ----------
    Brodersen KH, Gallusser F, Koehler J, Remy N, Scott SL. Inferring causal impact using
    Bayesian structural time-series models. Ann Appl Stat 2015;9:247-74.
    https://doi.org/10.1214/14-AOAS788
    George EI, McCulloch RE. Approaches for Bayesian variable selection. Stat Sin 1997;7:339-73.

    """
    series, table = _checked(values, controls, start)
    require(period >= 1, "period must be 1 step or more.")
    require(0 < level < 1, "level must lie strictly between 0 and 1.")
    require(draws >= 500, "draws must be 500 or more.")
    require(drift is None or drift > 0, "drift must be above 0: 0.01 for a steady level, 0.1 for one that wanders.")
    levels = as_levels(quantiles)
    seasons = _seasons(series.size, period)
    moves = _judge_drift(series, table, seasons, start, rng) if drift is None else drift
    paths, fitted, inclusion = _continue(series, table, seasons, start, (draws, moves), rng)
    total = (series[start:] - paths).sum(axis=1)
    whole = _with_ends(total, level)
    share = _with_ends(total / paths.sum(axis=1), level)
    steps = series.size - start
    sign_other = min(float((total >= 0).mean()), float((total <= 0).mean()))
    starts, found, special = _placebo(series, table, seasons, (start, moves), total, rng)
    return StructuralEffect(
        np.concatenate([fitted, paths.mean(axis=0)]), np.quantile(paths, levels, axis=0).T, levels,
        whole[0] / steps, whole[1] / steps, whole[2] / steps, whole[0], whole[1], whole[2],
        share[0], share[1], share[2], sign_other, inclusion, starts, found, special, moves, start,
    )  # fmt: skip


def _with_ends(draws: FloatArray, level: float) -> tuple[float, float, float]:
    """Return the mean of draws and the ends of its interval."""
    low, high = np.quantile(draws, [(1 - level) / 2, (1 + level) / 2])
    return float(draws.mean()), float(low), float(high)


def _checked(values: npt.ArrayLike, controls: npt.ArrayLike | None, start: int) -> tuple[FloatArray, FloatArray]:
    table, single = as_series(values, "values", at_least=_LEAST_BEFORE + 1, negative=True)
    if not single:
        raise ShapeMismatchError("values must be one series: call once for each.")
    series = table[:, 0]
    if not _LEAST_BEFORE <= start < series.size or int(np.isfinite(series[:start]).sum()) < _LEAST_BEFORE:
        raise TooShortError(f"start must leave {_LEAST_BEFORE} known steps before it and one after: it is {start}.")
    if np.isnan(series[start:]).any():
        raise MissingInputError("values are missing since the start: end the series before the gap.")
    if float(np.nanstd(series[:start])) == 0:
        raise InvalidParameterError("values never change before the start: there is nothing to learn from.")
    if controls is None:
        return series, np.empty((series.size, 0))
    others, _ = as_series(controls, "controls", missing=False, negative=True)
    if others.shape[0] != series.size:
        raise ShapeMismatchError(f"controls have {others.shape[0]} steps, values {series.size}: align them.")
    return series, others


def _seasons(steps: int, period: int) -> FloatArray:
    """Indicator of each place in the season but one, each with mean 0 over a season."""
    if period == 1:
        return np.empty((steps, 0))
    place = np.arange(steps) % period
    shown: FloatArray = (place[:, None] == np.arange(period - 1)).astype(np.float64) - (place == period - 1)[:, None]
    return shown


def _judge_drift(
    series: FloatArray, controls: FloatArray, seasons: FloatArray, start: int, rng: np.random.Generator
) -> float:
    """Say how far the level moves by itself, given the controls that matter."""
    _, _, inclusion = _continue(series, controls, seasons, start, (_BLOCK, _DRIFT), rng)
    seen = np.isfinite(series[:start])
    best = np.argsort(-inclusion)[: max(0, int(seen.sum()) // 4 - seasons.shape[1])]
    chosen = best[inclusion[best] >= 0.5]
    spread = float(series[:start][seen].std(ddof=1))
    design = np.hstack([seasons[:start], controls[:start, chosen]])
    return wandering(np.nan_to_num(series[:start]) / spread, seen, design, _DRIFT)


def _continue(
    series: FloatArray,
    controls: FloatArray,
    seasons: FloatArray,
    start: int,
    how: tuple[int, float],
    rng: np.random.Generator,
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Learn before `start`; return paths since then (draws, steps), the fit, and inclusion."""
    before = series[:start]
    seen = np.isfinite(before)
    centre, spread = float(before[seen].mean()), float(before[seen].std(ddof=1))
    varied = controls[:start].std(axis=0) > 0
    table = controls[:, varied]
    table = (table - table[:start].mean(axis=0)) / table[:start].std(axis=0, ddof=1)
    design = np.ascontiguousarray(np.hstack([seasons, table]))
    scaled = np.where(seen, (before - centre) / spread, 0.0)
    kept, fitted = _sample(scaled, seen, design[:start], seasons.shape[1], how, rng)
    inclusion = np.zeros(controls.shape[1])
    inclusion[varied] = (kept[:, 3 + seasons.shape[1] :] != 0).mean(axis=0)
    draws, steps = how[0], series.size - start
    walk = np.cumsum(rng.standard_normal((draws, steps)), axis=1) * np.sqrt(kept[:, 2:3]) + kept[:, :1]
    noise = rng.standard_normal((draws, steps)) * np.sqrt(kept[:, 1:2])
    paths = walk + kept[:, 3:] @ design[start:].T + noise
    return paths * spread + centre, fitted * spread + centre, inclusion


def _sample(
    scaled: FloatArray,
    seen: BoolArray,
    design: FloatArray,
    forced: int,
    how: tuple[int, float],
    rng: np.random.Generator,
) -> tuple[FloatArray, FloatArray]:
    """Run the Gibbs sampler in blocks; random numbers are drawn outside, so that `rng` rules."""
    (draws, drift), (steps, width) = how, design.shape
    regress = width > 0
    worth = _NOISE_WORTH if regress else 0.01
    square = worth * ((1 - _EXPLAINED) if regress else 1.0)
    chance = min(1.0, _TERMS_EXPECTED / (width - forced + 1))
    odds = chance / (1 - chance) if chance < 1 else np.inf
    beliefs = (square, worth + int(seen.sum()), _DRIFT_WORTH * drift**2, _LARGEST_NOISE**2)
    known = int(seen.sum())
    cross = design[seen].T @ design[seen]
    prior = _SLAB_WORTH / known * ((1 - _SLAB_DIAGONAL) * cross + _SLAB_DIAGONAL * np.diag(np.diag(cross)))
    shapes = np.array([(worth + known) / 2, (_DRIFT_WORTH + steps - 1) / 2])
    state = np.concatenate([[0.2, drift**2], np.zeros(width)])
    included = np.ones(width, dtype=np.bool_)
    kept, fitted = [], np.zeros(steps)
    for size in [_BURN] + [_BLOCK] * (draws // _BLOCK) + [draws % _BLOCK]:
        out = np.empty((size, 3 + width))
        total = np.zeros(steps)
        random = (
            rng.standard_normal((size, steps + width)),
            rng.random((size, width)),
            rng.standard_gamma(shapes, (size, 2)),
        )
        precision, terms = cross + prior, (forced, odds)
        sample_structure(scaled, seen, design, prior, precision, terms, beliefs, *random, state, included, out, total)
        kept.append(out)
        fitted += total if len(kept) > 1 else 0.0
    return np.vstack(kept[1:]), fitted / draws


def _placebo(
    series: FloatArray,
    controls: FloatArray,
    seasons: FloatArray,
    when: tuple[int, float],
    total: FloatArray,
    rng: np.random.Generator,
) -> tuple[IntArray, FloatArray, float]:
    """Try false starts on the steps before the measure, over as many steps as the true one has."""
    start, drift = when
    steps = series.size - start
    length = min(steps, start // 3)
    first = max(_LEAST_BEFORE, start // 2)
    places = np.unique(np.linspace(first, start - length, _FALSE_STARTS).astype(np.int64))
    places = np.array([place for place in places if _fits(series, int(place), length)], dtype=np.int64)
    if length < 1 or places.size == 0 or places[-1] < first:
        return np.empty(0, np.int64), np.empty(0), float("nan")
    effects, scores = [], []
    for place in places:
        end = int(place) + length
        paths, _, _ = _continue(series[:end], controls[:end], seasons[:end], int(place), (_BLOCK, drift), rng)
        gaps = (series[place:end] - paths).mean(axis=1)
        effects.append(float(gaps.mean()))
        scores.append(abs(float(gaps.mean())) / float(gaps.std()))
    true = abs(float(total.mean())) / float(total.std())
    share = (1 + sum(score >= true for score in scores)) / (1 + len(scores))
    return places, np.array(effects), share


def _fits(series: FloatArray, place: int, length: int) -> bool:
    """Whether the series can carry a false start here."""
    before = series[:place][np.isfinite(series[:place])]
    known = bool(np.isfinite(series[place : place + length]).all())
    return known and before.size >= _LEAST_BEFORE and float(before.std()) > 0
