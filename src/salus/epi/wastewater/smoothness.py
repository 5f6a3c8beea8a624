"""How smoothly a path may change: Gaussian processes with Matern covariance."""

from __future__ import annotations

import numpy as np

from salus.epi.arrays import FloatArray

_JITTER = 1e-6


def matern(days: int, length: float) -> FloatArray:
    """Correlation (days, days) of a Matern process of order 3/2 with a length in days."""
    ratio = np.sqrt(3.0) * np.arange(days) / length
    row = (1 + ratio) * np.exp(-ratio)
    lag = np.abs(np.subtract.outer(np.arange(days), np.arange(days)))
    out: FloatArray = row[lag] + _JITTER * np.eye(days)
    return out


def with_level(cover: FloatArray, mean: FloatArray, level: float, sd: float) -> tuple[FloatArray, FloatArray]:
    """Prior mean and covariance of a path followed by one unknown level."""
    size = mean.size
    joint = np.zeros((size + 1, size + 1))
    joint[:size, :size] = cover
    joint[size, size] = sd**2
    return np.append(mean, level), joint
