"""What the public imports reaches no operational table: neither directly nor by a detour."""

from __future__ import annotations

import grimp

# The tables of decide themselves stand on nothing but the base.
MAY = ("salus.decide.releases", "salus.decide.models", "salus.base")


def test_the_read_side_stands_on_releases_and_the_base_only() -> None:
    graph = grimp.build_graph("salus", cache_dir=None)
    reached = graph.find_upstream_modules("salus.decide.releases", as_package=True)
    # A package's own `__init__` is imported on the way in; that of decide is empty.
    outside = {name for name in reached if not name.startswith(MAY) and name not in ("salus", "salus.decide")}
    assert outside == set()


def test_the_reader_of_messages_knows_no_django() -> None:
    graph = grimp.build_graph("salus", include_external_packages=True, cache_dir=None)
    reached = graph.find_upstream_modules("salus.gather.cap", as_package=True)
    assert "django" not in reached and "lxml" in reached
