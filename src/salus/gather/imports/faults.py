"""Faults of a whole import, each with what to do."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import DatabaseError
from django.utils.translation import gettext as _

from salus.base.errors import Conflict, Invalid

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


class Unreadable(Invalid):
    """The file cannot be read at all."""


class NeedsAnswer(Invalid):
    """The file can be read in more than one way: a person has to say which."""

    def __init__(self, message: str, *, remedy: str, question: dict[str, Any]) -> None:
        super().__init__(message, remedy=remedy)
        self.question = question


class DiskFull(Conflict):
    """There is no room; nothing half-written is visible and the work can go on later."""


@contextmanager
def disk_watched() -> Iterator[None]:
    """Turn a full disk, wherever it shows, into plain words."""
    try:
        yield
    except OSError as error:
        if error.errno not in _FULL:
            raise
        raise _full() from error
    except DatabaseError as error:
        if not _database_is_full(error):
            raise
        raise _full() from error


def _database_is_full(error: DatabaseError) -> bool:
    cause = error.__cause__
    return "disk is full" in str(error) or getattr(cause, "sqlstate", "") == "53100"


def _full() -> DiskFull:
    return DiskFull(
        _("The disk is full. Nothing of this import is visible, and what was read so far is kept."),
        remedy=_("Free some space, then resume the import."),
    )
