"""The writes of trust."""

from salus.trust.services.organisations import organisation_create, organisation_revise
from salus.trust.services.passwords import password_change, password_reset
from salus.trust.services.people import (
    ADMINISTRATOR,
    administrator_bootstrap,
    contact_set,
    person_create,
    person_deactivate,
    person_erase,
    person_rename,
    sessions_end,
)
from salus.trust.services.roles import role_assign, role_define, role_withdraw, roles_load

__all__ = [
    "ADMINISTRATOR",
    "administrator_bootstrap",
    "contact_set",
    "organisation_create",
    "organisation_revise",
    "password_change",
    "password_reset",
    "person_create",
    "person_deactivate",
    "person_erase",
    "person_rename",
    "role_assign",
    "role_define",
    "role_withdraw",
    "roles_load",
    "sessions_end",
]
