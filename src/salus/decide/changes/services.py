"""Closing lines and opening sites, and taking that back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from salus.base import chain, clock, outbox
from salus.base.audit import audited, note
from salus.base.chain import Ref
from salus.base.errors import Conflict, Refused
from salus.base.versioned import record_create, record_revise
from salus.city.selectors import facility_get, line_get
from salus.decide import events
from salus.decide.changes import rules
from salus.decide.changes.schemas import LINE_CLOSED, SITE_OPENED, SiteHours, Span
from salus.decide.describers import DECISION, SERVICE_CHANGE
from salus.decide.models import Decision, ServiceChange
from salus.decide.permissions import SERVICE_ORDER
from salus.plan.scope import require_everywhere
from salus.trust.schemas import Tier, Viewer

_TIER = Tier.OPERATIONAL


@audited("service.close_line")
def line_close(
    *,
    line: UUID,
    decision: UUID,
    zone_ids: Sequence[UUID] | None = None,
    span: Span | None = None,
    measure: str = "",
    reason: str,
    by: Viewer,
) -> ServiceChange:
    """Close a line because of a decision: everywhere where it stops, or in some areas only."""
    held = rules.standing(decision)
    row = line_get(viewer=by, line=line)
    served = set(row.zone_ids)
    wanted = served if zone_ids is None else rules.smallest(zone_ids) & served
    require_everywhere(by, SERVICE_ORDER, wanted, _TIER)
    rules.require_within(wanted, rules.ground(held), held)
    first, last = rules.checked_span(span or Span(), held)
    rules.refuse_twice(wanted, first, last, list(ServiceChange.objects.known().filter(line_id=line)))
    ordered = [zone for zone in row.zone_ids if zone in wanted]
    fields = {"kind": LINE_CLOSED, "line_id": line, "whole": wanted == served}
    return _ordered(held, fields, ordered, (first, last), measure, reason, by)


@audited("service.open_site")
def site_open(
    *,
    facility: UUID,
    site: str,
    hours: SiteHours,
    decision: UUID,
    zone_ids: Sequence[UUID] | None = None,
    span: Span | None = None,
    measure: str = "",
    reason: str,
    by: Viewer,
) -> ServiceChange:
    """Open a site in a facility because of a decision: for the people of its areas, or of some of them."""
    held = rules.standing(decision)
    place = facility_get(viewer=by, facility=facility)
    allowed = rules.ground(held)
    wanted = set(allowed) if zone_ids is None else rules.smallest(zone_ids)
    require_everywhere(by, SERVICE_ORDER, wanted, _TIER)
    rules.require_within(wanted, allowed, held)
    rules.check_hours(hours, site)
    if place.status in ("closed", "planned"):
        raise Conflict(_("This facility is not open."), remedy=_("Choose another one, or have it opened first."))
    first, last = rules.checked_span(span or Span(), held)
    there = ServiceChange.objects.known().filter(facility_id=facility, site=site)
    rules.refuse_twice(wanted, first, last, list(there))
    ordered = [zone for zone in allowed if zone in wanted]
    fields = {"kind": SITE_OPENED, "facility_id": facility, "site": site, **_hours(hours)}
    return _ordered(held, fields, ordered, (first, last), measure, reason, by)


@audited("service.revise")
def service_change_revise(
    *, change: UUID, hours: SiteHours | None = None, span: Span | None = None, reason: str, by: Viewer
) -> ServiceChange:
    """Change when a site is open and for how many, or until when a change of service holds."""
    row = _open(change, by)
    changes: dict[str, Any] = {"reason": rules.require_reason(reason)}
    if hours is not None and row.kind == SITE_OPENED:
        rules.check_hours(hours, row.site)
        changes |= _hours(hours)
    if span is not None:
        rules.checked_span(Span(from_on=max(row.from_on, clock.today()), until_on=span.until_on), _decision(row))
        changes["until_on"] = span.until_on
    note(number=row.number, fields=sorted(changes))
    return _told(record_revise(row, by=by, **changes), by)


@audited("service.end")
def service_change_end(*, change: UUID, reason: str, by: Viewer) -> ServiceChange:
    """Let a closed line run again, or close a site: from now on."""
    row = _open(change, by)
    words = rules.require_reason(reason)
    note(number=row.number)
    return _told(record_revise(row, by=by, status="ended", ended_at=clock.now(), ended_reason=words), by)


def _hours(hours: SiteHours) -> dict[str, Any]:
    weekdays = sorted(set(hours.weekdays))
    return {"per_day": hours.per_day, "weekdays": weekdays, "opens": hours.opens, "closes": hours.closes}


def _decision(row: ServiceChange) -> Decision:
    found: Decision = Decision.objects.one(row.decision_id)
    return found


def _open(change: UUID, by: Viewer) -> ServiceChange:
    row: ServiceChange = ServiceChange.objects.one(change)
    require_everywhere(by, SERVICE_ORDER, row.zone_ids, _TIER)
    if row.status != "ordered":
        raise Conflict(_("This change of service has ended already."), remedy=_("Order a new one."))
    return row


def _ordered(
    held: Decision, fields: dict[str, Any], zones: Sequence[UUID], days: tuple[Any, Any], measure: str, reason: str,
    by: Viewer,
) -> ServiceChange:  # fmt: skip
    """Write the order and link it to its decision: whoever gives it answers for it."""
    if by.kind == "system":
        raise Refused(_("A machine closes no line and opens no site."), remedy=_("A person with the right must do it."))
    content = {
        **fields,
        "decision_id": held.id,
        "measure": measure if measure in held.measures else "",
        "zone_ids": [str(zone) for zone in zones],
        "from_on": days[0],
        "until_on": days[1],
        "reason": rules.require_reason(reason),
        "accountable_id": by.id,
    }
    row = _create_numbered(content, by)
    source = Ref(DECISION, held.id, held.approved_at or held.created_at)
    target = Ref(SERVICE_CHANGE, row.id, row.created_at)
    chain.link(source=source, target=target, relation="ordered", by=by)
    note(number=row.number, decision=held.number, kind=row.kind)
    return _told(row, by)


def _create_numbered(content: dict[str, Any], by: Viewer) -> ServiceChange:
    for _attempt in range(20):
        newest = ServiceChange.objects.aggregate(newest=Max("number"))["newest"] or 0
        try:
            with transaction.atomic():
                return record_create(ServiceChange, by=by, number=newest + 1, **content)
        except IntegrityError:
            # Two people ordered something in the same moment: take the next number.
            continue
    raise Conflict(_("Too much is ordered at once."), remedy=_("Try again."))


def _told(row: ServiceChange, by: Viewer) -> ServiceChange:
    payload = {"number": row.number, "kind": row.kind, "status": row.status, "decision": str(row.decision_id)}
    outbox.publish(topic=events.SERVICE_CHANGED, record_kind=SERVICE_CHANGE, record_id=row.id, payload=payload, by=by)
    return row
