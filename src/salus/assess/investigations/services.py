"""Writes of investigations: opened by a signal or a person, and every change a version."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Max
from django.utils.translation import gettext as _

from salus.assess import events
from salus.assess.investigations.document import definition_of, pack_named
from salus.assess.investigations.models import Finding, Investigation
from salus.assess.models import Signal
from salus.assess.permissions import INVESTIGATION_EDIT, INVESTIGATION_OPEN
from salus.base import chain, clock, outbox
from salus.base.audit import audited, note
from salus.base.chain import Ref
from salus.base.errors import Conflict, Invalid
from salus.base.versioned import record_create, record_revise
from salus.trust import policy
from salus.trust.schemas import Viewer

KIND = "investigation"
STATES = ("open", "supported", "rejected")


@audited("investigation.open")
def investigation_open(
    *, pack: str, source: str, signals: Sequence[UUID] = (), reason: str = "", by: Viewer
) -> Investigation:
    """Open an investigation with the case definition of a pack; signals join the one that is open."""
    policy.require(by, INVESTIGATION_OPEN)
    document = pack_named(pack)
    rows = [Signal.objects.one(signal) for signal in signals]
    standing = Investigation.objects.known().filter(status="open", pack=pack, source=source).first()
    if standing is not None:
        return _join(standing, rows, by)
    first = min((row.first_on for row in rows), default=clock.today())
    since = clock.day_start(first - timedelta(days=document.days_before))
    definition = {**document.definition.model_dump(mode="json"), "since": since.isoformat()}
    row = record_create(
        Investigation,
        number=(Investigation.objects.aggregate(most=Max("number"))["most"] or 0) + 1,
        pack=pack,
        title=dict(document.title),
        source=source,
        definition=definition,
        signal_ids=[str(one.id) for one in rows],
        zone_ids=sorted({str(one.zone_id) for one in rows}),
        note=reason,
        by=by,
    )
    note(number=row.number, pack=pack, signals=len(rows))
    _link(row, rows, by)
    _tell(row, by)
    return row


def _join(row: Investigation, signals: Sequence[Signal], by: Viewer) -> Investigation:
    """Add signals to an investigation that is open; those that are in it change nothing."""
    new = [one for one in signals if str(one.id) not in row.signal_ids]
    if not new:
        return row
    revised = record_revise(
        row,
        signal_ids=[*row.signal_ids, *(str(one.id) for one in new)],
        zone_ids=sorted({*row.zone_ids, *(str(one.zone_id) for one in new)}),
        by=by,
    )
    note(number=row.number, joined=len(new))
    _link(revised, new, by)
    _tell(revised, by)
    return revised


def _link(row: Investigation, signals: Sequence[Signal], by: Viewer) -> None:
    for one in signals:
        source = Ref("signal", one.id, one.created_at)
        chain.link(source=source, target=Ref(KIND, row.id, row.created_at), relation="opened", by=by)


@audited("investigation.define")
def definition_save(
    *, investigation: UUID, definition: Mapping[str, Any], expected_number: int, by: Viewer
) -> Investigation:
    """Change who counts as a case; the change has a number, and every later figure names it."""
    policy.require(by, INVESTIGATION_EDIT)
    row = _open_row(investigation)
    if row.definition_number != expected_number:
        raise Conflict(
            _("Somebody changed the case definition since you opened it."),
            remedy=_("Look at the newest one and try again."),
        )
    checked = definition_of(dict(definition))
    known = set(pack_named(row.pack).symptoms)
    if lost := set(checked.symptoms) - known:
        raise Invalid(
            _("The line list knows no symptom '%(name)s'.") % {"name": min(lost)},
            remedy=_("Choose of: %(names)s.") % {"names": ", ".join(sorted(known))},
        )
    stored = checked.model_dump(mode="json")
    if stored == row.definition:
        return row
    revised = record_revise(row, definition=stored, definition_number=row.definition_number + 1, by=by)
    note(number=row.number, definition=revised.definition_number)
    _tell(revised, by)
    return revised


@audited("investigation.suppose")
def hypotheses_save(*, investigation: UUID, hypotheses: Sequence[Mapping[str, str]], by: Viewer) -> Investigation:
    """Write what is supposed, and what became of it."""
    policy.require(by, INVESTIGATION_EDIT)
    row = _open_row(investigation)
    checked = [{"text": one["text"].strip(), "state": one["state"]} for one in hypotheses if one["text"].strip()]
    if wrong := [one["state"] for one in checked if one["state"] not in STATES]:
        raise Invalid(_("'%(state)s' is no state of a hypothesis.") % {"state": wrong[0]},
                      remedy=_("Choose one of %(names)s.") % {"names": ", ".join(STATES)})  # fmt: skip
    revised = record_revise(row, hypotheses=checked, by=by)
    _tell(revised, by)
    return revised


@audited("investigation.close")
def investigation_close(*, investigation: UUID, reason: str, by: Viewer) -> Investigation:
    """End an investigation, with what came of it."""
    policy.require(by, INVESTIGATION_EDIT)
    row = _open_row(investigation)
    if not reason.strip():
        raise Invalid(_("An investigation is closed with what was found."), remedy=_("Write one sentence."))
    revised = record_revise(row, status="closed", note=reason, by=by)
    _tell(revised, by)
    return revised


def _open_row(investigation: UUID) -> Investigation:
    row: Investigation = Investigation.objects.one(investigation)
    if row.status != "open":
        raise Conflict(_("This investigation is closed."), remedy=_("Open a new one."))
    return row


@audited("investigation.find")
def finding_record(
    *, investigation: UUID, known_at: datetime, content: Mapping[str, Any], by: Viewer
) -> Finding | None:
    """Keep what was found, unless it is what was found before."""
    policy.require(by, INVESTIGATION_EDIT)
    row: Investigation = Investigation.objects.one(investigation)
    text = json.dumps(content, sort_keys=True)
    digest = hashlib.sha256(f"{row.definition_number}\n{text}".encode()).hexdigest()
    before = Finding.objects.filter(investigation_id=row.id).order_by("-recorded_at", "-id").first()
    if before is not None and before.digest == digest:
        return before
    made = Finding.objects.create(
        investigation_id=row.id,
        known_at=known_at,
        recorded_at=clock.now(),
        recorded_by=by.id,
        definition_number=row.definition_number,
        content=dict(content),
        digest=digest,
    )
    note(number=row.number, cases=sum(content["counts"].values()))
    outbox.publish(topic=events.INVESTIGATION_FOUND, record_kind=KIND, record_id=row.id, payload={}, by=by)
    return made


def _tell(row: Investigation, by: Viewer) -> None:
    payload = {"number": row.number, "status": row.status, "definition": row.definition_number}
    outbox.publish(topic=events.INVESTIGATION_CHANGED, record_kind=KIND, record_id=row.id, payload=payload, by=by)
