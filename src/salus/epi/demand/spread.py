"""Widths of an occupancy forecast, from its own past errors at each horizon."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import nnls
from scipy.special import ndtri

from salus.epi.arrays import FloatArray

GRID = np.r_[0.001, 0.005, np.linspace(0.01, 0.99, 99), 0.995, 0.999]
_FLOOR = 1e-6
# Members are weighted by the same past errors that give the width: the next will be larger.
_HONEST = 1.04
# Doubling in four weeks is one standard deviation, until errors of one's own are known.
_PRIOR_DAILY = 0.035
_PRIOR_ORIGINS = 2.0
_PRIOR_SHAPE = 40.0


@dataclass(frozen=True, slots=True)
class Spread:
    """Predictive spread of the log level at one horizon.

    Attributes
    ----------
    sd : FloatArray, shape (S,)
    shape : FloatArray, shape (103,)
        Quantiles of the standardised error at `GRID`, symmetric about 0.
    standardised : FloatArray, shape (O, S)
        Past errors over their sd.

    """

    sd: FloatArray
    shape: FloatArray
    standardised: FloatArray

    def quantiles(self, centre: FloatArray, levels: FloatArray) -> FloatArray:
        """Quantiles of the log level, shape (S, Q)."""
        inner = np.interp(levels, GRID, self.shape)
        normal = np.asarray(ndtri(levels), dtype=np.float64)
        edge = float(ndtri(GRID[-1]))
        # Beyond the grid the sample says nothing: the tail continues as a normal one.
        beyond = (levels < GRID[0]) | (levels > GRID[-1])
        standard = np.where(beyond, normal * self.shape[-1] / edge, inner)
        out: FloatArray = centre[:, None] + self.sd[:, None] * standard
        return out


def learn_spread(
    error: FloatArray, recency: FloatArray, drivers: tuple[FloatArray, FloatArray], horizon: int
) -> Spread:
    """Fit the variance of past errors on their drivers and keep the shape of the rest.

    Parameters
    ----------
    error : FloatArray, shape (O, S)
        Truth less forecast, log level.
    recency : FloatArray, shape (O,)
        Weight of each past origin.
    drivers : tuple of FloatArray, shapes (O, S, D) and (S, D)
        What the variance is a sum of, at past origins and now; the first is 1.
    horizon : int
        Days.

    """
    past, now = drivers
    design = past.reshape(-1, past.shape[-1])
    weight = np.repeat(recency, error.shape[1])
    own, coefficients = _variance(error.ravel(), weight, design)
    prior = (_PRIOR_DAILY**2) * horizon**1.5
    # Origins a day apart share nearly all of their future: only every horizon-th is news.
    origins = float(recency.sum()) / horizon
    share = origins / (origins + _PRIOR_ORIGINS)
    sd = np.sqrt(share * (now @ coefficients + _FLOOR) + (1 - share) * prior)
    standardised = (error.ravel() / np.sqrt(own)).reshape(error.shape)
    return Spread(sd, _HONEST * _shape(standardised.ravel(), weight), standardised)


def _variance(error: FloatArray, weight: FloatArray, design: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Fit squared errors by non-negative least squares, weighted by their own variance."""
    if error.size == 0:
        return np.empty(0), np.zeros(design.shape[1])
    squared = error**2
    fitted = np.full(error.size, squared.mean() + _FLOOR)
    coefficients = np.zeros(design.shape[1])
    for _ in range(3):
        scale = np.sqrt(weight) / fitted
        coefficients, _ = nnls(design * scale[:, None], squared * scale)
        fitted = design @ coefficients + _FLOOR
    return fitted, coefficients


def _shape(values: FloatArray, weight: FloatArray) -> FloatArray:
    """Weighted quantiles at `GRID` of values and their mirror images, drawn to the normal."""
    normal = np.asarray(ndtri(GRID), dtype=np.float64)
    if values.size == 0:
        return normal
    size = np.abs(values)
    order = np.argsort(size)
    mass = weight[order]
    level = (np.cumsum(mass) - 0.5 * mass) / mass.sum()
    upper = np.interp(np.abs(2 * GRID - 1), level, size[order]) * np.sign(GRID - 0.5)
    share = mass.sum() / (mass.sum() + _PRIOR_SHAPE)
    out: FloatArray = share * upper + (1 - share) * normal
    return out
