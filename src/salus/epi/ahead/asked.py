"""What every family of weekly forecasts is asked."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from salus.epi.ahead.seasons import HARMONICS, waves
from salus.epi.arrays import FloatArray, IntArray


@dataclass(frozen=True, slots=True)
class Asked:
    """A table and the steps to forecast from; families answer with quantiles (O, H, S, Q) on its scale.

    Attributes
    ----------
    table : FloatArray, shape (T, S)
        Counts or rates; NaN is missing.
    horizon : int
        Steps ahead.
    until : int
        Outcomes before this step may be learnt from.
    origins : IntArray, shape (O,)
        Steps to forecast from.
    levels : FloatArray, shape (Q,)
        Quantile levels in (0, 1), rising.
    days : IntArray, shape (T,), optional
        Day number of each step, so that the season counts.
    season : FloatArray, shape (4,)
        Weekly log growth on the year's sines and cosines, as related diseases have shown it;
        zero where none has.

    """

    table: FloatArray
    horizon: int
    until: int
    origins: IntArray
    levels: FloatArray
    days: IntArray | None = None
    season: FloatArray = field(default_factory=lambda: np.zeros(2 * HARMONICS))

    def year(self) -> FloatArray:
        """Sines and cosines of the year at each step and beyond the last one, shape (T + H, 4)."""
        steps = self.table.shape[0] + self.horizon
        if self.days is None:
            return np.zeros((steps, 2 * HARMONICS))
        later = self.days[-1] + 7 * np.arange(1, steps - self.days.size + 1)
        return waves(np.concatenate([self.days, later]))
