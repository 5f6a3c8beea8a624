"""Writes an assessment: held against what stood before, in the transaction of the service."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from salus.assess import events, frames
from salus.assess.models import Assessment, Estimate, RuleTable
from salus.assess.rules.document import RuleDocument
from salus.assess.run.compute import Computed
from salus.assess.run.levels import LevelChange, record_levels
from salus.assess.run.raising import SignalChange, record_signals
from salus.assess.run.telling import ASSESSMENT, link_and_tell
from salus.base import clock, outbox
from salus.base.audit import note
from salus.base.errors import Conflict
from salus.trust.schemas import Viewer

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
    link_and_tell(work, signals, levels)
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
            _("The city was already assessed as known at %(moment)s UTC, which is later.")
            % {"moment": f"{later.known_at:%Y-%m-%d %H:%M}"},
            remedy=_("Look at that past moment with the clock in the header: its assessment is kept."),
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
