"""What this installation's own records say of the run that it plays."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from salus.act.selectors import task_list
from salus.assess.selectors import signal_list
from salus.base import clock
from salus.city.schemas import ZoneRow
from salus.city.selectors import zone_list
from salus.decide.selectors import alert_list, decision_list
from salus.trust.schemas import Viewer
from salus.world.score.records import Records, TaskKept, Warned

# Everything is listed whole: a score must not depend on how long a page is.
_ALL = 1_000_000


def records_known(*, viewer: Viewer) -> Records:
    """Return when this installation knew, decided and acted, as known now."""
    zones = {row.id: row for row in zone_list(viewer=viewer)}
    leaves = _leaves(zones.values())
    decisions = decision_list(viewer=viewer, limit=_ALL)
    tasks = task_list(viewer=viewer, limit=_ALL)
    return Records(
        known_at=clock.now(),
        signals=tuple(
            Warned(row.raised_at, row.valid_on, _codes([row.zone_id], zones, leaves))
            for row in sorted(signal_list(viewer=viewer, limit=_ALL), key=lambda row: (row.raised_at, str(row.id)))
        ),
        alerts=tuple(
            Warned(row.sent_at, row.sent_at.astimezone(clock.city_zone()).date(), _codes(row.zone_ids, zones, leaves))
            for row in sorted(alert_list(viewer=viewer), key=lambda row: (row.sent_at, str(row.id)))
            if row.status == "published" and row.message_type == "Alert"
        ),
        decisions=tuple(sorted(row.approved_at for row in decisions if row.approved_at is not None)),
        tasks=tuple(
            TaskKept(row.due_at, row.done_at)
            for row in sorted(tasks, key=lambda row: (row.due_at, str(row.id)))
            if row.status != "cancelled"
        ),
    )


def _leaves(zones: Iterable[ZoneRow]) -> dict[UUID, list[str]]:
    """Return the codes of the smallest zones inside each zone, itself if it is one."""
    rows = list(zones)
    parents = {row.parent_id for row in rows}
    found: dict[UUID, list[str]] = {}
    for row in rows:
        if row.id not in parents:
            for above in row.path:
                found.setdefault(above, []).append(row.code)
    return found


def _codes(ids: Iterable[UUID], zones: dict[UUID, ZoneRow], leaves: dict[UUID, list[str]]) -> tuple[str, ...]:
    """Return the smallest zones of some areas; without any for the whole city."""
    found: set[str] = set()
    for zone in ids:
        row = zones.get(zone)
        if row is None or row.parent_id is None:
            return ()
        found.update(leaves.get(zone, ()))
    return tuple(sorted(found))
