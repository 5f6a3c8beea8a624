"""Writing passwords."""

from __future__ import annotations

import secrets
from uuid import UUID

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from salus.base.audit import audited, note
from salus.base.errors import Invalid, NotFound, Refused
from salus.trust import holding, policy
from salus.trust.models import Person
from salus.trust.permissions import PERSON_MANAGE
from salus.trust.schemas import OneTimePassword, Viewer

# No letters that are mistaken for one another when read aloud or from paper.
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


def one_time_password() -> str:
    """Return a password for one use: five groups of four, about 99 bits."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(5))


def check_password_strength(password: str, person: Person) -> None:
    """Refuse a password that is easily guessed, in the validators' words."""
    try:
        validate_password(password, user=person)
    except ValidationError as error:
        raise Invalid(" ".join(error.messages), remedy=_("Choose another password.")) from None


def person_row(person: UUID) -> Person:
    """Return the person, or say that there is none."""
    row = Person.objects.filter(id=person).first()
    if row is None:
        raise NotFound(_("There is no such person."))
    return row


@audited("password.change")
def password_change(*, person: UUID, password: str, by: Viewer) -> Person:
    """Change one's own password; every other session of the person ends."""
    row = person_row(person)
    if by.id != row.id:
        raise Refused(
            _("Only the person can choose their password."),
            remedy=_("Give them a new one-time password instead."),
        )
    if row.check_password(password):
        raise Invalid(_("This is the password you have now."), remedy=_("Choose another password."))
    check_password_strength(password, row)
    row.set_password(password)
    row.must_change_password = False
    row.save(update_fields=["password", "must_change_password"])
    return row


@audited("password.reset")
def password_reset(*, person: UUID, by: Viewer) -> OneTimePassword:
    """Give a person a new one-time password; all of their sessions end."""
    policy.require(by, PERSON_MANAGE)
    row = person_row(person)
    if not row.is_active:
        raise Invalid(_("This account is closed."), remedy=_("Create a new account."))
    made = one_time_password()
    row.set_password(made)
    row.must_change_password = True
    row.save(update_fields=["password", "must_change_password"])
    holding.sessions_cut(row.id)
    note(one_time=True)
    return OneTimePassword(id=row.id, username=row.username, password=made)
