"""Exposure against illness: attack rates, risk and odds ratios, exact and stratified."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import brentq
from scipy.special import gammaln, logsumexp, ndtri
from scipy.stats import chi2

from salus.epi.arrays import FloatArray, as_floats, require
from salus.epi.errors import EmptyInputError, MissingInputError, NegativeInputError, ShapeMismatchError

_WIDE = 60.0
# An exact interval walks through every table with the same margins.
_MOST = 10_000_000


@dataclass(frozen=True, slots=True)
class TwoByTwo:
    """One exposure against illness, as Epi Info prints it.

    Attributes
    ----------
    table : FloatArray, shape (2, 2)
        Rows exposed and not, columns ill and well.
    attack_exposed, attack_unexposed : float
        Share ill.
    risk_ratio, odds_ratio, risk_difference : tuple of float
        Estimate, lower, upper end by Taylor series; NaN or infinite where a cell is 0.
    exact_odds_ratio : tuple of float
        Conditional maximum likelihood, with Fisher's exact interval.
    mid_p_odds_ratio : tuple of float
        The same estimate with the mid-P interval.
    chi_square, chi_square_mantel, chi_square_yates : float
        Uncorrected, Mantel-Haenszel, and corrected by Yates.
    p_value, p_mantel, p_yates : float
        Two-sided, of the three.
    fisher_two_sided, fisher_one_sided, mid_p_two_sided : float
        Exact; the one-sided one in the direction of the data, mid-P as twice its one side.
    smallest_expected : float
        Expected count of the smallest cell: below 5, read the exact figures.

    """

    table: FloatArray
    attack_exposed: float
    attack_unexposed: float
    risk_ratio: tuple[float, float, float]
    odds_ratio: tuple[float, float, float]
    risk_difference: tuple[float, float, float]
    exact_odds_ratio: tuple[float, float, float]
    mid_p_odds_ratio: tuple[float, float, float]
    chi_square: float
    chi_square_mantel: float
    chi_square_yates: float
    p_value: float
    p_mantel: float
    p_yates: float
    fisher_two_sided: float
    fisher_one_sided: float
    mid_p_two_sided: float
    smallest_expected: float


def two_by_two(table: npt.ArrayLike, *, level: float = 0.95) -> TwoByTwo:
    r"""Describe one exposure against illness.

    Parameters
    ----------
    table : array_like, shape (2, 2)
        Whole counts; rows exposed and not, columns ill and well.
    level : float
        Of the intervals, in (0, 1).

    Returns
    -------
    TwoByTwo

    Raises
    ------
    EmptyInputError, ShapeMismatchError, MissingInputError, NegativeInputError,
    InvalidParameterError

    Notes
    -----
    Given the margins, :math:`P(A = a) \propto \binom{n_1}{a}\binom{n_0}{m-a}\psi^a`; the exact
    odds ratio :math:`\psi` maximises it and the interval inverts its tails, half of the
    observed table's probability counted for mid-P.

    References
    ----------
    Katz D et al. Obtaining confidence intervals for the risk ratio in cohort studies. Biometrics
    1978;34:469-74. https://doi.org/10.2307/2530610
    Martin D, Austin H. An efficient program for computing conditional maximum likelihood
    estimates and exact confidence limits for a common odds ratio. Epidemiology 1991;2:359-62.
    https://doi.org/10.1097/00001648-199109000-00008

    """
    cells = checked_tables(table)
    if cells.shape[0] != 1:
        raise ShapeMismatchError("this is one table: pass several to mantel_haenszel.")
    cells = cells[0]
    require(0 < level < 1, "level must lie strictly between 0 and 1.")
    reach = -float(ndtri((1 - level) / 2))
    exact, middle, tails = exact_odds(cells[None], level)
    plain, mantel, yates = _chi_squares(cells)
    expected = cells.sum(axis=1)[:, None] * cells.sum(axis=0) / cells.sum()
    p, q, difference, risk, odds = _rates(cells, reach)
    return TwoByTwo(
        table=cells,
        attack_exposed=p,
        attack_unexposed=q,
        risk_ratio=risk,
        odds_ratio=odds,
        risk_difference=(p - q, p - q - reach * difference, p - q + reach * difference),
        exact_odds_ratio=exact,
        mid_p_odds_ratio=middle,
        chi_square=plain,
        chi_square_mantel=mantel,
        chi_square_yates=yates,
        p_value=float(chi2.sf(plain, 1)),
        p_mantel=float(chi2.sf(mantel, 1)),
        p_yates=float(chi2.sf(yates, 1)),
        fisher_two_sided=tails[0],
        fisher_one_sided=tails[1],
        mid_p_two_sided=tails[2],
        smallest_expected=float(expected.min()),
    )


def _rates(
    cells: FloatArray, reach: float
) -> tuple[float, float, float, tuple[float, float, float], tuple[float, float, float]]:
    """Return both attack rates, the standard error of their difference, and the ratios of risk and odds."""
    (a, b), (c, d) = cells
    with np.errstate(divide="ignore", invalid="ignore"):
        p, q = np.divide(a, a + b), np.divide(c, c + d)
        difference = float(np.sqrt(p * (1 - p) / (a + b) + q * (1 - q) / (c + d)))
        risk = _ratio(p / q, float(np.sqrt(b / a / (a + b) + d / c / (c + d))), reach)
        odds = _ratio(a * d / (b * c), float(np.sqrt(1 / a + 1 / b + 1 / c + 1 / d)), reach)
    return float(p), float(q), difference, risk, odds


def checked_tables(tables: npt.ArrayLike) -> FloatArray:
    """Check strata of two by two tables, shape (S, 2, 2)."""
    array = as_floats(tables, "tables")
    if array.size == 0:
        raise EmptyInputError("there is no table: pass counts of ill and well, exposed and not.")
    if array.ndim == 2:
        array = array[None]
    if array.shape[1:] != (2, 2):
        raise ShapeMismatchError("tables must be (2, 2), or (strata, 2, 2).")
    if not np.isfinite(array).all() or bool((array != np.round(array)).any()):
        raise MissingInputError("a table must hold whole counts: NaN and fractions cannot be read.")
    if bool((array < 0).any()):
        raise NegativeInputError("a table holds a negative count.")
    if float(array.sum()) == 0:
        raise EmptyInputError("every count is 0: there is nothing to compare.")
    require(
        float(array.sum()) <= _MOST, f"a table counts more than {_MOST:,} people: take a sample, or a part of them."
    )
    return array


def _ratio(value: float, error: float, reach: float) -> tuple[float, float, float]:
    """Ratio with its interval on the log scale; without an interval where it is 0 or infinite."""
    if not (np.isfinite(value) and value > 0 and np.isfinite(error)):
        return float(value), float("nan"), float("nan")
    return float(value), float(value * np.exp(-reach * error)), float(value * np.exp(reach * error))


def _chi_squares(cells: FloatArray) -> tuple[float, float, float]:
    """Uncorrected, Mantel-Haenszel and Yates; NaN when a margin is 0."""
    (a, b), (c, d) = cells
    total = cells.sum()
    margins = float(np.prod(cells.sum(axis=0)) * np.prod(cells.sum(axis=1)))
    if margins == 0:
        return float("nan"), float("nan"), float("nan")
    cross = abs(a * d - b * c)
    plain = cross**2 * total / margins
    yates = max(cross - total / 2, 0.0) ** 2 * total / margins
    return float(plain), float(plain * (total - 1) / total), float(yates)


def _conditional(tables: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Values of the summed exposed ill given all margins, and log weights at odds ratio 1."""
    low = 0.0
    weights: FloatArray = np.zeros(1)
    for (a, b), (c, d) in tables:
        exposed, other, ill = a + b, c + d, a + c
        values = np.arange(max(0.0, ill - other), min(exposed, ill) + 1)
        logs = _log_choose(exposed, values) + _log_choose(other, ill - values)
        low += float(values[0])
        logs -= logsumexp(logs)
        weights = _log_convolve(weights, logs)
    values = low + np.arange(weights.size, dtype=np.float64)
    return values, weights


def _log_choose(total: float, part: FloatArray) -> FloatArray:
    out: FloatArray = gammaln(total + 1) - gammaln(part + 1) - gammaln(total - part + 1)
    return out


def _log_convolve(one: FloatArray, two: FloatArray) -> FloatArray:
    if one.size == 1:
        return one + two
    padded = np.full((two.size, one.size + two.size - 1), -np.inf)
    for shift, weight in enumerate(two):
        padded[shift, shift : shift + one.size] = one + weight
    out: FloatArray = logsumexp(padded, axis=0)
    return out


def exact_odds(
    tables: FloatArray, level: float
) -> tuple[tuple[float, float, float], tuple[float, float, float], tuple[float, float, float]]:
    """Conditional odds ratio with exact and mid-P intervals, and exact p-values."""
    seen = float(tables[:, 0, 0].sum())
    values, weights = _conditional(tables)
    if values.size == 1:
        nothing = (float("nan"),) * 3
        return nothing, nothing, (1.0, 1.0, 1.0)
    best = _best(seen, values, weights)
    ends = [_limits(seen, values, weights, (1 - level) / 2, half) for half in (0.0, 0.5)]
    chance = _chances(weights)
    at = chance[values == seen].sum()
    below, above = chance[values < seen].sum(), chance[values > seen].sum()
    # R's tolerance for ties between equally likely tables.
    two_sided = float(chance[chance <= at * (1 + 1e-7)].sum())
    one_sided = float(min(below, above) + at)
    middle = float(2 * min(below, above) + at)
    return (best, *ends[0]), (best, *ends[1]), (min(two_sided, 1.0), one_sided, min(middle, 1.0))


def _chances(logs: FloatArray) -> FloatArray:
    parts: FloatArray = np.exp(logs - logs.max())
    parts /= parts.sum()
    return parts


def _best(seen: float, values: FloatArray, weights: FloatArray) -> float:
    if seen == values[0]:
        return 0.0
    if seen == values[-1]:
        return float("inf")

    def excess(log_odds: float) -> float:
        tilted = weights + values * log_odds
        return float(_chances(tilted) @ values) - seen

    return float(np.exp(brentq(excess, -_WIDE, _WIDE, xtol=1e-13)))


def _limits(seen: float, values: FloatArray, weights: FloatArray, tail: float, half: float) -> tuple[float, float]:
    """Odds ratios at which the tail beyond the observed table, and part of it, has `tail`."""

    def beyond(log_odds: float, up: bool) -> float:
        tilted = weights + values * log_odds
        chance = _chances(tilted)
        side = values > seen if up else values < seen
        return float(chance[side].sum() + (1 - half) * chance[values == seen].sum()) - tail

    low, high = 0.0, float("inf")
    if seen > values[0]:
        low = float(np.exp(brentq(lambda x: beyond(x, True), -_WIDE, _WIDE, xtol=1e-13)))
    if seen < values[-1]:
        high = float(np.exp(brentq(lambda x: beyond(x, False), -_WIDE, _WIDE, xtol=1e-13)))
    return low, high
