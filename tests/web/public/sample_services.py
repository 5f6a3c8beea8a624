"""Lines that are closed and places that are open, as the situation of a test tells of them."""

from __future__ import annotations

from typing import Any


def _local(*texts: str) -> dict[str, str]:
    """A text in English, and in as many of French and Arabic as are given."""
    return dict(zip(("en", "fr", "ar"), texts, strict=False))


def services() -> dict[str, Any]:
    """A line that is closed in part, one that will be, and places for tests and for cool air."""
    span = {"from": "2031-03-17", "until": "2031-03-30", "decision": 3}
    week = {"weekdays": [0, 1, 2, 3, 4], "opens": "08:00", "closes": "19:30", "place": [-8.6, 41.1]}
    return {
        "closed_lines": [
            {"number": 1, "code": "M1", "name": _local("Metro 1", "Métro 1", "مترو 1"), "mode": "metro",
             "zones": ["10001"], "whole": False, **span},
            {"number": 2, "code": "R", "name": _local("Ring line"), "mode": "bus", "zones": ["10001", "10003"],
             "whole": True, **span, "from": "2031-03-20", "until": None},
        ],
        "sites": [
            {"number": 3, "code": "C1-testing", "kind": "testing", "name": _local("Mill Clinic", "Dispensaire", "عيادة"),
             "zone": "10002", "zones": ["10001", "10002", "10003", "10004"], "per_day": 120, **week, **span},
            {"number": 4, "code": "L1-cooling", "kind": "cooling", "name": _local("Library"), "zone": "10001",
             "zones": ["10001"], "per_day": 1, **week, **span, "weekdays": [0, 1, 2, 3, 4, 5, 6]},
        ],
    }  # fmt: skip
