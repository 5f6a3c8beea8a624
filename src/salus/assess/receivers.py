"""New facts and new days start an assessment; many of them at once start one."""

from __future__ import annotations

from salus.assess.jobs import ASSESS
from salus.base.outbox import Happened, subscribe
from salus.base.services import job_start
from salus.trust.selectors import system_viewer

DEDUPE_KEY = "assess"


@subscribe("assess.run", topics=["gather.import_committed", "base.day_began"])
def start_assessment(event: Happened) -> None:
    """Queue an assessment unless one waits or runs."""
    args: dict[str, object] = {"at": event.recorded_at.isoformat(), "because": event.topic}
    job_start(kind=ASSESS, args=args, dedupe_key=DEDUPE_KEY, by=system_viewer("assess"))
