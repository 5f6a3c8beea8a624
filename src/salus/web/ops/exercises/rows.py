"""Rows of a form that can be added and taken out by buttons, with or without scripts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django import forms
from django.http import QueryDict

# Nobody fills more rows by hand, and a forged number must cost nothing.
MOST = 200
BUTTON = "row"
Make = Callable[..., forms.Form]


def asked(data: Mapping[str, Any]) -> tuple[str, str, int] | None:
    """Return which row is to be added or taken out: (rows, "add" or "drop", place)."""
    parts = str(data.get(BUTTON, "")).split(".")
    if len(parts) != 3 or parts[1] not in ("add", "drop") or not parts[2].isdigit():
        return None
    return parts[0], parts[1], int(parts[2])


def _count(data: Mapping[str, Any], prefix: str) -> int:
    text = str(data.get(f"{prefix}-count", ""))
    return min(int(text), MOST) if text.isdigit() and len(text) < 6 else 0


def _fields(data: QueryDict, prefix: str, place: int) -> dict[str, list[Any]]:
    start = f"{prefix}-{place}-"
    return {key[len(start) :]: data.getlist(key) for key in data if key.startswith(start)}


def changed(data: QueryDict, prefix: str, what: str, place: int, fresh: Mapping[str, Any]) -> QueryDict:
    """Return what was sent with one row more or one row less."""
    count = _count(data, prefix)
    kept = [_fields(data, prefix, n) for n in range(count)]
    if what == "drop" and place < count:
        del kept[place]
    elif what == "add" and count < MOST:
        kept.append({key: [value] for key, value in fresh.items()})
    found = data.copy()
    for key in [key for key in found if key.startswith(f"{prefix}-")]:
        del found[key]
    found[f"{prefix}-count"] = str(len(kept))
    for number, row in enumerate(kept):
        for name, values in row.items():
            found.setlist(f"{prefix}-{number}-{name}", values)
    return found


def without_blank(data: QueryDict, prefix: str, names: Sequence[str]) -> QueryDict:
    """Return what was sent without the rows in which nothing was written."""
    found = data
    for place in reversed(range(_count(data, prefix))):
        row = _fields(data, prefix, place)
        if not any(str(value).strip() for name in names for value in row.get(name, [])):
            found = changed(found, prefix, "drop", place, {})
    return found


def bound(make: Make, prefix: str, data: QueryDict, *, judged: bool, **more: Any) -> list[forms.Form]:
    """Return the rows that were sent."""
    count = _count(data, prefix)
    if judged:
        return [make(data, prefix=f"{prefix}-{n}", **more) for n in range(count)]
    # Not judged yet: what was written is shown as if it had always stood there.
    rows = [{name: values[-1] for name, values in _fields(data, prefix, n).items()} for n in range(count)]
    return fresh(make, prefix, rows, **more)


def fresh(make: Make, prefix: str, rows: Sequence[Mapping[str, Any]], **more: Any) -> list[forms.Form]:
    """Return rows that nobody has sent yet."""
    return [make(initial=dict(row), prefix=f"{prefix}-{n}", **more) for n, row in enumerate(rows)]
