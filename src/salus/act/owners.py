"""Who does a task: whoever holds the role where the task is, the least busy first."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import Count

from salus.act.models import OPEN_STATUSES, Task
from salus.act.sight import PARTNER_ROLE
from salus.plan.scope import zones_by_id
from salus.trust.actors import system_viewer
from salus.trust.schemas import AssignmentRow
from salus.trust.selectors import assignment_list, person_list


def owner_for(role: str, zone_ids: Sequence[UUID], now: datetime) -> UUID | None:
    """Return the person to do a task of a role, or None where nobody holds it or partners choose themselves."""
    if not role or role == PARTNER_ROLE:
        return None
    viewer = system_viewer("act")
    active = {row.id for row in person_list(viewer=viewer, role=role, active_only=True)}
    paths = [set(zone.path) for zone_id, zone in zones_by_id().items() if zone_id in zone_ids]
    held = [row for row in assignment_list(viewer=viewer, role=role) if _holds(row, active, paths, now)]
    if not held:
        return None
    busy = _open_tasks({row.person_id for row in held})
    # Whoever holds the role for just this place comes before whoever holds it for the whole city.
    best = min(
        held, key=lambda row: (row.zone_id is None, busy.get(row.person_id, 0), row.created_at, row.person_id.hex)
    )
    return best.person_id


def _holds(row: AssignmentRow, active: Collection[UUID], paths: Sequence[set[UUID]], now: datetime) -> bool:
    if row.person_id not in active or row.status != "active" or (row.until is not None and row.until <= now):
        return False
    return row.zone_id is None or (bool(paths) and all(row.zone_id in path for path in paths))


def _open_tasks(people: Collection[UUID]) -> dict[UUID, int]:
    rows = Task.objects.known().filter(owner_id__in=people, status__in=OPEN_STATUSES)
    return dict(rows.values_list("owner_id").annotate(n=Count("id")))
