"""Effect of a measure on a count: interrupted time series with counterfactual and placebo."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

from salus.epi.arrays import FloatArray, IntArray, as_floats, as_series, require
from salus.epi.errors import ShapeMismatchError, TooShortError
from salus.epi.regression import LogLinearFit, fit_log_linear

_LEAST = 4


@dataclass(frozen=True, slots=True)
class InterventionResult:
    """Effect of a measure; ratios are of rates with the measure to rates without.

    Attributes
    ----------
    terms : tuple of str
        ``(Intercept)``, ``level``, ``time``, harmonics ``H1``.. (sine, cosine, sine of twice
        the frequency...), ``slope``.
    coefficients, errors : FloatArray, shape (P,)
        On the log scale.
    ratio, lower, upper : float
        Change of level at the start of the measure.
    fitted, counterfactual : FloatArray, shape (T,)
        Expected counts with, and without the measure.
    averted, averted_lower, averted_upper : float
        Counts that the measure spared since its start (negative: added).
    dispersion : float
    placebo_starts : IntArray, shape (K,)
        Steps before the measure at which a false start was tried on the data before it.
    placebo_ratios : FloatArray, shape (K,)
    placebo_share : float
        Share of false starts with an effect as many standard errors from none as the true
        one: small if the effect is special. NaN when too little came before.

    """

    terms: tuple[str, ...]
    coefficients: FloatArray
    errors: FloatArray
    ratio: float
    lower: float
    upper: float
    fitted: FloatArray
    counterfactual: FloatArray
    averted: float
    averted_lower: float
    averted_upper: float
    dispersion: float
    placebo_starts: IntArray
    placebo_ratios: FloatArray
    placebo_share: float


def interrupted_time_series(
    counts: npt.ArrayLike,
    *,
    start: int,
    population: npt.ArrayLike | None = None,
    season: npt.ArrayLike | None = None,
    period: float = 12.0,
    harmonics: int = 0,
    slope: bool = False,
    quasi: bool = True,
    level: float = 0.95,
) -> InterventionResult:
    r"""Estimate the effect of a measure that began at a known step.

    :math:`\log E\,y_t = \log n_t + a + b\,x_t + c\,t + \sum_k (s_k \sin + c_k \cos)(2\pi k m_t/p)
    + d\,x_t (t - t_0)` with :math:`x_t = 1` from the start on, :math:`m_t` the season and
    :math:`t_0` the last step before it.

    Parameters
    ----------
    counts : array_like, shape (T,)
        Counts per step, no gaps.
    start : int
        Index of the first step with the measure; four steps on either side at least.
    population : array_like, shape (T,), optional
        Exposure, above 0.
    season : array_like, shape (T,), optional
        Place in the season, such as the month 1 to 12. Default: the step, from 1.
    period : float
        Steps in a season.
    harmonics : int
        Pairs of sine and cosine, 0 for none.
    slope : bool
        Whether the measure may also change the trend.
    quasi : bool
        Whether errors allow for overdispersion.
    level : float
        Of the intervals, in (0, 1).

    Returns
    -------
    InterventionResult

    Raises
    ------
    EmptyInputError, ShapeMismatchError, MissingInputError, NegativeInputError,
    TooShortError, InvalidParameterError, NotConvergedError

    References
    ----------
    Lopez Bernal J, Cummins S, Gasparrini A. Interrupted time series regression for the
    evaluation of public health interventions. Int J Epidemiol 2017;46:348-55.
    https://doi.org/10.1093/ije/dyw098

    """
    values = _checked(counts, start)
    steps = values.size
    require(harmonics >= 0 and period > 0, "harmonics must be 0 or more, period above 0.")
    require(0 < level < 1, "level must lie strictly between 0 and 1.")
    offset = _exposure(population, steps)
    place = np.arange(1.0, steps + 1) if season is None else as_floats(season, "season")
    if place.shape != (steps,):
        raise ShapeMismatchError("season must have one value per step.")
    model = _Model(values, offset, place, period, harmonics, slope, quasi)
    fit, design, terms = model.fit(start, steps)
    reach = -float(ndtri((1 - level) / 2))
    change = float(fit.coefficients[1])
    spread = reach * float(fit.errors[1])
    without, averted = _counterfactual(fit, design, terms, offset, reach)
    starts, ratios, share = _placebo(model, start, change / float(fit.errors[1]))
    effect = (float(np.exp(change)), float(np.exp(change - spread)), float(np.exp(change + spread)))
    return InterventionResult(
        terms,
        fit.coefficients,
        fit.errors,
        *effect,
        fit.fitted,
        without,
        *averted,
        fit.dispersion,
        starts,
        ratios,
        share,
    )


def _checked(counts: npt.ArrayLike, start: int) -> FloatArray:
    """One series with enough steps on either side of the start."""
    table, single = as_series(counts, "counts", at_least=2 * _LEAST, missing=False)
    if not single:
        raise ShapeMismatchError("counts must be one series: call once for each.")
    steps = table.shape[0]
    if not _LEAST <= start <= steps - _LEAST:
        raise TooShortError(f"start must leave {_LEAST} steps on either side: it is {start} of {steps}.")
    return table[:, 0]


def _exposure(population: npt.ArrayLike | None, steps: int) -> FloatArray:
    if population is None:
        return np.zeros(steps)
    people = as_floats(population, "population")
    if people.shape != (steps,):
        raise ShapeMismatchError("population must have one value per step.")
    require(bool((people > 0).all()), "population must be above 0 everywhere.")
    return np.log(people)


@dataclass(frozen=True, slots=True)
class _Model:
    counts: FloatArray
    offset: FloatArray
    season: FloatArray
    period: float
    harmonics: int
    slope: bool
    quasi: bool

    def fit(self, start: int, end: int) -> tuple[LogLinearFit, FloatArray, tuple[str, ...]]:
        """Fit the first `end` steps with the measure from `start` on."""
        time = np.arange(1.0, end + 1)
        on = (time > start).astype(np.float64)
        columns, terms = [np.ones(end), on, time], ["(Intercept)", "level", "time"]
        angle = 2 * np.pi * self.season[:end, None] * np.arange(1, self.harmonics + 1) / self.period
        waves = np.stack([np.sin(angle), np.cos(angle)], axis=2).reshape(end, -1)
        columns += list(waves.T)
        terms += [f"H{number}" for number in range(1, waves.shape[1] + 1)]
        if self.slope:
            columns.append(on * (time - start))
            terms.append("slope")
        design = np.column_stack(columns)
        fit = fit_log_linear(self.counts[:end], design, self.offset[:end], quasi=self.quasi)
        return fit, design, tuple(terms)


def _counterfactual(
    fit: LogLinearFit, design: FloatArray, terms: tuple[str, ...], offset: FloatArray, reach: float
) -> tuple[FloatArray, tuple[float, float, float]]:
    """Expected counts without the measure, and what was spared with its interval."""
    without = design.copy()
    without[:, [terms.index(name) for name in ("level", "slope") if name in terms]] = 0.0
    bare = np.exp(without @ fit.coefficients + offset)
    spared = float((bare - fit.fitted).sum())
    # Delta method: the gradient of the sum with respect to the coefficients.
    gradient = without.T @ bare - design.T @ fit.fitted
    error = float(np.sqrt(gradient @ fit.covariance @ gradient))
    return bare, (spared, spared - reach * error, spared + reach * error)


def _placebo(model: _Model, start: int, statistic: float) -> tuple[IntArray, FloatArray, float]:
    """Try false starts on the steps before the measure."""
    width = 3 + 2 * model.harmonics + (1 if model.slope else 0)
    margin = max(_LEAST, width // 2 + 1)
    starts = np.arange(margin, start - margin + 1)
    if start <= width + 2 or starts.size == 0:
        return np.empty(0, np.int64), np.empty(0), float("nan")
    fits = [model.fit(int(place), start)[0] for place in starts]
    effects = np.array([fit.coefficients[1] for fit in fits])
    scores = effects / np.array([fit.errors[1] for fit in fits])
    share = (1 + float((np.abs(scores) >= abs(statistic)).sum())) / (1 + starts.size)
    return starts, np.exp(effects), share
