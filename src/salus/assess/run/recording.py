"""Writes an assessment: held against what stood before, in the transaction of the service."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from salus.assess import events, frames
from salus.assess.models import Assessment, Estimate, RuleTable, Signal
from salus.assess.rules.document import RuleDocument
from salus.assess.run.compute import Computed
from salus.assess.run.levels import LevelChange, record_levels
from salus.assess.run.raising import SignalChange, record_signals
from salus.base import clock, outbox
from salus.base.audit import note
from salus.base.chain import Ref, link
from salus.base.errors import Conflict
from salus.gather import selectors as gather
from salus.trust.schemas import Viewer

ASSESSMENT, SIGNAL, RISK_LEVEL, BATCH = "assessment", "signal", "risk_level", "observation_batch"
_AT_ONCE = 200


@dataclass(frozen=True)
class Recording:
    """What is being written, by whom and when."""

    computed: Computed
    document: RuleDocument
    rule_table: RuleTable
    assessment: Assessment
    moment: datetime
    by: Viewer


def record(*, computed: Computed, document: RuleDocument, rule_table: RuleTable, by: Viewer) -> Assessment:
    """Write an assessment with its signals, estimates and levels, and tell of what changed."""
    started = time.perf_counter()
    same = Assessment.objects.filter(
        known_at=computed.known_at,
        inputs_digest=computed.inputs_digest,
        rule_table_number=rule_table.number,
    ).first()
    if same is not None:
        note(unchanged=True)
        return same
    refuse_before_newest(computed.known_at)
    moment = clock.now()
    work = Recording(computed, document, rule_table, _assessment(computed, rule_table, moment, by), moment, by)
    signals = record_signals(work)
    levels = record_levels(work)
    _record_estimates(work)
    _link_and_tell(work, signals, levels)
    made = work.assessment
    made.summary = _summary(computed, signals, levels)
    made.timings = {**computed.timings, "write": round((time.perf_counter() - started) * 1000, 1)}
    made.save(force_insert=True)
    told = {"known_at": computed.known_at.isoformat(), **made.summary}
    outbox.publish(topic=events.COMPLETED, record_kind=ASSESSMENT, record_id=made.id, payload=told, by=by)
    note(**told)
    return made


def refuse_before_newest(known_at: datetime) -> None:
    """Refuse an assessment of an earlier moment than the newest: levels would run backwards."""
    later = Assessment.objects.filter(known_at__gt=known_at).order_by("-known_at").first()
    if later is not None:
        raise Conflict(
            f"The city was already assessed as known at {later.known_at:%Y-%m-%d %H:%M} UTC, which is later.",
            remedy="Look at that past moment with the clock in the header: its assessment is kept.",
        )


def _assessment(computed: Computed, rule_table: RuleTable, moment: datetime, by: Viewer) -> Assessment:
    return Assessment(
        known_at=computed.known_at,
        recorded_at=moment,
        recorded_by=by.id,
        status="done" if computed.anything_known else "nothing_known",
        methods=computed.methods,
        inputs=computed.inputs,
        inputs_digest=computed.inputs_digest,
        results_digest=computed.results_digest,
        rule_table_id=rule_table.id,
        rule_table_number=rule_table.number,
        seed=computed.seed,
    )


def _record_estimates(work: Recording) -> None:
    rows = []
    for draft in work.computed.estimates:
        area = work.computed.areas.rows[draft.place]
        rows.append(
            Estimate(
                assessment_id=work.assessment.id,
                recorded_at=work.moment,
                kind=draft.kind,
                series=draft.series,
                role=draft.role,
                zone_id=area.id,
                zone_number=area.number,
                zone_level=area.level,
                method=draft.method,
                method_version=draft.version,
                undefined=draft.undefined,
                frame=frames.pack(draft.content),
            )
        )
    Estimate.objects.bulk_create(rows, batch_size=_AT_ONCE)


def _link_and_tell(work: Recording, signals: Sequence[SignalChange], levels: Sequence[LevelChange]) -> None:
    for raised in (change for change in signals if change.action == "raise"):
        _link_signal(work, raised.row)
    for change in levels:
        _link_level(work, change)


def _link_signal(work: Recording, row: Signal) -> None:
    """Link a signal to the batch that brought the observation, and tell of it."""
    target = Ref(SIGNAL, row.id, work.moment)
    history = gather.observation_history(
        viewer=work.by,
        series=row.series,
        zone=row.zone_number,
        valid_on=row.valid_on,
        known_at=work.computed.known_at,
    )
    newest = history[-1] if history else None
    if newest is not None and newest.import_id is not None:
        source = Ref(BATCH, newest.import_id, newest.known_at)
        link(source=source, target=target, relation="raised", by=work.by)
    outbox.publish(
        topic=events.SIGNAL_RAISED,
        record_kind=SIGNAL,
        record_id=row.id,
        payload={
            "zone_id": str(row.zone_id),
            "zone": row.zone_number,
            "zone_level": row.zone_level,
            "series": row.series,
            "role": row.role,
            "valid_on": row.valid_on.isoformat(),
            "assessment": str(work.assessment.id),
        },
        by=work.by,
    )


def _link_level(work: Recording, change: LevelChange) -> None:
    """Link a level to the assessment and, where it rose, to the zone's signals; and tell of it."""
    row = change.row
    target = Ref(RISK_LEVEL, row.id, work.moment)
    source = Ref(ASSESSMENT, work.assessment.id, work.moment)
    link(source=source, target=target, relation=change.direction, by=work.by)
    if change.direction == "raised":
        open_here = Signal.objects.known().filter(
            zone_number=row.zone_number, ended_on__isnull=True, status__in=["new", "confirmed"]
        )
        for signal in open_here.order_by("created_at", "id"):
            found = Ref(SIGNAL, signal.id, signal.created_at)
            link(source=found, target=target, relation="contributed", by=work.by)
    topic = {"raised": events.LEVEL_RAISED, "lowered": events.LEVEL_LOWERED}.get(change.direction)
    if topic is None:
        return
    outbox.publish(
        topic=topic,
        record_kind=RISK_LEVEL,
        record_id=row.id,
        payload={
            "zone_id": str(row.zone_id),
            "zone": row.zone_number,
            "zone_level": row.zone_level,
            "from": change.before,
            "to": row.level,
            "assessment": str(work.assessment.id),
        },
        by=work.by,
    )


def _summary(computed: Computed, signals: Sequence[SignalChange], levels: Sequence[LevelChange]) -> dict[str, Any]:
    return {
        "zones": len(computed.areas.rows),
        "series": len({row["series"] for row in computed.inputs if row["rows"]}),
        "signals_raised": sum(change.action == "raise" for change in signals),
        "signals_ended": sum(change.action == "end" for change in signals),
        "levels_raised": sum(change.direction == "raised" for change in levels),
        "levels_lowered": sum(change.direction == "lowered" for change in levels),
        "estimates": len(computed.estimates),
    }
