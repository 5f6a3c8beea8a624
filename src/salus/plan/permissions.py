"""The rights that the records of plan need; `trust` grants them."""

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
