"""The topics that trust publishes."""

PERSON_CREATED = "trust.person_created"
PERSON_DEACTIVATED = "trust.person_deactivated"
PERSON_ERASED = "trust.person_erased"
ASSIGNMENT_CHANGED = "trust.assignment_changed"
ROLE_CHANGED = "trust.role_changed"
ORGANISATION_CHANGED = "trust.organisation_changed"
