"""How investigations are titled on the chain."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from salus.assess.investigations.models import Investigation
from salus.assess.investigations.services import KIND
from salus.assess.permissions import INVESTIGATION_VIEW
from salus.base import chain as base_chain
from salus.base.chain import Described
from salus.base.texts import pick
from salus.trust import policy


def describe_investigations(ids: list[UUID], viewer: Any, known_at: datetime | None) -> dict[UUID, Described]:
    """Return titles of the investigations that the viewer may see."""
    if not policy.may(viewer, INVESTIGATION_VIEW):
        return {}
    language = get_language() or "en"
    return {
        row.id: Described(
            title=_("Investigation %(number)d: %(title)s") % {"number": row.number, "title": pick(row.title, language)},
            url=f"/ops/investigations/{row.id}/",
            status=row.status,
        )
        for row in Investigation.objects.known(known_at).filter(id__in=ids)
    }


base_chain.register(KIND, describe_investigations)
