"""The verdict on a decision: what was seen against what was expected. Numbers only."""

from __future__ import annotations

import itertools
from collections.abc import Mapping

from salus.learn.schemas import Effect

MET, PARTLY, NOT_MET, UNDETERMINED = "met", "partly", "not_met", "undetermined"


def at(quantiles: Mapping[str, float], level: float) -> float:
    """Return a quantile, from its neighbours where it was not kept itself."""
    known = sorted((float(key), value) for key, value in quantiles.items())
    if level <= known[0][0]:
        return known[0][1]
    for (low, below), (high, above) in itertools.pairwise(known):
        if level == high:
            return above
        if level < high:
            return below + (above - below) * (level - low) / (high - low)
    return known[-1][1]


def effect_of(observed: float, baseline: Mapping[str, float]) -> Effect | None:
    """Return the change against the forecast; None where the forecast gives nothing to divide by.

    A high forecast makes the effect look strong, a low one makes it look weak: the upper quantile
    of the forecast gives the lower end of the effect.
    """
    low90, low50, mid, high50, high90 = (at(baseline, level) for level in (0.05, 0.25, 0.5, 0.75, 0.95))
    if min(low90, mid) <= 0:
        return None
    return Effect(
        mid=observed / mid - 1,
        likely=(observed / high50 - 1, observed / low50 - 1),
        range=(observed / high90 - 1, observed / low90 - 1),
    )


def verdict_on(effect: Effect, change_mid: float, change_high: float) -> str:
    """Return the verdict; where the likely range holds both success and no effect at all, it cannot be told.

    A decision that expects no change is met where the figure stayed within the forecast's range.
    """
    if change_mid == 0:
        return NOT_MET if effect.range[0] > 0 else MET
    ends = (_class(effect.likely[0], change_high), _class(effect.likely[1], change_high))
    if ends == (MET, NOT_MET):
        return UNDETERMINED
    return _class(effect.mid, change_high)


def _class(change: float, weakest: float) -> str:
    if change <= weakest:
        return MET
    return PARTLY if change < 0 else NOT_MET


def explained_by_chance(effect: Effect) -> bool:
    """Return whether the whole effect may be the forecast's own uncertainty."""
    return effect.range[0] <= 0 <= effect.range[1]
