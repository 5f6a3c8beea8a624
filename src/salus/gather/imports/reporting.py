"""Telling how far an import is, to a job, to a terminal or to nobody."""

from __future__ import annotations

import contextlib
from typing import Any

from salus.base.jobs import JobCancelled, Progress
from salus.gather.imports.faults import disk_watched


class Reporter:
    """Passes progress on in the words of whoever listens: a job, or a callable (done, total, message)."""

    def __init__(self, listener: Any = None) -> None:
        self._listener = listener

    def __call__(self, done: int, total: int | None = None, message: str = "") -> None:
        """Tell how far it is; raises JobCancelled where somebody asked to stop."""
        if self._listener is None:
            return
        if isinstance(self._listener, Progress):
            with disk_watched():
                self._listener.update(done, total, message)
        else:
            self._listener(done, total, message)

    @contextlib.contextmanager
    def counting(self, total: int, message: str) -> Any:
        """Give a callable that takes the rows done since the last call."""
        done = 0

        def add(rows: int) -> None:
            nonlocal done
            done += rows
            self(done, total, message)

        yield add


__all__ = ["JobCancelled", "Reporter"]
