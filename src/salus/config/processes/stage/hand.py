"""The director's hand on a stage: it follows what the desk wants, fires injects, and says how things stand."""

from __future__ import annotations

import logging
import signal
import threading
from datetime import date, timedelta
from typing import Any

from django.db import close_old_connections

from salus.base import clock, selectors
from salus.config.processes.stage import messages
from salus.config.processes.stage.due import Due, due
from salus.config.processes.stage.ledger import Ledger
from salus.config.processes.stage.pace import pace
from salus.config.processes.stage.status import Teller, days_behind, whole_days
from salus.plan.exercises import documents
from salus.plan.exercises.stages import Stage
from salus.trust.actors import system_viewer

log = logging.getLogger(__name__)
BEAT_SECONDS = 0.3
TELL_SECONDS = 1.0
# A world that is killed or slow is waited for: no day of the exercise should pass without its reports.
MOST_BEHIND = 7
WAITS = "The clock waits for the world, which is more than a week behind."


class Hand:
    """Follows the desk on one stage."""

    def __init__(self, stage: Stage) -> None:
        self.stage, self.design = stage, stage.design()
        self.ledger, self.teller = Ledger(stage, self.design), Teller(stage, self.design)
        self._waits = False

    def beat(self) -> str:
        """Do once all that is to be done; return the state in which the stage is."""
        wanted = self.stage.wanted()
        seen = self.teller.look()
        over = seen.day > self.design.days or wanted["ended"]
        stopped = bool(wanted["paused"] or over or wanted["review"])
        self._waits = not stopped and days_behind(self.stage, self.design) > MOST_BEHIND
        self._clock(stopped or self._waits, str(wanted["speed"]))
        if not over and not wanted["review"]:
            self._obey(wanted["fire"], seen.day)
            if not stopped:
                self._fire_due()
            self._tell_people()
        return "ended" if over else "paused" if stopped else "running"

    def say(self, state: str) -> None:
        """Tell the desk how things stand."""
        self.teller.tell(self.ledger, state, WAITS if self._waits else "")

    def _clock(self, stopped: bool, speed: str) -> None:
        """Set the clock as it is wanted, where it is not so already."""
        reading = clock.reading()
        label = speed or selectors.speed_label()
        if reading.paused != stopped or (label and selectors.speed_label() != label):
            pace(speed=label, paused=stopped, by=system_viewer(messages.DIRECTOR))

    def _obey(self, orders: list[dict[str, Any]], day: int) -> None:
        """Fire what the director wants to have fired now."""
        obeyed = self.ledger.obeyed()
        for order in orders:
            inject = documents.inject_from(order["inject"])
            if order["id"] in obeyed or inject.key in self.ledger.memory.fired:
                continue
            item = Due(inject, day, "director")
            self.ledger.fire(item, on=clock.today(), starts=self._next_day(), said=order["id"])

    def _fire_due(self) -> None:
        # What one inject brings can make another due on the same day.
        for _ in range(len(self.design.injects) + 1):
            before = dict(self.ledger.memory.triggered)
            found = due(self.design, self.teller.look(), self.ledger.memory)
            for item in found:
                planned = self.design.day_on(item.day) if item.planned else None
                self.ledger.fire(item, on=planned or clock.today(), starts=planned or self._next_day())
            if before != self.ledger.memory.triggered and not found:
                self.ledger.keep()
            if not found:
                return

    def _next_day(self) -> date:
        """Return the first day that the world has not yet let happen."""
        first = self.design.start_on - timedelta(days=self.design.lead_in_days)
        return max(clock.today(), first + timedelta(days=whole_days(self.stage)))

    def _tell_people(self) -> None:
        for row in self.ledger.untold():
            messages.tell(row)
            self.ledger.told(row)


def run(stage: Stage) -> None:
    """Follow the desk until the process is told to stop."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    if not stage.plan.exists():
        # A world without a director, such as a demonstration that was made before there were any.
        stop.wait()
        return
    hand = Hand(stage)
    waited = TELL_SECONDS
    while not stop.is_set():
        close_old_connections()
        try:
            state = hand.beat()
            if waited >= TELL_SECONDS:
                hand.say(state)
                waited = 0.0
        except Exception:
            # A stage whose hand fails for a moment goes on; the desk sees that it has fallen silent.
            log.exception("the hand of the stage failed")
        waited += BEAT_SECONDS
        stop.wait(BEAT_SECONDS)
