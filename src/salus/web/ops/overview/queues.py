"""Records as lines that are worked off: signals, what waits for a decision, tasks."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from salus.act.schemas import TaskRow
from salus.assess.schemas import SignalRow
from salus.base import clock
from salus.base.texts import pick
from salus.city.selectors import zone_list
from salus.decide.schemas import DecisionRow
from salus.gather.selectors import series_list
from salus.plan.schemas import ProposalRow
from salus.web.ops.moment import keep_moment, known_at
from salus.web.ui.components import QueueItem, Tone
from salus.web.ui.formats import estimate


def zone_names(request: HttpRequest) -> dict[UUID, str]:
    """Return the zones' names in the page's language, read once for a request."""
    kept: dict[UUID, str] | None = getattr(request, "salus_zone_names", None)
    if kept is None:
        language = get_language() or "en"
        rows = zone_list(viewer=request.viewer, known_at=known_at(request))  # type: ignore[attr-defined]
        kept = {row.id: pick(row.name, language) for row in rows}
        request.salus_zone_names = kept  # type: ignore[attr-defined]
    return kept


def series_names(request: HttpRequest) -> dict[str, str]:
    """Return the names of the series in the page's language, read once for a request."""
    kept: dict[str, str] | None = getattr(request, "salus_series_names", None)
    if kept is None:
        language = get_language() or "en"
        rows = series_list(viewer=request.viewer, known_at=known_at(request))  # type: ignore[attr-defined]
        kept = {row.code: pick(row.name, language) for row in rows}
        request.salus_series_names = kept  # type: ignore[attr-defined]
    return kept


def signal_title(request: HttpRequest, row: SignalRow) -> str:
    """Say where what is above what was expected."""
    return _("%(zone)s: %(series)s above what is expected") % {
        "zone": zone_names(request).get(row.zone_id, _("Unknown zone")),
        "series": series_names(request).get(row.series, row.series),
    }


def signal_queue(request: HttpRequest, rows: Sequence[SignalRow]) -> list[QueueItem]:
    """Return open signals as lines."""
    tones = {"new": (_("New"), "check"), "confirmed": (_("Confirmed"), "info")}
    tones |= {"dismissed": (_("Dismissed"), "past"), "expired": (_("Over"), "past")}
    found = []
    for row in rows:
        word, tone = tones.get(row.status, (row.status, ""))
        seen = _("%(observed)s seen, %(expected)s expected, alarm above %(upper)s") % {
            "observed": estimate(row.observed),
            "expected": estimate(row.expected),
            "upper": estimate(row.upper),
        }
        href = keep_moment(request, reverse("ops:signal", args=[row.id]))
        found.append(
            QueueItem(
                id=f"signal-{row.id}",
                title=signal_title(request, row),
                href=href,
                meta=[seen],
                tag=word,
                tone=tone,  # type: ignore[arg-type]
                at=row.raised_at,
            )
        )
    return found


def _proposal_item(request: HttpRequest, row: ProposalRow, language: str) -> QueueItem:
    names = [zone_names(request).get(zone, "") for zone in row.zone_ids]
    areas = ", ".join(names[:4]) + (_(" and %(n)s more") % {"n": len(names) - 4} if len(names) > 4 else "")
    href = keep_moment(request, reverse("ops:proposal", args=[row.id]))
    word = _("Being decided") if row.taken else _("Needs a decision")
    return QueueItem(
        f"proposal-{row.id}",
        pick(row.title, language),
        href,
        [areas],
        word,
        "info" if row.taken else "act",
        row.created_at,
    )


def decision_title(row: DecisionRow, language: str) -> str:
    """Return a decision's title, or what stands for it until somebody has written one."""
    return pick(row.title, language) or _("Decision %(n)s, without a title yet") % {"n": row.number}


def _decision_item(request: HttpRequest, row: DecisionRow, language: str) -> QueueItem:
    href = keep_moment(request, reverse("ops:decision", args=[row.id]))
    waits = row.status == "submitted"
    word = _("Needs approval") if waits else _("Draft")
    number = _("Decision %(n)s") % {"n": row.number}
    return QueueItem(
        f"decision-{row.id}",
        decision_title(row, language),
        href,
        [number],
        word,
        "act" if waits else "",
        row.recorded_at,
    )


def decision_queue(
    request: HttpRequest, proposals: Sequence[ProposalRow], decisions: Sequence[DecisionRow]
) -> list[QueueItem]:
    """Return what waits for a person to decide: submitted decisions, open proposals, drafts."""
    language = get_language() or "en"
    ordered = sorted(decisions, key=lambda row: (row.status != "submitted", row.recorded_at))
    submitted = [_decision_item(request, row, language) for row in ordered if row.status == "submitted"]
    drafts = [_decision_item(request, row, language) for row in ordered if row.status != "submitted"]
    return submitted + [_proposal_item(request, row, language) for row in proposals if not row.taken] + drafts


def task_queue(request: HttpRequest, rows: Sequence[TaskRow]) -> list[QueueItem]:
    """Return tasks as lines, with how they stand against their deadline."""
    language, moment = get_language() or "en", known_at(request) or clock.now()
    words = {"open": _("To do"), "doing": _("Being done"), "blocked": _("Blocked"), "done": _("Done")}
    found = []
    for row in rows:
        late = row.due_at < moment and row.status not in ("done", "cancelled")
        href = keep_moment(request, reverse("ops:task", args=[row.id]))
        word = _("Overdue") if late else words.get(row.status, row.status)
        names = [name for zone in row.zone_ids[:2] if (name := zone_names(request).get(zone))]
        more = len(row.zone_ids) - len(names)
        where = ", ".join(names) + (_(" and %(n)s more") % {"n": more} if names and more > 0 else "")
        meta = [where] if where else []
        tone: Tone = "check" if late else ""
        found.append(QueueItem(f"task-{row.id}", pick(row.title, language), href, meta, word, tone, row.due_at))
    return found
