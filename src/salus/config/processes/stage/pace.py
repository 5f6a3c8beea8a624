"""How the clock of an exercise is stopped and goes on."""

from __future__ import annotations

from salus.base import clock
from salus.base.errors import Invalid
from salus.base.selectors import last_recorded
from salus.base.services import clock_set
from salus.trust.schemas import Viewer

_TRIES = 5


def pace(*, paused: bool, speed: str = "", by: Viewer) -> None:
    """Stop the clock or let it go on from now.

    Another process notices half a second late that a fast clock was stopped, and may have written
    something some minutes after that; the clock goes on after whatever was written last.
    """
    for left in reversed(range(_TRIES)):
        clock.forget()
        written = last_recorded()
        moment = clock.now() if written is None else max(clock.now(), written)
        try:
            clock_set(mode="exercise", at=moment, speed=speed, paused=paused, by=by)
            return
        except Invalid:
            if not left:
                raise
