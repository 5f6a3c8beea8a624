"""Correcting single observations: a new fact, known from now on; the old one stays."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import polars as pl
from django.utils.translation import gettext as _

from salus.base import clock
from salus.base.audit import audited, note
from salus.base.errors import Invalid, NotFound
from salus.gather.imports.committing import publish
from salus.gather.imports.reviewing import batch_of_one
from salus.gather.models import Import, Series, Stratum
from salus.gather.permissions import OBSERVATION_CORRECT
from salus.gather.schemas import ALL_STRATA, ALL_STRATA_CODE, Status
from salus.gather.store import SCHEMA, append
from salus.gather.zones import zone_of
from salus.trust import policy
from salus.trust.schemas import Tier, Viewer

_EPOCH = date(1970, 1, 1)
_DAY = 86_400


@audited("observation.correct")
def observation_correct(
    *,
    series: str,
    zone: UUID,
    valid_on: date,
    stratum: str = ALL_STRATA_CODE,
    value: float | None = None,
    status: Status = Status.OBSERVED,
    reason: str,
    by: Viewer,
) -> Import:
    """State what an observation should have been, and why; it is known from this moment on."""
    row: Series | None = Series.objects.known().filter(code=series).first()
    place = zone_of(zone, by)
    if row is None:
        raise NotFound(_("There is no series '%(code)s'.") % {"code": series})
    policy.require(by, OBSERVATION_CORRECT, zone=place.path, tier=Tier(row.tier))
    _check(row, valid_on, value, Status(status), reason)
    moment = clock.now()
    label = f"{place.code} {valid_on.isoformat()}: {reason.strip()}"[:300]
    batch = batch_of_one(source=row.source, kind="correction", label=label, by=by)
    fact = {
        "series": row.number,
        "valid_at": (valid_on - _EPOCH).days * _DAY,
        "zone": place.number,
        "stratum": _stratum(stratum),
        "known_at": clock.to_micros(moment),
        "value": float(value) if value is not None else None,
        "status": int(status),
    }
    done = append(pl.DataFrame([fact], schema=SCHEMA), batch=batch.number)
    batch.rows_written, batch.rows_unchanged = done.written, done.unchanged
    batch.save(update_fields=["rows_written", "rows_unchanged"])
    publish(batch, [row.code], by)
    note(series=row.code, zone=place.code, valid_on=valid_on.isoformat(), reason=reason.strip())
    return batch


def _check(row: Series, valid_on: date, value: float | None, status: Status, reason: str) -> None:
    if not reason.strip():
        raise Invalid(_("A correction needs a reason."), remedy=_("Say why the value changes."))
    if valid_on > clock.today():
        raise Invalid(_("The day lies in the future."), remedy=_("Correct days that have come."))
    if (status == Status.OBSERVED) != (value is not None):
        raise Invalid(
            _("An observed fact needs a value, and any other has none."),
            remedy=_("Give a value, or say missing, suppressed or withdrawn."),
        )
    if value is not None and value < 0:
        raise Invalid(_("%(value)s is below zero.") % {"value": value}, remedy=_("Correct the number."))
    if value is not None and row.kind == "count" and value != int(value):
        raise Invalid(_("A count must be a whole number."), remedy=_("Correct the number."))


def _stratum(code: str) -> int:
    if code == ALL_STRATA_CODE:
        return ALL_STRATA
    number = Stratum.objects.filter(code=code).values_list("number", flat=True).first()
    if number is None:
        raise NotFound(_("There is no stratum '%(code)s'.") % {"code": code}, remedy=_("Define it first."))
    return number
