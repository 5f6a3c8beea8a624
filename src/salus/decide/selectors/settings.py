"""Reads of the switches of publication."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from salus.decide.models import PublicationSetting
from salus.decide.permissions import RELEASE_VIEW
from salus.decide.schemas import Autopublish
from salus.trust import policy
from salus.trust.schemas import Viewer

AUTOPUBLISH = "situation_autopublish"


def situation_autopublish(*, viewer: Viewer, known_at: datetime | None = None) -> Autopublish:
    """Return whether the situation is published by itself every day, and who switched that on or off."""
    policy.require_somewhere(viewer, RELEASE_VIEW)
    row = PublicationSetting.objects.known(known_at).filter(key=AUTOPUBLISH).first()
    if row is None:
        return Autopublish(on=False, by=None, since=None)
    return Autopublish(on=bool(row.value.get("on")), by=UUID(row.value["by"]), since=row.recorded_at)
