"""What a reader of releases is handed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from salus.base.texts import LocalText

KINDS = ("situation", "decision", "alert", "data")
FIRST = "0" * 64


@dataclass(frozen=True, slots=True)
class ReleaseSummary:
    """A release without its body."""

    number: int
    id: UUID
    kind: str
    subject: str
    title: LocalText
    published_at: datetime
    known_at: datetime
    languages: tuple[str, ...]
    exercise: bool
    correction_of: int | None
    correction_note: LocalText
    sha256: str
    files: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReleaseRow(ReleaseSummary):
    """A release with everything that it says."""

    body: dict[str, Any]
    body_sha256: str
    previous_sha256: str


@dataclass(frozen=True, slots=True)
class FileRow:
    """A release in one file format."""

    name: str
    media_type: str
    filename: str
    content: bytes
    sha256: str


@dataclass(frozen=True, slots=True)
class ReleaseVerdict:
    """Whether the chain of releases holds, and the first that does not."""

    checked: int
    good: bool
    first_bad: int | None = None
    reason: str = ""
