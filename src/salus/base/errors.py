"""Errors that a person is shown: each says what is wrong and what to do."""

from __future__ import annotations


class SalusError(Exception):
    """A refusal in plain words."""

    def __init__(self, message: str, *, remedy: str = "") -> None:
        super().__init__(f"{message} {remedy}".strip())
        self.message = message
        self.remedy = remedy


class Conflict(SalusError):
    """The record has changed since it was read."""


class NotFound(SalusError):
    """There is no such record, or the viewer may not know of it."""


class Invalid(SalusError):
    """What was given cannot be taken as it is."""


class Refused(SalusError):
    """The viewer is not allowed to do this."""
