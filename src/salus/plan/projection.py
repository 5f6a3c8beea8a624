"""What a set of measures is expected to change, and what that makes of a forecast. Numbers only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from salus.plan.schemas import Baseline, ExpectedChange, Projected

# Measures overlap: people who keep one already keep part of the others. The strongest counts whole,
# the next by half, then a quarter, and so on; adding them up in full would promise too much.
OVERLAP = 0.5
DIGITS = 6


def combined(changes: Sequence[ExpectedChange]) -> tuple[float, float, float]:
    """Return the change that several measures bring together: strongest, middle and weakest."""
    return (
        _together([change.low for change in changes]),
        _together([change.mid for change in changes]),
        _together([change.high for change in changes]),
    )


def _together(shares: Sequence[float]) -> float:
    factor, weight = 1.0, 1.0
    for share in sorted(shares, key=abs, reverse=True):
        factor *= 1.0 + share * weight
        weight *= OVERLAP
    return round(factor - 1.0, DIGITS)


def project(baseline: Baseline, changes: Sequence[ExpectedChange]) -> Projected:
    """Return what becomes of the baseline: its own range widened by that of the change.

    Where the baseline reaches further than the measures, only their part of it changes.
    """
    low, mid, high = (round(change * baseline.share, DIGITS) for change in combined(changes))
    return Projected(
        change_low=low,
        change_mid=mid,
        change_high=high,
        low=baseline.low * (1.0 + low),
        mid=baseline.mid * (1.0 + mid),
        high=baseline.high * (1.0 + high),
    )


def summed(parts: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """Return the quantiles of a sum whose parts rise and fall together.

    Errors of forecasts for neighbouring areas and days go the same way, so equal quantiles are
    added; were they independent, the true range would be narrower than the one that is shown.
    """
    levels = set.intersection(*(set(part) for part in parts)) if parts else set()
    return {level: sum(part[level] for part in parts) for level in sorted(levels, key=float)}
