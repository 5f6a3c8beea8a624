"""Log-linear regression of counts, as R's `glm` fits it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from salus.epi.arrays import FloatArray
from salus.epi.errors import InvalidParameterError, NotConvergedError, TooShortError

_STEPS = 25
_CLOSE = 1e-8


@dataclass(frozen=True, slots=True)
class LogLinearFit:
    """Fit of a (quasi-)Poisson regression with log link.

    Attributes
    ----------
    coefficients : FloatArray, shape (P,)
    covariance : FloatArray, shape (P, P)
        Scaled by the dispersion.
    fitted : FloatArray, shape (N,)
        Counts.
    dispersion : float
        Pearson's, or 1 for Poisson.
    freedom : int
        Residual degrees of freedom.

    """

    coefficients: FloatArray
    covariance: FloatArray
    fitted: FloatArray
    dispersion: float
    freedom: int

    @property
    def errors(self) -> FloatArray:
        """Standard errors, shape (P,)."""
        return np.sqrt(np.diag(self.covariance))


def fit_log_linear(counts: FloatArray, design: FloatArray, offset: FloatArray, *, quasi: bool = True) -> LogLinearFit:
    """Fit ``log E(counts) = design @ b + offset`` by iteratively reweighted least squares.

    Parameters
    ----------
    counts : FloatArray, shape (N,)
        0 or more.
    design : FloatArray, shape (N, P)
        Full rank.
    offset : FloatArray, shape (N,)
        Log of the exposure.
    quasi : bool
        Whether errors are scaled by Pearson's dispersion.

    Raises
    ------
    TooShortError, InvalidParameterError, NotConvergedError

    """
    size, width = design.shape
    if size <= width:
        raise TooShortError(f"{size} values cannot carry {width} terms: lengthen the series or drop terms.")
    # Columns of like size keep the normal equations well conditioned.
    scale = np.sqrt((design**2).mean(axis=0))
    if bool((scale == 0).any()) or np.linalg.matrix_rank(design / scale) < width:
        raise InvalidParameterError("the terms repeat each other: drop a harmonic or move the date.")
    scaled = design / scale
    mean = counts + 0.1
    eta = np.log(mean)
    deviance = _deviance(counts, mean)
    for _ in range(_STEPS):
        working = eta - offset + (counts - mean) / mean
        weight = mean
        root = np.sqrt(weight)[:, None]
        basis, triangle = np.linalg.qr(scaled * root)
        beta = np.linalg.solve(triangle, basis.T @ (working * root[:, 0]))
        eta = np.clip(scaled @ beta + offset, -700, 700)
        mean = np.exp(eta)
        before, deviance = deviance, _deviance(counts, mean)
        if abs(deviance - before) < _CLOSE * (abs(deviance) + 0.1):
            break
    else:
        raise NotConvergedError("the regression did not settle: the counts may be nearly all zero.")
    # Like R, errors rest on the weights of the last step taken, not on a step beyond it.
    inverse = np.linalg.inv(triangle)
    pearson = float((weight * ((counts - mean) / mean) ** 2).sum() / (size - width))
    dispersion = pearson if quasi else 1.0
    covariance = inverse @ inverse.T * dispersion / np.outer(scale, scale)
    return LogLinearFit(beta / scale, covariance, mean, dispersion, size - width)


def _deviance(counts: FloatArray, mean: FloatArray) -> float:
    positive = counts > 0
    ratio = np.where(positive, counts, 1.0) / mean
    return float(2 * (np.where(positive, counts * np.log(ratio), 0.0) - (counts - mean)).sum())
