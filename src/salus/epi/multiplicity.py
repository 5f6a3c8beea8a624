"""Alarms over many zones at once without drowning in false ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from salus.epi.arrays import BoolArray, FloatArray, as_floats, require
from salus.epi.errors import EmptyInputError, InvalidParameterError


@dataclass(frozen=True, slots=True)
class DiscoveryResult:
    """Which of many tests hold after correction; arrays follow the input's shape.

    Attributes
    ----------
    adjusted : FloatArray
        Smallest rate of false discoveries at which the test would be one; NaN where missing.
    discovery : BoolArray
    level : float

    """

    adjusted: FloatArray
    discovery: BoolArray
    level: float


def control_false_discoveries(
    pvalues: npt.ArrayLike, *, level: float = 0.05, method: Literal["bh", "by"] = "bh"
) -> DiscoveryResult:
    r"""Keep the expected share of false alarms among all alarms below `level`.

    With *m* ordered p-values, the adjusted value of the *i*-th is
    :math:`\min_{j \ge i} \min(1, c\,m\,p_{(j)}/j)`, with :math:`c = 1` (Benjamini and
    Hochberg: independent or positively related tests, as neighbouring zones are) or
    :math:`c = \sum_{k \le m} 1/k` (Benjamini and Yekutieli: any dependence).

    Parameters
    ----------
    pvalues : array_like, shape (S,) or (T, S)
        In [0, 1]; each time step is a family of its own. NaN takes no part.
    level : float
        In (0, 1).
    method : {"bh", "by"}
        Which correction.

    Returns
    -------
    DiscoveryResult

    Raises
    ------
    EmptyInputError, InvalidParameterError

    References
    ----------
    Benjamini Y, Hochberg Y. Controlling the false discovery rate. J R Stat Soc B
    1995;57:289-300. https://doi.org/10.1111/j.2517-6161.1995.tb02031.x
    Benjamini Y, Yekutieli D. The control of the false discovery rate in multiple testing
    under dependency. Ann Stat 2001;29:1165-88. https://doi.org/10.1214/aos/1013699998

    """
    values = as_floats(pvalues, "pvalues")
    if values.size == 0:
        raise EmptyInputError("there are no p-values: pass at least one.")
    require(0 < level < 1, "level must lie strictly between 0 and 1.")
    require(method in ("bh", "by"), "method must be 'bh' or 'by'.")
    if bool(((values < 0) | (values > 1)).any()):
        raise InvalidParameterError("a p-value lies outside 0 to 1.")
    rows = np.atleast_2d(values)
    order = np.argsort(rows, axis=-1)  # NaN sorts last
    ranked = np.take_along_axis(rows, order, axis=-1)
    count = (~np.isnan(rows)).sum(axis=-1, keepdims=True)
    rank = np.arange(1, rows.shape[-1] + 1)
    factor = np.ones(count.shape)
    if method == "by":
        harmonic = np.concatenate([[0.0], np.cumsum(1 / rank)])
        factor = harmonic[count]
    scaled = np.where(np.isnan(ranked), 1.0, np.minimum(1.0, factor * count * ranked / rank))
    stepped = np.minimum.accumulate(scaled[..., ::-1], axis=-1)[..., ::-1]
    adjusted = np.empty_like(rows)
    np.put_along_axis(adjusted, order, stepped, axis=-1)
    adjusted = np.where(np.isnan(rows), np.nan, adjusted).reshape(values.shape)
    return DiscoveryResult(adjusted, np.nan_to_num(adjusted, nan=1.0) <= level, level)
