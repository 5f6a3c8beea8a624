"""Local level of a series whose last days are not completely reported."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from salus.epi.arrays import FloatArray, IntArray
from salus.epi.reporting_days import WEEK

_BANDWIDTH = 4.0
_DAMPING = 0.8
_SPAN = 2 * WEEK


@dataclass(frozen=True, slots=True)
class View:
    """What was known at J moments about the U dates before each; shapes (J, U, S).

    Attributes
    ----------
    count : FloatArray
        Known count.
    share : FloatArray
        Completeness; 0 where the date was not observable.
    weekday : IntArray, shape (J, U)
        Day number modulo 7.

    """

    count: FloatArray
    share: FloatArray
    weekday: IntArray


def weekday_effects(view: View) -> FloatArray:
    """Multiplicative weekday effects of the counts, shape (J, 7, S), mean near 1."""
    flat = _smooth(view, np.ones_like(view.share), bandwidth=WEEK / 2)
    expected = flat * view.share
    effects = np.ones((view.count.shape[0], WEEK, view.count.shape[2]))
    for weekday in range(WEEK):
        chosen = (view.weekday == weekday)[:, :, None]
        top = (view.count * chosen).sum(axis=1)
        bottom = (expected * chosen).sum(axis=1)
        weight = 20.0
        effects[:, weekday] = (top + weight) / (bottom + weight)
    return np.clip(effects, 0.05, 5.0)


def level(view: View, delays: int, *, weekday: bool) -> FloatArray:
    """Expected final counts of the last `delays` dates from their neighbours.

    Returns
    -------
    FloatArray, shape (J, delays, S)
        Index 0 is the newest date. Never 0, so that it can divide.

    """
    ones = np.ones_like(view.share)
    effect = ones
    if weekday:
        table = weekday_effects(view)
        effect = np.take_along_axis(table, view.weekday[:, :, None], axis=1)
    smooth = _smooth(view, effect, bandwidth=_BANDWIDTH, trend=True)
    out: FloatArray = (smooth * effect)[:, ::-1][:, :delays]
    return np.maximum(out, 1e-3)


def _smooth(view: View, effect: FloatArray, *, bandwidth: float, trend: bool = False) -> FloatArray:
    """Kernel level per date, shape (J, U, S), with damped growth where data run out."""
    exposure = view.share * effect
    dates = np.arange(view.count.shape[1], dtype=np.float64)
    gap = (dates[:, None] - dates) / bandwidth
    kernel = np.exp(-0.5 * gap**2) + 1e-6
    weight = np.einsum("tu,jus->jts", kernel, exposure)
    total = np.einsum("tu,jus->jts", kernel, view.count)
    out: FloatArray = (total + 0.05) / (weight + 0.05)
    if not trend:
        return out
    centre = np.einsum("tu,jus->jts", kernel * dates, exposure) / (weight + 1e-9)
    ahead = np.clip(dates[:, None] - centre, -_SPAN, _SPAN)
    out *= np.exp(_DAMPING * growth(view, effect)[:, None] * ahead)
    return out


def growth(view: View, effect: FloatArray) -> FloatArray:
    """Growth per day from the last two fortnights of known counts, shape (J, S)."""
    exposure = view.share * effect
    dates = np.arange(view.count.shape[1], dtype=np.float64)[None, :, None]
    recent, before = slice(-_SPAN, None), slice(-2 * _SPAN, -_SPAN)
    parts = []
    for part in (recent, before):
        seen = exposure[:, part].sum(axis=1)
        total = view.count[:, part].sum(axis=1)
        centre = (exposure * dates)[:, part].sum(axis=1) / (seen + 1e-9)
        parts.append((np.log((total + 1) / (seen + 1)), centre, total))
    (high, late, many), (low, early, few) = parts
    slope = (high - low) / np.maximum(late - early, WEEK)
    # Few counts say little about growth: shrink towards none.
    certain = np.minimum(many, few)
    out: FloatArray = np.clip(slope * certain / (certain + 20.0), -0.2, 0.2)
    return out
