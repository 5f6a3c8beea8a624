"""What a laboratory reports: log-normal noise, stray samples, limits of detection."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from salus.epi.arrays import BoolArray, FloatArray, IntArray

STRAY = 0.03
STRAY_SD = 1.5
_TINY = 1e-300


@dataclass(frozen=True, slots=True)
class Measurements:
    """Observed days of one site, on the log scale.

    Attributes
    ----------
    day : IntArray, shape (n,)
        Index of the day in the series.
    value : FloatArray, shape (n,)
        Logarithm of the measurement, or of the limit where it was not reached.
    censored : BoolArray, shape (n,)

    """

    day: IntArray
    value: FloatArray
    censored: BoolArray

    def score(self, expected: FloatArray, sd: float) -> tuple[FloatArray, FloatArray, FloatArray]:
        r"""Log likelihood of each measurement, its slope and its curvature in `expected`.

        A measurement is :math:`\log y \sim (1-\epsilon) N(\mu, \sigma^2) + \epsilon N(\mu,
        \sigma^2 + 1.5^2)` with :math:`\epsilon = .03`; below the limit, the same
        distribution's probability of that.
        """
        wide = float(np.hypot(sd, STRAY_SD))
        seen = _density(self.value - expected, sd, wide)
        below = _probability(self.value - expected, sd, wide)
        parts = [np.where(self.censored, low, high) for low, high in zip(below, seen, strict=True)]
        return parts[0], parts[1], np.maximum(parts[2], 1e-6)

    def stray(self, expected: FloatArray, sd: float) -> FloatArray:
        """Probability that each measurement, shape (n,) for expected (n, N), is a stray one."""
        wide = float(np.hypot(sd, STRAY_SD))
        gap = self.value[:, None] - expected
        ratio = (1 - STRAY) / STRAY * wide / sd * np.exp(-0.5 * gap**2 * (1 / sd**2 - 1 / wide**2))
        return np.where(self.censored, 0.0, (1 / (1 + ratio)).mean(axis=1))


def _density(gap: FloatArray, sd: float, wide: float) -> tuple[FloatArray, FloatArray, FloatArray]:
    narrow = (1 - STRAY) / sd * np.exp(-0.5 * (gap / sd) ** 2)
    broad = STRAY / wide * np.exp(-0.5 * (gap / wide) ** 2)
    total = narrow + broad + _TINY
    # The curvature of an expectation step: always positive, unlike the mixture's own.
    weight = (narrow / sd**2 + broad / wide**2) / total
    return np.log(total / np.sqrt(2 * np.pi)), gap * weight, weight


def _probability(gap: FloatArray, sd: float, wide: float) -> tuple[FloatArray, FloatArray, FloatArray]:
    chance, slope, bend = np.full_like(gap, _TINY), np.zeros_like(gap), np.zeros_like(gap)
    for share, scale in ((1 - STRAY, sd), (STRAY, wide)):
        ratio = gap / scale
        height = share * np.exp(-0.5 * ratio**2) / np.sqrt(2 * np.pi) / scale
        chance += share * ndtr(ratio)
        slope -= height
        bend += ratio * height / scale
    slope /= chance
    return np.log(chance), slope, slope**2 + bend / chance


def draw_noise(shape: tuple[int, ...], sd: FloatArray, rng: np.random.Generator) -> FloatArray:
    """Noise of new measurements on the log scale; `sd` is one per draw, the last axis."""
    wide = rng.random(shape) < STRAY
    scale = np.where(wide, np.hypot(sd, STRAY_SD), sd)
    out: FloatArray = scale * rng.standard_normal(shape)
    return out
