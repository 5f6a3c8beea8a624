"""What the world refuses: every message says what to do."""

from __future__ import annotations


class WorldError(ValueError):
    """Base of every refusal of the world of an exercise."""
