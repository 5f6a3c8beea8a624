"""Signals: the queue that is judged by single keys, and one signal with its curve."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from salus.assess.permissions import SIGNAL_TRIAGE, SIGNAL_VIEW
from salus.assess.schemas import SignalRow
from salus.assess.selectors import series_view, signal_get, signal_history, signal_list
from salus.assess.services import signal_triage
from salus.trust import policy
from salus.trust.routes import route
from salus.trust.selectors import person_names
from salus.web.ops.chaining import chain_control
from salus.web.ops.forms import attempt
from salus.web.ops.moment import keep_moment, known_at
from salus.web.ops.overview.curves import figure_of
from salus.web.ops.overview.queues import series_names, signal_queue, signal_title
from salus.web.ops.pages import page
from salus.web.ops.work.words import history, signal_word
from salus.web.ui.components import KeyAction, Pair, QueueItem, Tab

VERDICTS = {"confirm": "confirmed", "dismiss": "dismissed"}
TABS = ("new", "confirmed", "dismissed", "expired")


def with_keys(request: HttpRequest, items: list[QueueItem]) -> list[QueueItem]:
    """Return lines that can be judged by a key: c confirms; d goes to where the reason is written."""
    from dataclasses import replace

    def keys(item: QueueItem) -> tuple[KeyAction, ...]:
        record = UUID(item.id.removeprefix("signal-"))
        confirm = reverse("ops:signal_triage", args=[record, "confirm"])
        return (
            KeyAction("c", _("Confirm"), confirm),
            KeyAction("d", _("Dismiss"), f"{item.href}#signal-note", post=False),
        )

    return [replace(item, keys=keys(item)) for item in items]


def _judge(row: SignalRow) -> UUID | None:
    # The judgement is written down in the moment in which it is made.
    made_now = row.triaged_at is not None and row.recorded_at - row.triaged_at < timedelta(seconds=1)
    return row.triaged_by if made_now else None


@route(permission=SIGNAL_VIEW)
def signals(request: HttpRequest) -> HttpResponse:
    """Show signals in one state, newest first."""
    viewer, moment = request.viewer, known_at(request)  # type: ignore[attr-defined]
    status = request.GET.get("status", "new")
    status = status if status in TABS else "new"
    rows = signal_list(viewer=viewer, status=status, known_at=moment)
    shown = Paginator(rows, 40).get_page(request.GET.get("page"))
    items = signal_queue(request, list(shown))
    if status == "new" and moment is None and policy.may_somewhere(viewer, SIGNAL_TRIAGE):
        items = with_keys(request, items)
    base = reverse("ops:signals")
    tabs = [Tab(signal_word(one)[0], keep_moment(request, f"{base}?status={one}"), one == status) for one in TABS]
    return page(request, "ops/signals.html", {"items": items, "shown": shown, "tabs": tabs}, section="assess")


def _facts(row: SignalRow) -> list[Pair]:
    return [
        Pair(_("Seen"), row.observed),
        Pair(_("Expected"), row.expected),
        Pair(_("Alarm above"), row.upper),
        Pair(_("Over how many days"), row.span_days),
        Pair(_("First alarm"), row.first_on),
        Pair(_("Latest alarm"), row.valid_on),
        Pair(_("Alarms so far"), row.alarms),
        Pair(_("Method"), f"{row.method} {row.method_version}"),
    ]


@route(permission=SIGNAL_VIEW)
def signal(request: HttpRequest, signal: UUID) -> HttpResponse:
    """Show one signal: what was seen, what was expected, the curve, who judged it."""
    viewer, moment = request.viewer, known_at(request)  # type: ignore[attr-defined]
    row = signal_get(viewer=viewer, signal=signal, known_at=moment)
    view = series_view(viewer=viewer, series=row.series, zone=row.zone_id, days=120, known_at=moment)
    csv = keep_moment(request, reverse("ops:series_csv", args=[row.series]) + f"?zone={row.zone_id}")
    word, tone = signal_word(row.status)
    names = person_names([row.triaged_by], viewer=viewer) if row.triaged_by else {}
    context = {
        "row": row,
        "title": signal_title(request, row),
        "series_name": series_names(request).get(row.series, row.series),
        "word": word,
        "tone": tone,
        "facts": _facts(row),
        "figure": figure_of(view, csv_href=csv, days=120),
        "who": names.get(row.triaged_by, "") if row.triaged_by else "",
        "history": history(
            request,
            signal_history(viewer=viewer, signal=signal, known_at=moment),
            signal_word,
            {"status": _("state"), "observed": _("count"), "note": _("note")},
            # The other versions are the machinery's: an assessment saw more, or no more.
            who=_judge,
        ),
        "chain": chain_control(request, "signal", row.id),
        "may": moment is None and row.is_open and policy.may_somewhere(viewer, SIGNAL_TRIAGE),
    }
    return page(request, "ops/signal.html", context, section="assess")


@require_POST
@route(permission=SIGNAL_TRIAGE)
def triage(request: HttpRequest, signal: UUID, verdict: str) -> HttpResponse:
    """Confirm or dismiss a signal."""
    if verdict not in VERDICTS:
        raise Http404
    attempt(
        request,
        lambda: signal_triage(
            signal=signal,
            status=VERDICTS[verdict],
            note=request.POST.get("note", "").strip(),
            by=request.viewer,  # type: ignore[attr-defined]
        ),
        done=_("The signal is confirmed.") if verdict == "confirm" else _("The signal is dismissed."),
    )
    back = request.POST.get("next", "") or request.headers.get("Referer", "")
    safe = url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return redirect(back if safe else reverse("ops:signal", args=[signal]))
