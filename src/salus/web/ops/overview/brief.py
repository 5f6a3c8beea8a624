"""The brief: how things stand, in three sentences."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from salus.assess.selectors import city_level
from salus.base import clock
from salus.web.ops.levels import level_badge
from salus.web.ops.moment import known_at
from salus.web.ui import moments


def _standing(request: HttpRequest, found: dict[str, Any]) -> str:
    row = city_level(viewer=request.viewer, known_at=known_at(request))  # type: ignore[attr-defined]
    badge = level_badge(row.level) if row is not None else None
    if row is None or badge is None:
        return _("The city has no level yet: nothing that its rules need was known at this moment.")
    return _("The city has been at the level “%(level)s” since %(day)s.") % {
        "level": badge.name,
        "day": moments.day(row.since, "weekday"),
    }


def _movement(request: HttpRequest, found: dict[str, Any]) -> str:
    since = (known_at(request) or clock.now()) - timedelta(days=7)
    fresh = [row for row in found["levels"] if row.since >= since and row.level is not None]
    rose = sum(row.previous is not None and row.level > row.previous for row in fresh)
    fell = sum(row.previous is not None and row.level < row.previous for row in fresh)
    signals = len(found["signals"])
    moved = ngettext(
        "In the past seven days %(rose)s zone rose and %(fell)s fell;",
        "In the past seven days %(rose)s zones rose and %(fell)s fell;",
        rose,
    ) % {"rose": rose, "fell": fell}
    said = ngettext("%(n)s signal is open.", "%(n)s signals are open.", signals) % {"n": signals}
    return f"{moved} {said}"


def _work(request: HttpRequest, found: dict[str, Any]) -> str:
    moment = known_at(request) or clock.now()
    waiting = len(found["proposals"]) + sum(row.status == "submitted" for row in found["decisions"])
    overdue = sum(row.due_at < moment for row in found["tasks"])
    wait = ngettext("%(n)s decision is waiting,", "%(n)s decisions are waiting,", waiting) % {"n": waiting}
    late = ngettext("%(n)s task is overdue.", "%(n)s tasks are overdue.", overdue) % {"n": overdue}
    return f"{wait} {late}"


def brief(request: HttpRequest, found: dict[str, Any]) -> list[str]:
    """Return the three sentences: where the city stands, how it moves, what waits."""
    return [make(request, found) for make in (_standing, _movement, _work)]
