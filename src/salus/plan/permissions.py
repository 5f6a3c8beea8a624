"""The rights that the records of plan need; `trust` grants them."""

from salus.plan.exercises.permissions import EXERCISE_DESIGN, EXERCISE_DIRECT, EXERCISE_VIEW

__all__ = [
    "DECIDE_APPROVE",
    "DECIDE_DRAFT",
    "EXERCISE_DESIGN",
    "EXERCISE_DIRECT",
    "EXERCISE_VIEW",
    "MEASURE_EDIT",
    "MEASURE_VIEW",
    "PLAYBOOK_EDIT",
    "PLAYBOOK_VIEW",
    "PROPOSAL_DROP",
    "PROPOSAL_RAISE",
    "PROPOSAL_VIEW",
]

MEASURE_VIEW = "measure.view"
MEASURE_EDIT = "measure.edit"
PLAYBOOK_VIEW = "playbook.view"
PLAYBOOK_EDIT = "playbook.edit"
PROPOSAL_VIEW = "proposal.view"
PROPOSAL_RAISE = "proposal.raise"
PROPOSAL_DROP = "proposal.drop"
# Rights of the next step that plan asks for: deciding on a proposal changes it.
DECIDE_DRAFT = "decision.draft"
DECIDE_APPROVE = "decision.approve"
