"""The topics that decide publishes, and what they carry."""

# record: the decision. {"number", "status", "proposal"}
DECISION_DRAFTED = "decide.decision_drafted"
DECISION_SUBMITTED = "decide.decision_submitted"
DECISION_REJECTED = "decide.decision_rejected"
# record: the decision. {"number", "status", "proposal", "measures", "zone_ids"}
DECISION_APPROVED = "decide.decision_approved"
# record: the decision. {"number", "status", "proposal", "reason"}
DECISION_ENDED = "decide.decision_ended"
# record: the change of service. {"number", "kind", "status", "decision"}
SERVICE_CHANGED = "decide.service_changed"
# record: the alert. {"identifier", "decision", "message_type", "status"}
ALERT_COMPOSED = "decide.alert_composed"
ALERT_CHANGED = "decide.alert_changed"
# record: the release. {"number", "kind", "subject", "correction_of"}
RELEASE_PUBLISHED = "decide.release_published"
# record: the setting. {"on"}
AUTOPUBLISH_SET = "decide.autopublish_set"
