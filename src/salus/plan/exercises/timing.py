"""When injects are due, as far as it can be told beforehand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from salus.plan.exercises.schemas import InjectDraft

LINKED = ("after", "before")


def days_known(injects: Iterable[InjectDraft]) -> dict[str, int]:
    """Return the day of every inject whose day can be told before the exercise begins."""
    by_key = {row.key: row for row in injects}
    found: dict[str, int] = {}
    for key in by_key:
        day = _day(key, by_key, frozenset())
        if day is not None:
            found[key] = day
    return found


def _day(key: str, by_key: Mapping[str, InjectDraft], seen: frozenset[str]) -> int | None:
    row = by_key.get(key)
    if row is None or key in seen:
        return None
    when = row.when
    if when.day is not None:
        return when.day
    if when.trigger not in LINKED:
        return None
    other = _day(when.value, by_key, seen | {key})
    if other is None:
        return None
    return other + when.delay_days if when.trigger == "after" else other - when.delay_days


def circles(injects: Iterable[InjectDraft]) -> list[tuple[str, ...]]:
    """Return the rounds of injects that each wait for the next, each round once."""
    by_key = {row.key: row for row in injects}
    found: dict[frozenset[str], tuple[str, ...]] = {}
    for start in by_key:
        path = [start]
        while (row := by_key.get(path[-1])) is not None and row.when.trigger in LINKED:
            following = row.when.value
            if following in path:
                round_ = tuple(path[path.index(following) :])
                found.setdefault(frozenset(round_), round_)
                break
            path.append(following)
    return list(found.values())
