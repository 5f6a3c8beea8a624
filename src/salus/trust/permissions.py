"""The rights of trust, and the shape of every right: `thing.action`.

Roles grant rights by name or by `thing.*`. A right to export is never granted by a pattern:
taking data out of the product is its own right.
"""

from __future__ import annotations

PERSON_VIEW = "person.view"
PERSON_CONTACT = "person.contact"
PERSON_MANAGE = "person.manage"
PERSON_ERASE = "person.erase"
ORGANISATION_VIEW = "organisation.view"
ORGANISATION_MANAGE = "organisation.manage"
ROLE_VIEW = "role.view"
ROLE_MANAGE = "role.manage"
EXPORT = "export"

# Held by the product's own machinery only; no role may carry it.
EVERYTHING = "*"


def is_export(permission: str) -> bool:
    """Return whether a right takes data out of the product."""
    return permission.rsplit(".", 1)[-1] == EXPORT


def covers(granted: frozenset[str], permission: str) -> bool:
    """Return whether a set of granted names and patterns contains a right."""
    if permission in granted:
        return True
    if is_export(permission):
        return False
    return permission.split(".", 1)[0] + ".*" in granted
