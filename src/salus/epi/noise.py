"""How the spread of forecast errors on the log scale falls with the level, as chance in counts does."""

from __future__ import annotations

import numpy as np

from salus.epi.arrays import FloatArray

_ROUNDS = 3
_LEAST_SHARE = 0.1
_FAR = 25.0


def learn_noise(level: FloatArray, error: FloatArray, prior: float, rows: float) -> FloatArray:
    r"""Fit the variance of an error as a constant and a part that falls with the level, shape (2,).

    Parameters
    ----------
    level : FloatArray
        Level at the time of each forecast, above 0; NaN is left out.
    error : FloatArray, same shape
        Error on the log scale; NaN where unknown.
    prior : float
        Variance to assume where nothing is known.
    rows : float
        As many errors as this is that assumption worth.

    Notes
    -----
    :math:`\operatorname{var} e = a + b / y`: for counts with negative binomial chance *a* is
    what stays however many are counted and *b* the Poisson part. Weighted least squares on
    squared errors, each drawn in to 25 medians, with weights from the fitted variance.

    """
    known = ~np.isnan(level) & ~np.isnan(error)
    if not known.any():
        return np.array([prior, 0.0])
    # The assumption counts as one more error, at the typical level.
    inverse = np.append(1.0 / level[known], 1.0 / np.median(level[known]))
    square = error[known] ** 2
    square = np.append(np.minimum(square, _FAR * np.median(square) + 1e-9), prior)
    count = np.append(np.ones(square.size - 1), rows)
    mean = float(np.average(square, weights=count))
    design, variance = np.stack([np.ones_like(inverse), inverse], axis=-1), np.full(square.size, mean + 1e-12)
    found = np.array([mean, 0.0])
    for _ in range(_ROUNDS):
        weight = np.sqrt(count) / variance
        found = np.linalg.lstsq(design * weight[:, None], square * weight, rcond=None)[0]
        found = np.maximum(found, [_LEAST_SHARE * mean + 1e-12, 0.0])
        variance = design @ found
    return np.asarray(found, dtype=np.float64)
