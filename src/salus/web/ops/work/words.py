"""Words for states of work, with the tone in which each is shown."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext as _

from salus.trust.selectors import person_names
from salus.web.ops.overview.queues import zone_names
from salus.web.ui.components import LogEntry
from salus.web.ui.formats import percent

Word = tuple[str, str]


def decision_word(status: str) -> Word:
    """Return the state of a decision."""
    words = {
        "draft": (_("Draft"), ""),
        "submitted": (_("Waits for approval"), "check"),
        "approved": (_("Approved"), "good"),
        "rejected": (_("Sent back"), "check"),
        "ended": (_("Ended"), "past"),
        "withdrawn": (_("Given up"), "past"),
    }
    return words.get(status, (status, ""))


def task_word(status: str, *, overdue: bool = False) -> Word:
    """Return the state of a task."""
    if overdue:
        return _("Overdue"), "check"
    words = {
        "open": (_("To do"), ""),
        "doing": (_("Being done"), "info"),
        "blocked": (_("Held up"), "check"),
        "done": (_("Done"), "good"),
        "cancelled": (_("Called off"), "past"),
    }
    return words.get(status, (status, ""))


def signal_word(status: str) -> Word:
    """Return the state of a signal."""
    words = {
        "new": (_("New"), "check"),
        "confirmed": (_("Confirmed"), "info"),
        "dismissed": (_("Dismissed"), "past"),
        "expired": (_("Over"), "past"),
    }
    return words.get(status, (status, ""))


def proposal_word(status: str) -> Word:
    """Return the state of a proposal."""
    words = {
        "open": (_("Needs a decision"), "act"),
        "decided": (_("Decided"), "past"),
        "dropped": (_("Closed without a decision"), "past"),
        "replaced": (_("Replaced by a newer one"), "past"),
    }
    return words.get(status, (status, ""))


def alert_word(status: str) -> Word:
    """Return the state of an alert."""
    words = {
        "draft": (_("Draft"), ""),
        "published": (_("Published"), "good"),
        "replaced": (_("Replaced by a newer one"), "past"),
        "cancelled": (_("Called off"), "past"),
        "dropped": (_("Thrown away"), "past"),
    }
    return words.get(status, (status, ""))


def offer_word(status: str) -> Word:
    """Return the state of an offer of a task."""
    words = {
        "offered": (_("Waits for an answer"), "check"),
        "taken": (_("Taken"), "good"),
        "declined": (_("Declined"), "past"),
        "withdrawn": (_("Taken back"), "past"),
    }
    return words.get(status, (status, ""))


def verdict_word(verdict: str) -> Word:
    """Return how an outcome stands to what was expected."""
    words = {
        "met": (_("As expected"), "good"),
        "partly": (_("Partly as expected"), "info"),
        "not_met": (_("Fell short"), "check"),
        "undetermined": (_("Cannot be told"), ""),
    }
    return words.get(verdict, (verdict, ""))


def signed_percent(share: float | None) -> str:
    """Return a change as a signed percentage, with a real minus sign."""
    if share is None:
        return "–"
    sign = "+" if share > 0 else "−" if share < 0 else "±"
    return f"{sign}{percent(abs(share))}"


def areas(request: HttpRequest, ids: Iterable[UUID], most: int = 6) -> str:
    """Return the names of areas, the first ones and how many more."""
    names = [zone_names(request).get(zone, "") for zone in ids]
    shown = ", ".join(names[:most])
    return shown + (" " + _("and %(n)s more") % {"n": len(names) - most} if len(names) > most else "")


def _recorder(row: Any) -> UUID | None:
    by: UUID | None = row.recorded_by
    return by


def history(
    request: HttpRequest,
    rows: Iterable[Any],
    word: Any,
    fields: dict[str, str],
    who: Callable[[Any], UUID | None] = _recorder,
) -> list[LogEntry]:
    """Return the versions of a record as a log: who changed what, and when; newest first."""
    kept = list(rows)
    ids = {by for row in kept if (by := who(row)) is not None}
    names = person_names(ids, viewer=request.viewer)  # type: ignore[attr-defined]
    found: list[LogEntry] = []
    before: Any = None
    for row in kept:
        changed = [
            said for name, said in fields.items() if before is not None and getattr(row, name) != getattr(before, name)
        ]
        text = _("Made") if before is None else _("Changed: %(what)s") % {"what": ", ".join(changed) or _("details")}
        state, tone = word(getattr(row, "status", ""))
        name = names.get(by, "") if (by := who(row)) is not None else ""
        found.append(LogEntry(row.recorded_at, text, None, name, state, "", False, tone))
        before = row
    return found[::-1]


def days_of(moment: datetime | None) -> str:
    """Return a moment as a form's local input takes it."""
    return moment.astimezone().strftime("%Y-%m-%dT%H:%M") if moment else ""
