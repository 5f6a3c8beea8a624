"""Defining what is measured and in which parts of the population."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.db.models import Max
from django.utils.translation import gettext as _

from salus.base import clock
from salus.base.audit import audited, note
from salus.base.errors import Invalid
from salus.base.versioned import record_create, record_revise
from salus.gather.models import Series, Stratum
from salus.gather.permissions import SERIES_MANAGE
from salus.gather.schemas import ALL_STRATA_CODE, SeriesDraft
from salus.trust import policy
from salus.trust.schemas import Viewer

KINDS = ("count", "rate", "cumulative", "share")
PERIODS = ("hour", "day", "week", "month")
# What the facts already stored would mean something else under.
_FIXED = ("unit", "kind", "period")


@audited("series.define")
def series_define(*, draft: SeriesDraft, by: Viewer) -> Series:
    """Define a series, or write its next version where something changed."""
    policy.require(by, SERIES_MANAGE)
    note(code=draft.code)
    return write_series(draft=draft, by=by)


def write_series(*, draft: SeriesDraft, by: Viewer) -> Series:
    """Write a series inside a service that audits it."""
    _check(draft)
    fields = _fields(draft)
    row: Series | None = Series.objects.known().filter(code=draft.code).first()
    if row is None:
        newest = Series.objects.aggregate(newest=Max("number"))["newest"] or 0
        return record_create(Series, by=by, number=newest + 1, **fields)
    if fields["first_known"] is None:
        fields["first_known"] = row.first_known
    changed = {name: value for name, value in fields.items() if getattr(row, name) != value}
    fixed = [name for name in _FIXED if name in changed]
    if fixed:
        raise Invalid(
            _("The series %(code)s cannot change its %(what)s: its stored values would mean something else.")
            % {"code": draft.code, "what": ", ".join(fixed)},
            remedy=_("Define a new series under another code."),
        )
    return record_revise(row, by=by, **changed) if changed else row


def _fields(draft: SeriesDraft) -> dict[str, Any]:
    fields = asdict(draft)
    fields["tier"] = int(draft.tier)
    fields["name"], fields["description"] = dict(draft.name), dict(draft.description)
    return fields


def _check(draft: SeriesDraft) -> None:
    if draft.kind not in KINDS:
        raise Invalid(
            _("'%(kind)s' is not a kind of series.") % {"kind": draft.kind},
            remedy=_("Choose one of %(names)s.") % {"names": ", ".join(KINDS)},
        )
    if draft.period not in PERIODS:
        raise Invalid(
            _("'%(period)s' is not a period.") % {"period": draft.period},
            remedy=_("Choose one of %(names)s.") % {"names": ", ".join(PERIODS)},
        )
    if not draft.code or not draft.name:
        raise Invalid(_("A series needs a code and a name."), remedy=_("Give both."))


@audited("stratum.define")
def stratum_define(*, code: str, name: dict[str, str] | None = None, by: Viewer) -> Stratum:
    """Define a part of the population; one that is there stays as it is."""
    policy.require(by, SERIES_MANAGE)
    return write_stratum(code=code, name=name, by=by)


def write_stratum(*, code: str, name: dict[str, str] | None, by: Viewer) -> Stratum:
    """Write a stratum inside a service that audits it."""
    code = code.strip()
    if not code or code == ALL_STRATA_CODE:
        raise Invalid(
            _("'%(code)s' cannot be the code of a stratum.") % {"code": code},
            remedy=_("'all' is everybody and always there; give another code."),
        )
    row = Stratum.objects.filter(code=code).first()
    if row is not None:
        return row
    newest = Stratum.objects.aggregate(newest=Max("number"))["newest"] or 0
    return Stratum.objects.create(
        number=newest + 1, code=code, name=name or {"en": code}, recorded_at=clock.now(), recorded_by=by.id
    )
