"""Writing organisations."""

from __future__ import annotations

from itertools import chain, count
from uuid import UUID

from django.utils.text import slugify
from django.utils.translation import gettext as _

from salus.base import outbox
from salus.base.audit import audited, note
from salus.base.errors import Invalid, NotFound
from salus.base.texts import LocalText, pick
from salus.base.versioned import record_create, record_revise
from salus.trust import events, policy
from salus.trust.models import Organisation
from salus.trust.permissions import ORGANISATION_MANAGE
from salus.trust.schemas import Viewer

_DEEPEST = 32
_CODE = 48


def _check_parent(own: UUID | None, parent: UUID | None) -> None:
    """Refuse a parent that does not exist, or that stands below the organisation itself."""
    above = parent
    for _level in range(_DEEPEST):
        if above is None:
            return
        if above == own:
            raise Invalid(
                _("An organisation cannot stand under itself."), remedy=_("Choose another organisation above it.")
            )
        row = Organisation.objects.known().filter(id=above).first()
        if row is None:
            raise NotFound(_("There is no such organisation above it."), remedy=_("Create that one first."))
        above = row.parent_id
    raise Invalid(
        _("Organisations are nested too deeply."), remedy=_("Keep to %(count)d levels.") % {"count": _DEEPEST}
    )


def _check_code(code: str, own: UUID | None = None) -> None:
    taken = Organisation.objects.known().filter(code=code).exclude(id=own).exists()
    if not code or taken:
        raise Invalid(_("The code '%(code)s' is empty or taken.") % {"code": code}, remedy=_("Choose another code."))


def _code_from(name: LocalText) -> str:
    """Return a code of the name's letters that nobody has yet."""
    base = slugify(pick(name, "en"))[:_CODE] or "organisation"
    taken = set(Organisation.objects.known().filter(code__startswith=base).values_list("code", flat=True))
    codes = chain([base], (f"{base}-{number}" for number in count(2)))
    return next(code for code in codes if code not in taken)


@audited("organisation.create")
def organisation_create(
    *,
    name: LocalText,
    code: str = "",
    kind: str = "authority",
    parent_id: UUID | None = None,
    by: Viewer,
) -> Organisation:
    """Write down an organisation that takes part in the response; its code is made from its name where none is given."""
    policy.require(by, ORGANISATION_MANAGE)
    code = code or _code_from(name)
    _check_code(code)
    if not pick(name, "en"):
        raise Invalid(_("An organisation needs a name."), remedy=_("Write its name."))
    _check_parent(None, parent_id)
    row = record_create(Organisation, code=code, name=dict(name), kind=kind, parent_id=parent_id, by=by)
    note(code=code, kind=kind)
    _tell(row, by)
    return row


@audited("organisation.revise")
def organisation_revise(
    *,
    organisation: UUID,
    name: LocalText | None = None,
    kind: str | None = None,
    parent_id: UUID | None = None,
    by: Viewer,
) -> Organisation:
    """Change an organisation's name, kind or place; what is not given stays."""
    policy.require(by, ORGANISATION_MANAGE)
    row: Organisation = Organisation.objects.one(organisation)
    if parent_id is not None:
        _check_parent(row.id, parent_id)
    changes = {
        "name": dict(name) if name is not None else row.name,
        "kind": kind if kind is not None else row.kind,
        "parent_id": parent_id if parent_id is not None else row.parent_id,
    }
    revised = record_revise(row, by=by, **changes)
    _tell(revised, by)
    return revised


def _tell(row: Organisation, by: Viewer) -> None:
    outbox.publish(topic=events.ORGANISATION_CHANGED, record_kind="organisation", record_id=row.id, by=by)
