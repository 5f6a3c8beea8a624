"""Does reporting run ahead of its usual pace, or behind, and will it go on so?

When offices fall behind, late reports of all delays dwindle together. One number per moment
shows it within days, long before the hazard of each single delay has been learnt anew.
"""

from __future__ import annotations

import numpy as np

from salus.epi.arrays import BoolArray, FloatArray, IntArray
from salus.epi.delays import Hazards, Reports
from salus.epi.reporting_days import WEEK

_COUNTS = 50.0
_SERIES_COUNTS = 200.0
# How much of a week's deviation lasts, before replays have shown it: normal with this mean
# and standard deviation, given errors of a tenth, which repeat themselves for a week.
_PRIOR_MEAN = 0.5
_PRIOR_SD = 0.3
_ERROR = 0.1
_FASTEST = 1.0
# A week's true deviation, as a standard deviation of its log.
_REAL_SD = 0.1


def tempo(reports: Reports, found: Hazards, nows: IntArray) -> FloatArray:
    """Log ratio of the late reports of the last week to those expected, shape (J, S).

    Shrunk to none as far as it could be the mean of seven erratic days.
    """
    came, thought = _week(reports, found, nows)
    daily = np.log((came.sum(axis=2) + _COUNTS) / (thought.sum(axis=2) + _COUNTS))
    trust = _REAL_SD**2 / (_REAL_SD**2 + daily.var(axis=0, ddof=1) / WEEK)
    came, thought = came.sum(axis=0), thought.sum(axis=0)
    whole = (came.sum(axis=1) + _COUNTS) / (thought.sum(axis=1) + _COUNTS)
    if came.shape[1] == 1:
        ratio = whole[:, None]
    else:
        ratio = (came + _SERIES_COUNTS * whole[:, None]) / (thought + _SERIES_COUNTS)
    out: FloatArray = np.clip(np.log(ratio) * trust[:, None], -_FASTEST, _FASTEST)
    return out


def _week(reports: Reports, found: Hazards, nows: IntArray) -> tuple[FloatArray, FloatArray]:
    """Late reports that came on each of the last seven days, and those expected, (7, J, S)."""
    moment = np.arange(len(nows))
    parts = []
    for lag in range(WEEK):
        row = np.maximum(nows - lag, 0)
        used = ((nows >= lag) & reports.usual[row])[:, None]
        hazard = np.clip(found.cell[moment, reports.weekday[row], 1:], 0.0, 0.95)
        late = reports.change[row, 1:]
        before = np.maximum(reports.total[row, 1:] - late, 0.0)
        expected = (hazard / (1.0 - hazard) * before).sum(axis=1)
        parts.append((np.where(used, np.maximum(late.sum(axis=1), 0.0), 0.0), np.where(used, expected, 0.0)))
    return np.stack([part[0] for part in parts]), np.stack([part[1] for part in parts])


def persistence(pace: FloatArray, expected: FloatArray, came: FloatArray, used: BoolArray) -> float:
    """Return which part of the deviation lasts, 0 to 1, as replays have shown.

    Parameters
    ----------
    pace : FloatArray, shape (J, S)
        From `tempo`.
    expected, came : FloatArray, shape (J, U, S)
        What replays thought would still come to each date, and what came.
    used : BoolArray, shape (J, U, S)
        Where both are known.

    """
    thought = np.where(used, expected, 0.0).sum(axis=1)
    total = np.where(used, came, 0.0).sum(axis=1)
    surprise = np.log(np.maximum(total + _COUNTS, 1.0) / np.maximum(thought + _COUNTS, 1.0))
    weight = np.maximum(thought, 0.0) / (np.maximum(thought, 0.0) + _SERIES_COUNTS)
    weight = weight / np.maximum(weight.sum(axis=1, keepdims=True), 1.0) / WEEK
    trust = (_ERROR / _PRIOR_SD) ** 2
    top = float((weight * pace * surprise).sum()) + trust * _PRIOR_MEAN
    bottom = float((weight * pace**2).sum()) + trust
    return float(np.clip(top / bottom, 0.0, 1.0))


def paced(share: FloatArray, pace: FloatArray) -> FloatArray:
    """Completeness if what is to come arrives at a pace of ``exp(pace)``; shapes broadcast."""
    rest = (1.0 - share) * np.exp(pace)
    inside = (share > 0) & (share < 1)
    return np.where(inside, share / np.where(inside, share + rest, 1.0), share)
