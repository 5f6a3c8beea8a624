"""Data come in through imports; with every day, what was kept for long enough is forgotten."""

from __future__ import annotations

from salus.base.outbox import Happened, subscribe
from salus.base.services import job_start
from salus.gather.jobs import FORGET
from salus.gather.models import CaseKey
from salus.trust.selectors import system_viewer


@subscribe("gather.cases_forget", topics=["base.day_began"])
def start_forgetting(event: Happened) -> None:
    """Queue the forgetting, once a day, where there is a line list at all."""
    if CaseKey.objects.exists():
        job_start(kind=FORGET, args={}, dedupe_key=FORGET, by=system_viewer("gather"))
