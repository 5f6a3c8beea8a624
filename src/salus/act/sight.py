"""Which tasks a viewer may see and touch."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from salus.act.models import HandOver, Task
from salus.act.permissions import TASK_VIEW
from salus.base.errors import NotFound
from salus.plan.scope import Sight
from salus.trust import policy
from salus.trust.schemas import Tier, Viewer

PARTNER_ROLE = "partner"


def tier_of(row: Task, viewer: Viewer, offered: frozenset[UUID] | None = None) -> Tier:
    """Return how far a task may travel: to a partner where it is theirs, offered to them, or for partners to take."""
    theirs = row.organisation_id is not None and row.organisation_id == viewer.organisation_id
    free = row.role == PARTNER_ROLE and row.organisation_id is None
    waiting = offered_to(viewer) if offered is None else offered
    return Tier.PARTNER if theirs or free or row.owner_id == viewer.id or row.id in waiting else Tier.OPERATIONAL


def offered_to(viewer: Viewer) -> frozenset[UUID]:
    """Return the tasks that wait for an answer of the viewer or their organisation."""
    mine = Q(to_person_id=viewer.id)
    if viewer.organisation_id is not None:
        mine |= Q(to_person_id__isnull=True, to_organisation_id=viewer.organisation_id)
    return frozenset(HandOver.objects.known().filter(mine, status="offered").values_list("task_id", flat=True))


class Eyes:
    """What a viewer may see of tasks: by area, and by whom they are for."""

    def __init__(self, viewer: Viewer) -> None:
        self._sight = Sight(viewer, TASK_VIEW, Tier.PARTNER)
        self._viewer = viewer
        self._offered = offered_to(viewer)

    def see(self, row: Task) -> bool:
        """Return whether the viewer may see a task."""
        tier = tier_of(row, self._viewer, self._offered)
        return policy.may_somewhere(self._viewer, TASK_VIEW, tier=tier) and self._sight.sees(row.zone_ids)


def seen(row: Task, viewer: Viewer) -> Task:
    """Return the task, or say that there is none where the viewer may not see it."""
    if not Eyes(viewer).see(row):
        raise NotFound(_("There is no such task."), remedy=_("It may not have been known at that moment."))
    return row
