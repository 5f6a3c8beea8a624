"""Makes an assessment: the numbers first, outside any transaction, then the write."""

from __future__ import annotations

from datetime import datetime

from salus.assess.models import Assessment, RuleTable
from salus.assess.rule_store import document_of
from salus.assess.run.compute import Computed, Phases, Report, compute
from salus.assess.run.recording import refuse_before_newest
from salus.base import clock
from salus.trust.schemas import Viewer


def prepare(*, rule_table: RuleTable, report: Report | None, by: Viewer) -> Computed:
    """Return the numbers of the present moment."""
    known_at = clock.now()
    refuse_before_newest(known_at)
    document = document_of(rule_table)
    return compute(document=document, known_at=known_at, viewer=by, phases=Phases(report))


def compute_again(*, assessment: Assessment, rule_table: RuleTable, by: Viewer) -> Computed:
    """Return the numbers of a past assessment once more, from what the store knew at its moment."""
    known_at: datetime = assessment.known_at
    document = document_of(rule_table)
    return compute(document=document, known_at=known_at, viewer=by, phases=Phases(None))
