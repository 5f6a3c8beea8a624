"""What crosses the edge of trust."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum
from uuid import UUID

from salus.base.texts import LocalText


class Tier(IntEnum):
    """How far a record may travel; each tier contains the ones below it."""

    PUBLIC = 0
    PARTNER = 1
    OPERATIONAL = 2
    SENSITIVE = 3
    PERSONAL = 4


@dataclass(frozen=True, slots=True)
class Grant:
    """One role as one person holds it: what, where, up to which tier and for which purposes."""

    role: str
    permissions: frozenset[str]
    zones: frozenset[UUID] | None = None
    max_tier: Tier = Tier.OPERATIONAL
    purposes: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Viewer:
    """Whoever looks or acts, with everything that the policy needs to judge."""

    id: UUID
    kind: str
    name: str
    organisation_id: UUID | None = None
    grants: tuple[Grant, ...] = ()
    purpose: str = "response"

    @property
    def roles(self) -> tuple[str, ...]:
        """Return the roles held, without repetition, in order."""
        return tuple(sorted({grant.role for grant in self.grants}))


@dataclass(frozen=True, slots=True)
class Contact:
    """How a person is reached: personal data, shown only to those with the right."""

    email: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A person as colleagues see them; `contact` only where asked for and allowed."""

    id: UUID
    username: str
    name: str
    organisation_id: UUID | None
    active: bool
    demo: bool
    must_change_password: bool
    created_at: datetime
    last_login: datetime | None = None
    roles: tuple[str, ...] = ()
    erased: bool = False
    contact: Contact | None = None


@dataclass(frozen=True, slots=True)
class OrganisationRow:
    """An organisation and where it stands in the tree; `path` is itself first, then those above."""

    id: UUID
    code: str
    name: LocalText
    kind: str
    parent_id: UUID | None
    path: tuple[UUID, ...]
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class RoleRow:
    """A role: named rights with their ceiling."""

    id: UUID
    code: str
    name: LocalText
    description: LocalText
    permissions: tuple[str, ...]
    max_tier: Tier
    purposes: tuple[str, ...] | None
    pack_version: int
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class AssignmentRow:
    """A role given to a person, for a zone and everything inside it or for the whole city."""

    id: UUID
    person_id: UUID
    role: str
    zone_id: UUID | None
    organisation_id: UUID | None
    until: datetime | None
    status: str
    created_at: datetime
    recorded_at: datetime
    recorded_by: UUID


@dataclass(frozen=True, slots=True)
class RoleDraft:
    """A role as it stands in a pack or comes from a form."""

    code: str
    name: LocalText
    description: LocalText = field(default_factory=dict)
    permissions: tuple[str, ...] = ()
    max_tier: Tier = Tier.OPERATIONAL
    purposes: tuple[str, ...] | None = None
    pack_version: int = 0


@dataclass(frozen=True, slots=True)
class OneTimePassword:
    """A password that is shown once and must be changed at the first sign-in."""

    id: UUID
    username: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class NewPerson:
    """A person as just created; the one-time password is shown now or never."""

    id: UUID
    username: str
    one_time_password: str = field(default="", repr=False)
