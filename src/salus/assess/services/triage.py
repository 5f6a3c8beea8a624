"""Triage: a person says what a signal is."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext as _

from salus.assess import events
from salus.assess.models import Signal
from salus.assess.permissions import SIGNAL_TRIAGE
from salus.base import clock, outbox
from salus.base.audit import audited
from salus.base.audit import note as audit_note
from salus.base.errors import Conflict, Invalid
from salus.base.versioned import record_revise
from salus.city import selectors as city
from salus.trust import policy
from salus.trust.schemas import Viewer

STATUSES = ("new", "confirmed", "dismissed")


@audited("signal.triage")
def signal_triage(*, signal: UUID, status: str, note: str = "", by: Viewer) -> Signal:
    """Confirm or dismiss a signal, or put it back among the new ones."""
    row: Signal = Signal.objects.one(signal)
    zone = city.zone_get(viewer=by, zone=row.zone_id)
    policy.require(by, SIGNAL_TRIAGE, zone=zone.path)
    if status not in STATUSES:
        raise Invalid(
            _("'%(status)s' is not a state of a signal.") % {"status": status},
            remedy=_("Choose one of %(names)s.") % {"names": ", ".join(STATUSES)},
        )
    if row.status == "expired":
        raise Conflict(_("This signal has ended by itself."), remedy=_("A new one is raised if the excess returns."))
    if status == "dismissed" and not note.strip():
        raise Invalid(_("A signal is dismissed with a reason."), remedy=_("Write why it is none."))
    revised = record_revise(row, by=by, status=status, note=note, triaged_by=by.id, triaged_at=clock.now())
    audit_note(status=status, series=row.series, zone=row.zone_number)
    outbox.publish(
        topic=events.SIGNAL_TRIAGED,
        record_kind="signal",
        record_id=row.id,
        payload={
            "zone_id": str(row.zone_id),
            "zone": row.zone_number,
            "series": row.series,
            "status": status,
        },
        by=by,
    )
    return revised
