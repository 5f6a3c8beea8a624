"""A signal of complaints opens an investigation; new lines and new definitions compute it anew."""

from __future__ import annotations

from uuid import UUID

from salus.assess.events import INVESTIGATION_CHANGED, SIGNAL_RAISED
from salus.assess.investigations.document import names
from salus.assess.investigations.models import Investigation
from salus.assess.investigations.services import investigation_open
from salus.assess.jobs import INVESTIGATE
from salus.assess.models import Signal
from salus.assess.rule_store import rule_table_in_force
from salus.base.outbox import Happened, subscribe
from salus.base.services import job_start
from salus.gather import selectors as gather
from salus.gather.events import CASES_TAKEN
from salus.trust.selectors import system_viewer

ROLE = "complaints"
# Where the city has not chosen a pack of its own, nothing is presumed of the cause.
ANY = "unknown"


@subscribe("assess.investigation_open", topics=[SIGNAL_RAISED])
def open_investigation(event: Happened) -> None:
    """Open an investigation for a signal of complaints, or let the signal join the open one."""
    signal = Signal.objects.known().filter(id=event.record_id).first()
    if signal is None or signal.role != ROLE:
        return
    by = system_viewer("assess")
    series = gather.series_get(viewer=by, code=signal.series)
    slug = rule_table_in_force().slug
    investigation_open(pack=slug if slug in names() else ANY, source=series.source, signals=[signal.id], by=by)


@subscribe("assess.investigation_changed", topics=[INVESTIGATION_CHANGED])
def compute_changed(event: Happened) -> None:
    """Compute an investigation whose definition or signals changed."""
    _start(event.record_id)


@subscribe("assess.investigation_cases", topics=[CASES_TAKEN])
def compute_open(event: Happened) -> None:
    """Compute every open investigation of the source that brought lines."""
    for row in Investigation.objects.known().filter(status="open", source=event.payload["source"]):
        _start(row.id)


def _start(investigation: UUID) -> None:
    key = f"{INVESTIGATE} {investigation}"
    args: dict[str, object] = {"investigation": str(investigation)}
    job_start(kind=INVESTIGATE, args=args, dedupe_key=key, by=system_viewer("assess"))
