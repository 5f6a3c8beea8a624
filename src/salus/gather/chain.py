"""How batches of observations are titled on the chain."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from salus.base import chain
from salus.base.chain import Described
from salus.gather.models import Import
from salus.gather.permissions import IMPORT_VIEW
from salus.trust import policy

OBSERVATION_BATCH = "observation_batch"


def describe_batches(ids: list[UUID], viewer: Any, known_at: datetime | None) -> dict[UUID, Described]:
    """Return titles of the batches that were there at the moment."""
    if not policy.may_somewhere(viewer, IMPORT_VIEW):
        return {}
    rows = Import.objects.filter(id__in=ids)
    if known_at is not None:
        rows = rows.filter(Q(committed_at__lte=known_at) | Q(committed_at__isnull=True), recorded_at__lte=known_at)
    return {
        row.id: Described(
            title=_("%(source)s: %(label)s") % {"source": row.source, "label": row.label},
            url=f"/ops/imports/{row.id}/",
            status=row.status,
        )
        for row in rows
    }


chain.register(OBSERVATION_BATCH, describe_batches)
