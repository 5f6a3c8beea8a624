"""The reads of decide for the operations room; the public reads `decide.releases`."""

from salus.decide.selectors.alerts import alert_get, alert_list
from salus.decide.selectors.decisions import (
    decision_by_number,
    decision_evidence_verify,
    decision_gaps,
    decision_get,
    decision_history,
    decision_list,
    measures_in_force,
)
from salus.decide.selectors.settings import situation_autopublish

__all__ = [
    "alert_get",
    "alert_list",
    "decision_by_number",
    "decision_evidence_verify",
    "decision_gaps",
    "decision_get",
    "decision_history",
    "decision_list",
    "measures_in_force",
    "situation_autopublish",
]
