"""Assessing the city. The numerics are imported only when it is done, so pages stay light."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.utils.translation import gettext as _

from salus.assess.models import Assessment, RuleTable
from salus.assess.permissions import ASSESSMENT_RUN
from salus.assess.rule_store import document_of, rule_table_in_force
from salus.assess.schemas import Verification
from salus.base.audit import audited, note
from salus.base.errors import NotFound
from salus.trust import policy
from salus.trust.schemas import Viewer

if TYPE_CHECKING:
    from salus.assess.run.compute import Computed, Report


def assessment_run(*, progress: Report | None = None, by: Viewer) -> Assessment:
    """Assess the city on what is known now; the numbers are made before the write begins.

    The transaction holds the write alone: seconds of arithmetic inside one would keep every
    other writer waiting.
    """
    policy.require(by, ASSESSMENT_RUN)
    from salus.assess.run.execute import prepare

    rule_table = rule_table_in_force()
    computed = prepare(rule_table=rule_table, report=progress, by=by)
    made = assessment_record(computed=computed, rule_table=rule_table, by=by)
    if progress is not None:
        progress(5, 5, "")
    return made


@audited("assessment.run")
def assessment_record(*, computed: Computed, rule_table: RuleTable, by: Viewer) -> Assessment:
    """Write an assessment whose numbers are there."""
    policy.require(by, ASSESSMENT_RUN)
    from salus.assess.run.recording import record

    document = document_of(rule_table)
    return record(computed=computed, document=document, rule_table=rule_table, by=by)


# The write inside is the audited part; the house test looks for the mark.
assessment_run.audit_action = "assessment.run"  # type: ignore[attr-defined]


@audited("assessment.verify")
def assessment_verify(*, assessment: UUID, by: Viewer) -> Verification:
    """Make a past assessment's numbers again and say whether they are the same."""
    policy.require(by, ASSESSMENT_RUN)
    from salus.assess.run.execute import compute_again

    row = Assessment.objects.filter(id=assessment).first()
    if row is None:
        raise NotFound(
            _("There is no such assessment."), remedy=_("The list of assessments shows those that there are.")
        )
    table = RuleTable.objects.get(id=row.rule_table_id, number=row.rule_table_number)
    again = compute_again(assessment=row, rule_table=table, by=by)
    found = Verification(
        row.id,
        same_inputs=again.inputs_digest == row.inputs_digest,
        same_results=again.results_digest == row.results_digest,
        same_code=again.methods == row.methods,
        changed=_changed(row.inputs, again.inputs),
    )
    note(same_inputs=found.same_inputs, same_results=found.same_results)
    return found


def _changed(before: list[dict[str, Any]], now: list[dict[str, Any]]) -> tuple[str, ...]:
    """Return the series of which something else was read."""
    then = {(entry["series"], entry["part"]): entry for entry in before}
    here = {(entry["series"], entry["part"]): entry for entry in now}
    return tuple(sorted({key[0] for key in then.keys() | here.keys() if then.get(key) != here.get(key)}))
