"""Writing roles and who holds them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from salus.base import clock, outbox
from salus.base.audit import audited, note
from salus.base.errors import Conflict, Invalid, NotFound
from salus.base.texts import LocalText
from salus.base.versioned import record_revise
from salus.trust import events, holding, policy
from salus.trust.models import Assignment, Organisation, Person, Role
from salus.trust.permissions import ROLE_MANAGE
from salus.trust.schemas import RoleDraft, Tier, Viewer


@audited("roles.load")
def roles_load(*, by: Viewer) -> list[Role]:
    """Bring in the pack of roles; those edited since the pack's version stay as they are."""
    policy.require(by, ROLE_MANAGE)
    written = holding.load_roles(by=by)
    note(roles=[row.code for row in written])
    return written


@audited("role.define")
def role_define(
    *,
    code: str,
    name: LocalText,
    permissions: Sequence[str],
    max_tier: Tier = Tier.OPERATIONAL,
    purposes: Sequence[str] | None = None,
    description: LocalText | None = None,
    by: Viewer,
) -> Role:
    """Make a role or change one; whoever holds it has the new rights at their next request."""
    policy.require(by, ROLE_MANAGE)
    before = Role.objects.known().filter(code=code).first()
    draft = RoleDraft(
        code=code,
        name=name,
        description=description if description is not None else (before.description if before else {}),
        permissions=tuple(permissions),
        max_tier=max_tier,
        purposes=tuple(purposes) if purposes is not None else None,
        pack_version=before.pack_version if before else 0,
    )
    row = holding.write_role(draft, by)
    added = sorted(set(row.permissions) - set(before.permissions if before else []))
    removed = sorted(set(before.permissions if before else []) - set(row.permissions))
    note(code=code, added=added, removed=removed, max_tier=int(max_tier))
    outbox.publish(topic=events.ROLE_CHANGED, record_kind="role", record_id=row.id, by=by)
    return row


def _check_assignment(person: UUID, role: str, organisation_id: UUID | None, until: datetime | None) -> None:
    if not Person.objects.filter(id=person, is_active=True).exists():
        raise NotFound(_("There is no such person, or the account is closed."))
    if not Role.objects.known().filter(code=role).exists():
        raise NotFound(_("There is no role '%(role)s'.") % {"role": role}, remedy=_("Define it first."))
    if organisation_id and not Organisation.objects.known().filter(id=organisation_id).exists():
        raise NotFound(_("There is no such organisation."), remedy=_("Create it first."))
    if until is not None and until <= clock.now():
        raise Invalid(_("The end of the role lies in the past."), remedy=_("Choose a later moment."))


@audited("role.assign")
def role_assign(
    *,
    person: UUID,
    role: str,
    zone_id: UUID | None = None,
    organisation_id: UUID | None = None,
    until: datetime | None = None,
    by: Viewer,
) -> Assignment:
    """Give a person a role, in one zone and all inside it or in the whole city."""
    policy.require(by, ROLE_MANAGE, zone=(zone_id,) if zone_id else None)
    _check_assignment(person, role, organisation_id, until)
    held = Assignment.objects.known().filter(
        person_id=person, role=role, zone_id=zone_id, organisation_id=organisation_id, status="active"
    )
    if any(row.until is None or row.until > clock.now() for row in held):
        raise Conflict(_("The person holds this role already."), remedy=_("Withdraw it first to change its end."))
    row = holding.assign(person=person, role=role, zone_id=zone_id, organisation_id=organisation_id, until=until, by=by)
    note(person=str(person), role=role, zone=str(zone_id) if zone_id else None, own=person == by.id)
    _tell(row, by)
    return row


@audited("role.withdraw")
def role_withdraw(*, assignment: UUID, by: Viewer) -> Assignment:
    """Take a role away; it ends with the person's next request."""
    row: Assignment = Assignment.objects.one(assignment)
    policy.require(by, ROLE_MANAGE, zone=(row.zone_id,) if row.zone_id else None)
    if row.status != "active":
        raise Conflict(_("This role was withdrawn already."))
    revised = record_revise(row, status="withdrawn", by=by)
    holding.bump([row.person_id])
    note(person=str(row.person_id), role=row.role)
    _tell(revised, by)
    return revised


def _tell(row: Assignment, by: Viewer) -> None:
    outbox.publish(
        topic=events.ASSIGNMENT_CHANGED,
        record_kind="assignment",
        record_id=row.id,
        by=by,
        payload={"person": str(row.person_id), "role": row.role, "status": row.status},
    )
