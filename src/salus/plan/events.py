"""The topics that plan publishes, and what they carry."""

# record: the proposal. {"zone_ids", "level_to", "options"}
PROPOSAL_RAISED = "plan.proposal_raised"
# record: the proposal. {"status", "decision"}
PROPOSAL_CHANGED = "plan.proposal_changed"
# record: the measure. {"code"}
MEASURE_CHANGED = "plan.measure_changed"
# record: the playbook. {"code"}
PLAYBOOK_CHANGED = "plan.playbook_changed"
