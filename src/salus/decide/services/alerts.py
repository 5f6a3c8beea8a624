"""Composing alerts, and following them up."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext as _

from salus.base import chain, clock, outbox
from salus.base.audit import audited
from salus.base.chain import Ref
from salus.base.errors import Conflict, Invalid
from salus.base.ids import new_id
from salus.base.versioned import record_create, record_revise
from salus.city.selectors import city_get
from salus.decide import alerting, events
from salus.decide.describers import ALERT, DECISION
from salus.decide.models import Alert, Decision
from salus.decide.permissions import ALERT_COMPOSE
from salus.decide.releases.canonical import digest
from salus.decide.schemas import AlertWords
from salus.gather import cap
from salus.plan.scope import require_everywhere
from salus.trust.actors import system_viewer
from salus.trust.schemas import Tier, Viewer


@audited("alert.compose")
def alert_compose(*, decision: UUID, words: AlertWords | None = None, by: Viewer) -> Alert:
    """Compose an alert from an approved decision, in every language that its public text has."""
    row = _decision(decision, by)
    if row.status != "approved":
        raise Conflict(_("An alert needs a decision that is in force."), remedy=_("Have the decision approved first."))
    return _compose(row, words or AlertWords(), "Alert", None, by)


@audited("alert.update")
def alert_update(*, alert: UUID, words: AlertWords | None = None, by: Viewer) -> Alert:
    """Compose the message that takes the place of one that was published."""
    older = _published(alert)
    return _compose(_decision(older.decision_id, by), words or AlertWords(), "Update", older, by)


@audited("alert.cancel")
def alert_cancel(*, alert: UUID, reason: str = "", by: Viewer) -> Alert:
    """Compose the message that calls one off that was published."""
    older = _published(alert)
    words = AlertWords(description={"en": reason}) if reason else AlertWords()
    return _compose(_decision(older.decision_id, by), words, "Cancel", older, by)


@audited("alert.drop")
def alert_drop(*, alert: UUID, by: Viewer) -> Alert:
    """Throw a draft away; what was published can only be updated or cancelled."""
    row: Alert = Alert.objects.one(alert)
    require_everywhere(by, ALERT_COMPOSE, row.zone_ids, Tier.OPERATIONAL)
    if row.status != "draft":
        raise Conflict(_("This alert was published."), remedy=_("Cancel it instead."))
    return record_revise(row, by=by, status="dropped")


def _decision(decision: UUID, by: Viewer) -> Decision:
    row: Decision = Decision.objects.one(decision)
    require_everywhere(by, ALERT_COMPOSE, row.zone_ids, Tier.OPERATIONAL)
    return row


def _published(alert: UUID) -> Alert:
    row: Alert = Alert.objects.one(alert)
    if row.status != "published":
        raise Conflict(_("Only an alert that was published can be updated or cancelled."), remedy=_("Drop the draft."))
    return row


def _compose(decision: Decision, words: AlertWords, kind: str, older: Alert | None, by: Viewer) -> Alert:
    city = city_get(viewer=system_viewer("decide"))
    # The city's own order: what is kept as an object has none on every database.
    ordered = dict.fromkeys([*city.languages, *sorted(decision.public_text)])
    languages = [language for language in ordered if decision.public_text.get(language, "").strip()]
    if not languages:
        raise Invalid(_("The decision has no text for the public."), remedy=_("Write one in the decision."))
    _refuse_second_draft(decision, by)
    found = alerting.message(
        identifier=f"salus.{city.slug}.{decision.number}.{new_id().hex}",
        decision=decision,
        words=words,
        kind=kind,
        earlier=_earlier(older),
        languages=languages,
    )
    xml = alerting.checked_xml(found)
    row = _write(decision, found, xml, words, older, by)
    chain.link(source=Ref(DECISION, decision.id, decision.approved_at or decision.created_at), target=_ref(row),
               relation="warned", by=by)  # fmt: skip
    if older is not None:
        chain.link(source=_ref(older), target=_ref(row), relation=kind.lower(), by=by)
    payload = {"identifier": row.identifier, "decision": str(decision.id), "message_type": kind, "status": row.status}
    outbox.publish(topic=events.ALERT_COMPOSED, record_kind=ALERT, record_id=row.id, payload=payload, by=by)
    return row


def _refuse_second_draft(decision: Decision, by: Viewer) -> None:
    if Alert.objects.known().filter(decision_id=decision.id, status="draft").exists():
        raise Conflict(
            _("There is already a draft of an alert for this decision."), remedy=_("Publish it or drop it first.")
        )


def _earlier(older: Alert | None) -> list[Alert]:
    """Every message that this one follows, the newest first: a receiver may have missed some."""
    found: list[Alert] = []
    while older is not None:
        found.append(older)
        older = Alert.objects.known().filter(id=older.refers_to).first() if older.refers_to else None
    return found


def _write(decision: Decision, found: cap.Alert, xml: str, words: AlertWords, older: Alert | None, by: Viewer) -> Alert:
    now = clock.now()
    info = found.infos[0]
    return record_create(
        Alert,
        by=by,
        decision_id=decision.id,
        identifier=found.identifier,
        message_type=found.message_type,
        cap_status=found.status,
        sender=found.sender,
        sent_at=now,
        effective_at=now,
        expires_at=alerting.expiry_of(decision, words, now),
        languages=[one.language for one in found.infos],
        headline={one.language or "en": one.headline or "" for one in found.infos},
        zone_ids=list(decision.zone_ids),
        severity=info.severity,
        urgency=info.urgency,
        certainty=info.certainty,
        refers_to=older.id if older else None,
        xml=xml,
        xml_sha256=digest(xml),
        status="draft",
    )


def _ref(row: Alert) -> Ref:
    return Ref(ALERT, row.id, row.created_at)
