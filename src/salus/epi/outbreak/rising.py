"""Is the series rising at all: the semiparametric outbreak detector, without a baseline."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from salus.epi.arrays import BoolArray, FloatArray, as_series, require


@dataclass(frozen=True, slots=True)
class RisingResult:
    """What the detector says at each step; arrays follow the input's shape.

    Attributes
    ----------
    statistic : FloatArray
        Likelihood ratio of a mean that rises somehow against one that does not change; it
        may be infinite.
    upper : FloatArray
        Smallest count that would alarm; NaN where none, or even a count of zero, would.
    alarm : BoolArray
    undefined : BoolArray
        True where the count is missing.
    threshold : float

    """

    statistic: FloatArray
    upper: FloatArray
    alarm: BoolArray
    undefined: BoolArray
    threshold: float


def outbreak_p(counts: npt.ArrayLike, *, k: float = 100.0, most_cases: int = 100_000) -> RisingResult:
    r"""Detect a rise of any shape from an unknown constant level.

    With :math:`\hat\mu_j` the isotonic regression of the counts so far and :math:`\bar y`
    their mean, the statistic is :math:`\prod_j (\hat\mu_j / \bar y)^{y_j}`; alarm above `k`.
    Needs neither a baseline nor a season; a season or a trend is a rise to it.

    Parameters
    ----------
    counts : array_like, shape (T,) or (T, S)
        Counts per step, 0 or more; NaN is missing, and the series goes on without it.
    k : float
        Threshold of the likelihood ratio, above 0.
    most_cases : int
        Where the search for `upper` ends, 2 or more.

    Returns
    -------
    RisingResult

    Raises
    ------
    EmptyInputError, ShapeMismatchError, NegativeInputError, InvalidParameterError

    Notes
    -----
    Equal to ``algo.outbreakP`` of R's surveillance 1.20.3, in logarithms, so that it does
    not overflow, and in one pass instead of one pass per step.

    References
    ----------
    Frisen M, Andersson E, Schioler L. Robust outbreak surveillance of epidemics in Sweden.
    Stat Med 2009;28:476-93. https://doi.org/10.1002/sim.3483

    """
    from salus.epi.outbreak.rising_kernel import scan

    table, single = as_series(counts, "counts")
    require(k > 0, "k must be above 0: it is a likelihood ratio.")
    require(most_cases >= 2, "most_cases must be 2 or more.")
    log_ratio, upper = scan(np.ascontiguousarray(table), float(np.log(k)), float(most_cases))
    undefined = np.isnan(table)
    alarm = np.greater(log_ratio, np.log(k), where=~undefined, out=np.zeros(table.shape, bool))
    with np.errstate(over="ignore"):
        statistic = np.exp(log_ratio)
    pick = (slice(None), 0) if single else (slice(None),)
    return RisingResult(statistic[pick], upper[pick], alarm[pick], undefined[pick], k)
