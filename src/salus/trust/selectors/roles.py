"""Reading roles and who holds them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from salus.base.errors import NotFound
from salus.trust import policy
from salus.trust.models import Assignment, Role
from salus.trust.permissions import PERSON_VIEW, ROLE_VIEW
from salus.trust.schemas import AssignmentRow, RoleRow, Tier, Viewer


def role_list(*, viewer: Viewer, known_at: datetime | None = None) -> list[RoleRow]:
    """Return the roles known at a moment, by code."""
    policy.require_somewhere(viewer, ROLE_VIEW)
    return [_role(row) for row in Role.objects.known(known_at).order_by("code")]


def role_get(*, viewer: Viewer, code: str, known_at: datetime | None = None) -> RoleRow:
    """Return one role."""
    policy.require_somewhere(viewer, ROLE_VIEW)
    row = Role.objects.known(known_at).filter(code=code).first()
    if row is None:
        raise NotFound(
            _("There is no role '%(code)s'.") % {"code": code}, remedy=_("It may not have been known at that moment.")
        )
    return _role(row)


def _role(row: Role) -> RoleRow:
    return RoleRow(
        id=row.id,
        code=row.code,
        name=row.name,
        description=row.description,
        permissions=tuple(row.permissions),
        max_tier=Tier(row.max_tier),
        purposes=None if row.purposes is None else tuple(row.purposes),
        pack_version=row.pack_version,
        recorded_at=row.recorded_at,
    )


def assignment_list(
    *,
    viewer: Viewer,
    person: UUID | None = None,
    role: str | None = None,
    zone: UUID | None = None,
    include_withdrawn: bool = False,
    known_at: datetime | None = None,
) -> list[AssignmentRow]:
    """Return who held which role where, as known at a moment."""
    if person is None or person != viewer.id:
        policy.require_somewhere(viewer, PERSON_VIEW)
    rows = Assignment.objects.known(known_at).order_by("created_at", "version")
    if person is not None:
        rows = rows.filter(person_id=person)
    if role is not None:
        rows = rows.filter(role=role)
    if zone is not None:
        rows = rows.filter(zone_id=zone)
    if not include_withdrawn:
        rows = rows.filter(status="active")
    return [_assignment(row) for row in rows]


def _assignment(row: Assignment) -> AssignmentRow:
    return AssignmentRow(
        id=row.id,
        person_id=row.person_id,
        role=row.role,
        zone_id=row.zone_id,
        organisation_id=row.organisation_id,
        until=row.until,
        status=row.status,
        created_at=row.created_at,
        recorded_at=row.recorded_at,
        recorded_by=row.recorded_by,
    )
