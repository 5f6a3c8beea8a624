"""The reads of trust."""

from salus.trust.actors import ANONYMOUS, system_viewer
from salus.trust.selectors.organisations import organisation_get, organisation_list
from salus.trust.selectors.people import person_get, person_list, person_names
from salus.trust.selectors.roles import assignment_list, role_get, role_list
from salus.trust.selectors.viewers import people_exist, viewer_for

__all__ = [
    "ANONYMOUS",
    "assignment_list",
    "organisation_get",
    "organisation_list",
    "people_exist",
    "person_get",
    "person_list",
    "person_names",
    "role_get",
    "role_list",
    "system_viewer",
    "viewer_for",
]
