"""Every route states its permission; one that does not keeps the product from starting."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

FOREIGN = ("allauth.", "django.")


def routes(patterns: list[Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for pattern in patterns:
        where = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, where)
        elif isinstance(pattern, URLPattern):
            yield where, pattern.callback


def test_every_route_of_ours_states_its_permission() -> None:
    silent = [
        where
        for where, view in routes(get_resolver().url_patterns)
        if not view.__module__.startswith(FOREIGN) and not hasattr(view, "salus_permission")
    ]
    assert not silent, f"these routes do not say who may see them: {silent}"
