"""How tasks are titled on a chain."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import get_language

from salus.act.models import Task
from salus.act.permissions import TASK_VIEW
from salus.act.sight import Eyes
from salus.base import chain
from salus.base.chain import Described
from salus.base.texts import pick
from salus.trust import policy
from salus.trust.schemas import Tier

TASK = "task"


def describe(ids: list[UUID], viewer: Any, known_at: datetime | None) -> dict[UUID, Described]:
    """Return titles for the tasks that the viewer may see."""
    if not policy.may_somewhere(viewer, TASK_VIEW, tier=Tier.PARTNER):
        return {}
    eyes = Eyes(viewer)
    return {
        row.id: Described(pick(row.title, get_language() or "en"), f"/ops/tasks/{row.id}/", row.status)
        for row in Task.objects.known(known_at).filter(id__in=ids)
        if eyes.see(row)
    }


chain.register(TASK, describe)
