"""Identifiers: UUIDv7, ordered by the moment of their making."""

from __future__ import annotations

from uuid import UUID

import uuid_utils.compat as _uuid


def new_id() -> UUID:
    """Return a new time-ordered identifier."""
    return _uuid.uuid7()
