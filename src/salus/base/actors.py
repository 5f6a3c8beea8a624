"""Who does something: the smallest shape that every write needs."""

from __future__ import annotations

from typing import Protocol, runtime_checkable
from uuid import UUID


@runtime_checkable
class Actor(Protocol):
    """Anybody or anything that can be named as the author of a write."""

    @property
    def id(self) -> UUID:
        """Return the pseudonymous identity that the audit keeps."""
        ...

    @property
    def kind(self) -> str:
        """Return `person`, `partner` or `system`."""
        ...
