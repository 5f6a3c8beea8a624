"""Roles and who holds them, as services write them: called inside a service, which audits."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID, uuid4

from django.db.models import F
from django.utils.translation import gettext as _

from salus.base.errors import Invalid
from salus.base.versioned import record_create, record_revise
from salus.trust import roles
from salus.trust.models import Assignment, Person, Role
from salus.trust.permissions import EVERYTHING
from salus.trust.schemas import RoleDraft, Viewer


def bump(people: Sequence[UUID]) -> None:
    """Make sessions and cached rights of people notice that something changed."""
    Person.objects.filter(id__in=list(people)).update(access_version=F("access_version") + 1, access_stamp=uuid4())


def sessions_cut(person: UUID) -> None:
    """Make every session of a person end instead of being rotated."""
    version = F("access_version") + 1
    Person.objects.filter(id=person).update(access_version=version, access_floor=version, access_stamp=uuid4())


def _holders(role: str) -> list[UUID]:
    rows = Assignment.objects.known().filter(role=role, status="active")
    return list(rows.values_list("person_id", flat=True).distinct())


def _check(draft: RoleDraft) -> None:
    if not draft.code or not draft.name:
        raise Invalid(_("A role needs a code and a name."), remedy=_("Write both."))
    for permission in draft.permissions:
        head, _dot, tail = permission.partition(".")
        if EVERYTHING in head or not head or (EVERYTHING in tail and tail != EVERYTHING):
            raise Invalid(
                _("'%(right)s' is not a right that a role can carry.") % {"right": permission},
                remedy=_("Write it like 'signal.view', or 'signal.*' for all of it."),
            )


def write_role(draft: RoleDraft, by: Viewer) -> Role:
    """Write a role's next version; whoever holds it notices at their next request."""
    _check(draft)
    fields = {
        "name": dict(draft.name),
        "description": dict(draft.description),
        "permissions": sorted(set(draft.permissions)),
        "max_tier": int(draft.max_tier),
        "purposes": sorted(draft.purposes) if draft.purposes is not None else None,
        "pack_version": draft.pack_version,
    }
    row: Role | None = Role.objects.known().filter(code=draft.code).first()
    if row is None:
        return record_create(Role, code=draft.code, by=by, **fields)
    revised = record_revise(row, by=by, **fields)
    bump(_holders(draft.code))
    return revised


def load_roles(*, by: Viewer) -> list[Role]:
    """Write the pack's roles that are new or older than the pack; called inside a service."""
    known: dict[str, int] = dict(Role.objects.known().values_list("code", "pack_version"))
    drafts = [draft for draft in roles.read_pack() if known.get(draft.code, -1) < draft.pack_version]
    return [write_role(draft, by) for draft in drafts]


def assign(
    *,
    person: UUID,
    role: str,
    zone_id: UUID | None = None,
    organisation_id: UUID | None = None,
    until: datetime | None = None,
    by: Viewer,
) -> Assignment:
    """Write that a person holds a role; called inside a service."""
    row = record_create(
        Assignment,
        person_id=person,
        role=role,
        zone_id=zone_id,
        organisation_id=organisation_id,
        until=until,
        by=by,
    )
    bump([person])
    return row


def withdraw_all(*, person: UUID, by: Viewer) -> None:
    """Take every role of a person away; called inside a service."""
    for row in Assignment.objects.known().filter(person_id=person, status="active"):
        record_revise(row, status="withdrawn", by=by)
    bump([person])
