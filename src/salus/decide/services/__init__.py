"""The writes of decide."""

from salus.decide.services.alerts import alert_cancel, alert_compose, alert_drop, alert_update
from salus.decide.services.decisions import (
    decision_approve,
    decision_draft,
    decision_end,
    decision_reject,
    decision_revise,
    decision_submit,
    decision_withdraw,
)
from salus.decide.services.releases import release_publish, situation_autopublish_set

__all__ = [
    "alert_cancel",
    "alert_compose",
    "alert_drop",
    "alert_update",
    "decision_approve",
    "decision_draft",
    "decision_end",
    "decision_reject",
    "decision_revise",
    "decision_submit",
    "decision_withdraw",
    "release_publish",
    "situation_autopublish_set",
]
