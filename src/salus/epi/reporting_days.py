"""Which weekday a day of report behaves like: holidays, and days on which a source stood still.

Day numbers are `date.toordinal()`, whose remainder by seven is 0 on Sunday and 1 on Monday.
"""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from salus.epi.arrays import BoolArray, FloatArray, IntArray

WEEK = 7
_SUNDAY, _MONDAY, _SATURDAY = 0, 1, 6
_STILL = 0.1
_LEAST_EXPECTED = 30.0


def reporting_weekday(days: IntArray, holidays: Collection[int]) -> IntArray:
    """Return the weekday that each day behaves like, shape as `days`.

    A holiday is reported like a Sunday, and the first working day after it like a Monday,
    when what was left lying is entered.

    Parameters
    ----------
    days : IntArray
        Day numbers.
    holidays : collection of int
        Day numbers on which reporting pauses.

    """
    weekday: IntArray = np.asarray(days) % WEEK
    if not holidays:
        return weekday
    closed = np.fromiter(holidays, dtype=np.int64, count=len(holidays))
    free = np.isin(days, closed)
    working = (weekday != _SUNDAY) & (weekday != _SATURDAY) & ~free
    after = np.isin(np.asarray(days) - 1, closed) & working
    out: IntArray = np.where(free, _SUNDAY, np.where(after, _MONDAY, weekday))
    return out


def stood_still(added: FloatArray, weekday: IntArray) -> BoolArray:
    """Return on which days of report next to nothing came that should have, shape (R,).

    Parameters
    ----------
    added : FloatArray, shape (R,)
        All that each day of report added.
    weekday : IntArray, shape (R,)
        From `reporting_weekday`.

    """
    usual = np.zeros(added.size)
    for day in range(WEEK):
        rows = weekday == day
        if rows.any():
            usual[rows] = np.median(added[rows])
    still: BoolArray = (added < _STILL * usual) & (usual >= _LEAST_EXPECTED)
    return still
