"""Writing people."""

from __future__ import annotations

import re
from uuid import UUID, uuid4

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.utils.translation import gettext as _

from salus.base import clock, outbox
from salus.base.audit import audited, note
from salus.base.errors import Conflict, Invalid, NotFound
from salus.base.ids import new_id
from salus.trust import events, holding, policy, vault
from salus.trust.models import Organisation, Person
from salus.trust.permissions import PERSON_ERASE, PERSON_MANAGE
from salus.trust.schemas import NewPerson, Tier, Viewer
from salus.trust.services.passwords import (
    check_password_strength,
    one_time_password,
    person_row,
)

ADMINISTRATOR = "administrator"
_USERNAME = re.compile(r"^[a-z0-9][a-z0-9._-]{1,63}$")


def _username(text: str) -> str:
    name = text.strip().lower()
    if not _USERNAME.match(name):
        raise Invalid(
            _("'%(name)s' is not a sign-in name.") % {"name": text},
            remedy=_("Use 2 to 64 letters a to z, digits, dots, hyphens or underscores."),
        )
    if Person.objects.filter(username=name).exists():
        raise Conflict(_("The sign-in name '%(name)s' is taken.") % {"name": name}, remedy=_("Choose another."))
    return name


def _new_person(*, username: str, name: str, password: str, **fields: object) -> Person:
    person = Person(id=new_id(), username=_username(username), created_at=clock.now(), **fields)
    person.set_password(password)
    person.save(force_insert=True)
    seal = vault.seal_create(person.id)
    person.name_sealed = seal.close("name", name.strip())
    person.save(update_fields=["name_sealed"])
    return person


@audited("administrator.bootstrap")
def administrator_bootstrap(*, by: Viewer) -> str | None:
    """Make the first administrator and return their one-time password; nothing once anybody exists."""
    policy.require(by, PERSON_MANAGE)
    if Person.objects.exists():
        note(unchanged=True)
        return None
    holding.load_roles(by=by)
    password = one_time_password()
    person = _new_person(username=ADMINISTRATOR, name="Administrator", password=password, must_change_password=True)
    holding.assign(person=person.id, role=ADMINISTRATOR, by=by)
    note(person=str(person.id))
    return password


@audited("person.create")
def person_create(
    *,
    username: str,
    name: str,
    organisation_id: UUID | None = None,
    password: str | None = None,
    demo: bool = False,
    by: Viewer,
) -> NewPerson:
    """Open an account; without a password a one-time password is made and returned."""
    policy.require(by, PERSON_MANAGE)
    if organisation_id and not Organisation.objects.known().filter(id=organisation_id).exists():
        raise NotFound(_("There is no such organisation."), remedy=_("Create it first."))
    if not name.strip():
        raise Invalid(_("A person needs a name."), remedy=_("Write the name that colleagues know."))
    if password is not None and not demo:
        check_password_strength(password, Person(username=username))
    given = password or one_time_password()
    person = _new_person(
        username=username,
        name=name,
        password=given,
        organisation_id=organisation_id,
        is_demo=demo,
        # Whoever opened the account knows the password, so it is good for one sign-in only.
        must_change_password=not (demo and password),
    )
    outbox.publish(topic=events.PERSON_CREATED, record_kind="person", record_id=person.id, by=by)
    return NewPerson(person.id, person.username, "" if password else given)


def _own_or_managed(person: UUID, by: Viewer) -> Person:
    if by.id != person:
        policy.require(by, PERSON_MANAGE)
    return person_row(person)


def _seal_of(person: Person) -> vault.Seal:
    seal = vault.seals_of([person.id]).get(person.id)
    if seal is None:
        raise Conflict(_("This person's data was erased."), remedy=_("Create a new account."))
    return seal


@audited("person.rename")
def person_rename(*, person: UUID, name: str, by: Viewer) -> Person:
    """Change the name that colleagues see: one's own, or another's with the right."""
    row = _own_or_managed(person, by)
    if not name.strip():
        raise Invalid(_("A person needs a name."), remedy=_("Write the name that colleagues know."))
    row.name_sealed = _seal_of(row).close("name", name.strip())
    row.access_stamp = uuid4()  # the name is part of what is cached with the rights
    row.save(update_fields=["name_sealed", "access_stamp"])
    return row


@audited("person.contact_set")
def contact_set(*, person: UUID, email: str = "", phone: str = "", by: Viewer) -> Person:
    """Write how a person is reached: one's own, or another's with the right."""
    row = _own_or_managed(person, by)
    if email and ("@" not in email or len(email) > 254):
        raise Invalid(_("This is not an e-mail address."), remedy=_("Write it like name@example.org."))
    seal = _seal_of(row)
    row.email_sealed = seal.close("email", email.strip())
    row.phone_sealed = seal.close("phone", phone.strip())
    row.save(update_fields=["email_sealed", "phone_sealed"])
    return row


@audited("person.sessions_end")
def sessions_end(*, person: UUID, by: Viewer) -> Person:
    """Sign a person out everywhere: oneself, or another with the right."""
    row = _own_or_managed(person, by)
    holding.sessions_cut(row.id)
    row.refresh_from_db()
    return row


@audited("person.deactivate")
def person_deactivate(*, person: UUID, by: Viewer) -> Person:
    """Close an account at once: its sessions end and its roles are withdrawn."""
    policy.require(by, PERSON_MANAGE)
    row = person_row(person)
    if row.id == by.id:
        raise Invalid(_("You cannot close your own account."), remedy=_("Ask another administrator."))
    if not row.is_active:
        raise Conflict(_("This account is closed already."))
    _close(row, by)
    outbox.publish(topic=events.PERSON_DEACTIVATED, record_kind="person", record_id=row.id, by=by)
    return row


def _close(row: Person, by: Viewer) -> None:
    holding.withdraw_all(person=row.id, by=by)
    holding.sessions_cut(row.id)
    row.refresh_from_db()
    row.is_active = False
    row.deactivated_at = row.deactivated_at or clock.now()
    row.save(update_fields=["is_active", "deactivated_at"])


@audited("person.erase")
def person_erase(*, person: UUID, reason: str, by: Viewer) -> Person:
    """Erase what we hold about a person; the pseudonym stays, for the audit and the chain."""
    policy.require(by, PERSON_ERASE, tier=Tier.PERSONAL)
    row = person_row(person)
    if not reason.strip():
        raise Invalid(_("An erasure needs a reason."), remedy=_("Say who asked for it."))
    if row.erased_at:
        raise Conflict(_("This person's data was erased already."))
    _close(row, by)
    vault.seal_destroy(row.id)
    Authenticator.objects.filter(user_id=row.id).delete()
    EmailAddress.objects.filter(user_id=row.id).delete()
    row.name_sealed = row.email_sealed = row.phone_sealed = b""
    row.username, row.last_login, row.erased_at = f"erased-{row.id.hex}", None, clock.now()
    row.set_unusable_password()
    row.save()
    note(reason=reason)
    outbox.publish(topic=events.PERSON_ERASED, record_kind="person", record_id=row.id, by=by)
    return row
