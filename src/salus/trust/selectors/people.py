"""Reading people; who they are goes by policy."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from salus.base import audit
from salus.base.errors import NotFound
from salus.trust import policy, vault
from salus.trust.actors import ANONYMOUS, system_name
from salus.trust.models import Assignment, Person
from salus.trust.permissions import PERSON_CONTACT, PERSON_VIEW
from salus.trust.schemas import Contact, PersonRow, Tier, Viewer


def pseudonym(person: UUID) -> str:
    """Return what stands for a person who may not be named."""
    return _("Person %(short)s") % {"short": person.hex[-6:]}


def person_names(ids: Iterable[UUID], *, viewer: Viewer | None = None) -> dict[UUID, str]:
    """Return a name for every id, for pages of the operations room.

    Where a viewer is given who may not see people, pseudonyms are returned instead.
    """
    wanted = set(ids)
    names = {key: _("Salus (%(part)s)") % {"part": part} for key in wanted if (part := system_name(key))}
    if ANONYMOUS.id in wanted:
        names[ANONYMOUS.id] = _("Nobody")
    rest = [key for key in wanted if key not in names]
    allowed = viewer is None or policy.may_somewhere(viewer, PERSON_VIEW)
    if rest and allowed:
        seals = vault.seals_of(rest)
        rows = Person.objects.filter(id__in=rest).values_list("id", "name_sealed", "username", "erased_at")
        for key, sealed, username, erased_at in rows:
            if erased_at:
                names[key] = _("Former colleague")
            elif key in seals:
                names[key] = seals[key].open("name", bytes(sealed)) or username
    return {key: names.get(key) or pseudonym(key) for key in wanted}


def _visible(known_at: datetime | None) -> Q:
    return Q(created_at__lte=known_at) if known_at is not None else Q()


def _roles_of(ids: Iterable[UUID], known_at: datetime | None) -> dict[UUID, tuple[str, ...]]:
    held: dict[UUID, set[str]] = {}
    for row in Assignment.objects.known(known_at).filter(person_id__in=list(ids), status="active"):
        held.setdefault(row.person_id, set()).add(row.role)
    return {person: tuple(sorted(roles)) for person, roles in held.items()}


def _row(
    person: Person, name: str, roles: tuple[str, ...], known_at: datetime | None, contact: Contact | None = None
) -> PersonRow:
    ended = person.deactivated_at
    return PersonRow(
        id=person.id,
        username=person.username,
        name=name,
        organisation_id=person.organisation_id,
        active=person.is_active if known_at is None else ended is None or ended > known_at,
        demo=person.is_demo,
        must_change_password=person.must_change_password,
        created_at=person.created_at,
        last_login=person.last_login,
        roles=roles,
        erased=person.erased_at is not None,
        contact=contact,
    )


def person_list(
    *,
    viewer: Viewer,
    organisation: UUID | None = None,
    role: str | None = None,
    active_only: bool = False,
    known_at: datetime | None = None,
) -> list[PersonRow]:
    """Return people by name; contact details are never part of a list."""
    policy.require_somewhere(viewer, PERSON_VIEW)
    people = list(Person.objects.filter(_visible(known_at)))
    if organisation is not None:
        people = [person for person in people if person.organisation_id == organisation]
    names = person_names([person.id for person in people])
    roles = _roles_of([person.id for person in people], known_at)
    rows = [_row(person, names[person.id], roles.get(person.id, ()), known_at) for person in people]
    kept = [row for row in rows if (row.active or not active_only) and (role is None or role in row.roles)]
    return sorted(kept, key=lambda row: (row.name.casefold(), row.username))


def person_get(*, viewer: Viewer, person: UUID, contact: bool = False, known_at: datetime | None = None) -> PersonRow:
    """Return one person; a look at somebody else's contact details is written into the audit."""
    if viewer.id != person:
        policy.require_somewhere(viewer, PERSON_VIEW)
    row = Person.objects.filter(_visible(known_at), id=person).first()
    if row is None:
        raise NotFound(_("There is no such person."), remedy=_("They may not have been known at that moment."))
    reached = _contact(viewer, row) if contact else None
    roles = _roles_of([row.id], known_at).get(row.id, ())
    return _row(row, person_names([row.id])[row.id], roles, known_at, reached)


def _contact(viewer: Viewer, person: Person) -> Contact:
    if viewer.id != person.id:
        policy.require(viewer, PERSON_CONTACT, tier=Tier.PERSONAL)
        audit.record(
            action="person.looked",
            by=viewer,
            record_kind="person",
            record_id=person.id,
            purpose=viewer.purpose,
            detail={"fields": ["email", "phone"]},
        )
    seal = vault.seals_of([person.id]).get(person.id)
    if seal is None:
        return Contact()
    return Contact(
        email=seal.open("email", bytes(person.email_sealed)),
        phone=seal.open("phone", bytes(person.phone_sealed)),
    )
