"""What a page is made of: the newest release, the newest situation, the language and the address."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.http import HttpRequest
from django.urls import reverse

from salus.base import clock
from salus.decide.releases import ReleaseRow, ReleaseSummary, release_get, release_latest, release_list
from salus.web.public.situation import Situation, moment
from salus.web.ui.components import Level

# How long after the promised day a page says that it is out of date.
PATIENCE = timedelta(days=2)
GRAVE = ("Extreme", "Severe")
NOT_MORE = 60


def newest() -> ReleaseSummary | None:
    """Return the newest release of any kind: while it is the newest, no page changes."""
    return next(iter(release_list(limit=1)), None)


@dataclass
class Scene:
    """One request, and what is published at that moment."""

    request: HttpRequest
    language: str
    head: ReleaseSummary | None

    @cached_property
    def situation(self) -> Situation | None:
        """Return the newest situation."""
        row = release_latest(kind="situation") if self.head else None
        return Situation(row, self.language) if row else None

    @property
    def now(self) -> datetime:
        """Return the moment of the newest release, which is the only present that these pages know."""
        return self.head.published_at if self.head else clock.now()

    @cached_property
    def zone(self) -> ZoneInfo:
        """Return the city's time zone."""
        name = self.situation.city.get("time_zone") if self.situation else None
        try:
            return ZoneInfo(name or "UTC")
        except (ZoneInfoNotFoundError, ValueError):
            return ZoneInfo("UTC")

    @property
    def late(self) -> bool:
        """Return whether the next update should have come long ago; an exercise has no wall clock."""
        if self.situation is None or self.situation.release.exercise or self.situation.next_update is None:
            return False
        return clock.wall_now().date() > self.situation.next_update + PATIENCE

    def url(self, name: str, *args: Any) -> str:
        """Return the address of a page in the language of this one."""
        return reverse(f"public:{name}", args=[self.language, *args])

    @cached_property
    def alerts(self) -> list[ReleaseRow]:
        """Return the alerts that are live, the gravest first."""
        rows = [release_get(number=row.number) for row in release_list(kind="alert", limit=NOT_MORE)]
        replaced = {identifier for row in rows for identifier in row.body.get("references", [])}
        live = [row for row in rows if self._is_live(row) and row.body["identifier"] not in replaced]
        return sorted(live, key=lambda row: (row.body.get("severity") not in GRAVE, -row.number))

    def _is_live(self, row: ReleaseRow) -> bool:
        expires = moment(row.body.get("expires_at"))
        return row.body.get("message_type") != "Cancel" and (expires is None or expires > self.now)


@dataclass(frozen=True)
class Page:
    """What a view answers: a template, its contents, and the situation in its frame."""

    template: str
    section: str = ""
    context: dict[str, Any] = field(default_factory=dict)
    status: int = 200
    # The situation in the frame, where it is not the newest.
    situation: Situation | None = None
    # The badge beside the city's name; a page that is about the level says it itself.
    level: Level | None = None
