"""Publishing: the only way by which anything reaches the public."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from salus.assess.selectors import assessment_latest
from salus.base import chain, clock, outbox
from salus.base.audit import audited, note
from salus.base.chain import Ref
from salus.base.errors import Conflict, Invalid
from salus.base.texts import LocalText
from salus.base.versioned import record_create, record_revise
from salus.decide import alerting, events
from salus.decide.describers import ALERT, DECISION, RELEASE, SHARED
from salus.decide.models import Alert, Decision, PublicationSetting, Release
from salus.decide.permissions import RELEASE_PUBLISH
from salus.decide.publication.alerts import alert as alert_body
from salus.decide.publication.data import data as data_body
from salus.decide.publication.decisions import decision as decision_body
from salus.decide.publication.naming import refuse_names
from salus.decide.publication.sealing import Draft, sealed
from salus.decide.publication.situation import situation
from salus.decide.releases.canonical import digest
from salus.decide.rows import alert_row, decision_row
from salus.decide.selectors.settings import AUTOPUBLISH
from salus.trust import policy
from salus.trust.actors import system_viewer
from salus.trust.schemas import Viewer


@audited("release.publish")
def release_publish(
    *,
    kind: str,
    decision: UUID | None = None,
    alert: UUID | None = None,
    series: str = "",
    outcome: Mapping[str, Any] | None = None,
    correction_of: int | None = None,
    correction_note: LocalText | None = None,
    by: Viewer,
) -> Release:
    """Publish the situation, a decision, an alert or a series: sealed, numbered and for ever."""
    policy.require(by, RELEASE_PUBLISH)
    draft, sources = _draft(kind, decision, alert, series, outcome, by)
    corrected = Draft(
        draft.kind,
        draft.subject,
        draft.title,
        draft.body,
        draft.files,
        draft.known_at,
        correction_of,
        dict(correction_note or {}),
    )
    refuse_names(corrected)
    row = sealed(corrected, by)
    for source in sources:
        target = Ref(RELEASE, row.id, row.published_at)
        chain.link(source=source, target=target, relation="published", by=by)
    if alert is not None:
        _alert_is_out(alert, row, by)
    note(number=row.number, kind=kind, subject=row.subject, sha256=row.sha256)
    payload = {"number": row.number, "kind": kind, "subject": row.subject, "correction_of": correction_of}
    outbox.publish(topic=events.RELEASE_PUBLISHED, record_kind=RELEASE, record_id=row.id, payload=payload, by=by)
    return row


def _draft(
    kind: str, decision: UUID | None, alert: UUID | None, series: str, outcome: Mapping[str, Any] | None, by: Viewer
) -> tuple[Draft, list[Ref]]:
    now = clock.now()
    if kind == "situation":
        newest = assessment_latest(viewer=system_viewer("publisher"), known_at=now)
        return situation(now), [Ref("assessment", newest.id, newest.recorded_at)] if newest else []
    if kind == "decision" and decision is not None:
        return _decision_draft(decision, outcome)
    if kind == "alert" and alert is not None:
        return _alert_draft(alert, by)
    if kind == "data" and series:
        return data_body(series, now), []
    raise Invalid(
        _("There is nothing to publish as '%(kind)s'.") % {"kind": kind},
        remedy=_("Say which decision, alert or series it is."),
    )


def _decision_draft(decision: UUID, outcome: Mapping[str, Any] | None) -> tuple[Draft, list[Ref]]:
    row: Decision = Decision.objects.one(decision)
    if row.status not in SHARED:
        raise Conflict(_("Only an approved decision can be published."), remedy=_("Have it approved first."))
    source = Ref(DECISION, row.id, row.approved_at or row.created_at)
    return decision_body(decision_row(row), clock.now(), outcome), [source]


def _alert_draft(alert: UUID, by: Viewer) -> tuple[Draft, list[Ref]]:
    """Stamp the draft with the moment at which it goes out, and build its release."""
    row: Alert = Alert.objects.one(alert)
    if row.status != "draft":
        raise Conflict(_("This alert was published already."), remedy=_("Compose an update instead."))
    decision: Decision = Decision.objects.one(row.decision_id)
    if row.message_type != "Cancel" and decision.status != "approved":
        raise Conflict(_("The decision behind this alert is no longer in force."), remedy=_("Drop the alert."))
    now = clock.now()
    xml = alerting.restamped(row.xml, now)
    changes: dict[str, Any] = {"xml": xml, "xml_sha256": digest(xml), "sent_at": now, "effective_at": now}
    revised = record_revise(row, by=by, **changes)
    return alert_body(alert_row(revised), decision.number, now), [Ref(ALERT, row.id, row.created_at)]


def _alert_is_out(alert: UUID, release: Release, by: Viewer) -> None:
    row: Alert = Alert.objects.one(alert)
    revised = record_revise(row, by=by, status="published", release_number=release.number)
    _tell_alert(revised, by)
    older = Alert.objects.known().filter(id=row.refers_to).first() if row.refers_to else None
    if older is not None:
        ended = "cancelled" if row.message_type == "Cancel" else "replaced"
        _tell_alert(record_revise(older, by=by, status=ended), by)


def _tell_alert(row: Alert, by: Viewer) -> None:
    payload = {
        "identifier": row.identifier,
        "decision": str(row.decision_id),
        "message_type": row.message_type,
        "status": row.status,
    }
    outbox.publish(topic=events.ALERT_CHANGED, record_kind=ALERT, record_id=row.id, payload=payload, by=by)


@audited("release.autopublish_set")
def situation_autopublish_set(*, on: bool, by: Viewer) -> PublicationSetting:
    """Switch on or off that the situation is published by itself every day."""
    policy.require(by, RELEASE_PUBLISH)
    value = {"on": on, "by": str(by.id), "kind": by.kind}
    kept = PublicationSetting.objects.known().filter(key=AUTOPUBLISH).first()
    if kept is None:
        row = record_create(PublicationSetting, by=by, key=AUTOPUBLISH, value=value)
    else:
        row = record_revise(kept, by=by, value=value)
    note(on=on)
    outbox.publish(
        topic=events.AUTOPUBLISH_SET, record_kind="publication_setting", record_id=row.id, payload={"on": on}, by=by
    )
    return row
