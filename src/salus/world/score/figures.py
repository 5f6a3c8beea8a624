"""A course in figures: what a score sheet says of it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from salus.world.score.course import Course

# In the order of a sheet. Less is better in all; of a ratio, 1 is best.
FIGURES = (
    "infections",
    "deaths",
    "admissions",
    "days_above_capacity",
    "bed_days_above_capacity",
    "work_days_lost",
    "economic_loss",
    "gap_infections",
    "gap_deaths",
)
RATIOS = frozenset({"gap_infections", "gap_deaths"})
# From this share fewer infections so far than without measures, an effect is there.
EFFECT = 0.1
# Days over which infections are added up before they are compared: a day alone is mostly chance.
_SPAN = 7


def figures_of(course: Course) -> dict[str, float | None]:
    """Return the figures of a course; a ratio that is not defined is none."""
    beds = np.stack([course.by_day["beds"], course.by_day["icu"]], axis=1)
    above = np.maximum(beds - course.capacity, 0.0)
    found: dict[str, float | None] = {
        name: float(course.by_day[name].sum()) for name in ("infections", "deaths", "admissions", "work_days_lost")
    }
    return {
        **found,
        "days_above_capacity": float((above > 0).any(axis=1).sum()),
        "bed_days_above_capacity": float(above.sum()),
        "economic_loss": float((course.by_day["loss_illness"] + course.by_day["loss_measures"]).sum()),
        "gap_infections": _gap(course, "infections"),
        "gap_deaths": _gap(course, "deaths"),
    }


def _gap(course: Course, output: str) -> float | None:
    """Return how many times more often it struck the deprived than the well-off."""
    total = course.by_segment[output].sum(axis=0)
    if not total[0] or not total[-1]:
        return None
    return float(total[0] / course.people[0] / (total[-1] / course.people[-1]))


def standing(played: float | None, unchecked: float | None, policy: float | None) -> float | None:
    """Return how far a course came from doing nothing (0) to the reference policy (1)."""
    if played is None or unchecked is None or policy is None or policy >= unchecked:
        return None
    return (unchecked - played) / (unchecked - policy)


def harm_in(course: Course) -> str:
    """Return by which output an emergency strikes: heat infects nobody, and brings people to hospital."""
    return "infections" if course.by_day["infections"].any() else "admissions"


def effect_day(played: Course, unchecked: Course) -> int | None:
    """Return the first day with measures whose week saw a tenth fewer infections than without any.

    Both courses share their chance, so that before the first order that tells they are the same.
    """
    days, harm = min(played.days, unchecked.days), harm_in(unchecked)
    mine, theirs = (_weekly(course.by_day[harm][:days]) for course in (played, unchecked))
    ordered = np.array([bool(row) for row in played.orders[:days]], dtype=bool)
    since = np.logical_or.accumulate(ordered) if days else ordered
    found = np.flatnonzero(since & (theirs > 0) & (mine <= (1 - EFFECT) * theirs))
    return int(found[0]) if found.size else None


def _weekly(values: np.ndarray) -> np.ndarray:
    total = np.concatenate([[0.0], np.cumsum(values)])
    last = np.arange(1, total.size)
    return np.asarray(total[last] - total[np.maximum(last - _SPAN, 0)])


def spread(values: list[float]) -> Mapping[str, float]:
    """Return the middle of many seeds, and the range in which nine of ten lie."""
    low, mid, high = np.quantile(np.array(sorted(values)), [0.05, 0.5, 0.95])
    return {"low": float(low), "mid": float(mid), "high": float(high)}
