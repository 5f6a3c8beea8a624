"""The rights that the records of decide need; `trust` grants them."""

DECISION_VIEW = "decision.view"
DECISION_DRAFT = "decision.draft"
DECISION_SUBMIT = "decision.submit"
DECISION_APPROVE = "decision.approve"
DECISION_END = "decision.end"
# Lines that are closed and sites that are opened on a decision in force.
SERVICE_VIEW = "service.view"
SERVICE_ORDER = "service.order"
ALERT_VIEW = "alert.view"
ALERT_COMPOSE = "alert.compose"
RELEASE_VIEW = "release.view"
RELEASE_PUBLISH = "release.publish"
