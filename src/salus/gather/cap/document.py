"""The message as a value: texts are kept exactly as they stand, so that what came in can go out equal."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Defect:
    """What is wrong with a message, where, and whether it makes the message unfit."""

    where: str
    what: str
    fatal: bool = True


@dataclass(frozen=True, slots=True)
class Named:
    """A name with a value: an event code, a parameter or a geocode."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Resource:
    """A file that goes with a message."""

    description: str = ""
    mime_type: str = ""
    size: str | None = None
    uri: str | None = None
    deref_uri: str | None = None
    digest: str | None = None


@dataclass(frozen=True, slots=True)
class Area:
    """Where a message holds."""

    description: str = ""
    polygons: tuple[str, ...] = ()
    circles: tuple[str, ...] = ()
    geocodes: tuple[Named, ...] = ()
    altitude: str | None = None
    ceiling: str | None = None


@dataclass(frozen=True, slots=True)
class Info:
    """What a message says, in one language."""

    language: str | None = None
    categories: tuple[str, ...] = ()
    event: str = ""
    response_types: tuple[str, ...] = ()
    urgency: str = ""
    severity: str = ""
    certainty: str = ""
    audience: str | None = None
    event_codes: tuple[Named, ...] = ()
    effective: str | None = None
    onset: str | None = None
    expires: str | None = None
    sender_name: str | None = None
    headline: str | None = None
    description: str | None = None
    instruction: str | None = None
    web: str | None = None
    contact: str | None = None
    parameters: tuple[Named, ...] = ()
    resources: tuple[Resource, ...] = ()
    areas: tuple[Area, ...] = ()


@dataclass(frozen=True, slots=True)
class Alert:
    """One message of the protocol."""

    identifier: str = ""
    sender: str = ""
    sent: str = ""
    status: str = ""
    message_type: str = ""
    source: str | None = None
    scope: str = ""
    restriction: str | None = None
    addresses: str | None = None
    codes: tuple[str, ...] = ()
    note: str | None = None
    references: str | None = None
    incidents: str | None = None
    infos: tuple[Info, ...] = ()

    @property
    def reference(self) -> str:
        """Return how a later message refers to this one."""
        return f"{self.sender},{self.identifier},{self.sent}"
