"""One change of service: what, where, when, on which decision, who answers for it, and how it is ended."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from salus.base import clock
from salus.decide.changes.schemas import SITE_OPENED, ServiceChangeRow
from salus.decide.changes.selectors import service_change_get, service_change_history
from salus.decide.changes.services import service_change_end, service_change_revise
from salus.decide.permissions import SERVICE_ORDER, SERVICE_VIEW
from salus.decide.releases import ReleaseRow, release_latest
from salus.trust import policy
from salus.trust.routes import route
from salus.trust.schemas import Tier
from salus.trust.selectors import person_names
from salus.web.ops.chaining import chain_control
from salus.web.ops.forms import attempt
from salus.web.ops.moment import known_at, shown
from salus.web.ops.pages import page
from salus.web.ops.services.listing import change_title, names
from salus.web.ops.services.order_form import ReviseForm, ReviseSiteForm
from salus.web.ops.services.words import hours_word, state_word
from salus.web.ops.work.words import areas, history
from salus.web.ui.components import Pair


@route(permission=SERVICE_VIEW, tier=Tier.PARTNER)
def service_change(request: HttpRequest, change: UUID) -> HttpResponse:
    """Show one change of service."""
    viewer, moment = request.viewer, known_at(request)  # type: ignore[attr-defined]
    row = service_change_get(viewer=viewer, change=change, known_at=moment)
    return page(request, "ops/services/record.html", _contents(request, row), section="act")


def _contents(request: HttpRequest, row: ServiceChangeRow, form: Any = None) -> dict[str, Any]:
    viewer, moment = request.viewer, known_at(request)  # type: ignore[attr-defined]
    state = row.state(shown(request).astimezone(clock.city_zone()).date())
    word, tone = state_word(state)
    rows = service_change_history(viewer=viewer, change=row.id, known_at=moment)
    may = moment is None and state != "ended" and policy.may_somewhere(viewer, SERVICE_ORDER)
    fields = {
        "status": _("state"), "per_day": _("people a day"), "weekdays": _("days of the week"), "opens": _("hours"),
        "closes": _("hours"), "until_on": _("last day"), "reason": _("reason"),
    }  # fmt: skip
    return {
        "row": row,
        "title": change_title(row, names(request)),
        "word": word,
        "tone": tone,
        "facts": _facts(request, row),
        "told": _told(request, row),
        "chain": chain_control(request, "service_change", row.id),
        "history": history(request, rows, state_word, fields),
        "may": may,
        "form": (form or _form(row)) if may else None,
    }


def _facts(request: HttpRequest, row: ServiceChangeRow) -> list[Pair]:
    found = person_names({row.accountable_id}, viewer=request.viewer)  # type: ignore[attr-defined]
    return [
        *([Pair(_("Open"), hours_word(row))] if row.kind == SITE_OPENED else []),
        Pair(_("Areas"), areas(request, row.zone_ids, 12)),
        Pair(_("From"), row.from_on),
        Pair(_("Last day"), row.last_on or _("No end is set")),
        Pair(_("Accountable"), found.get(row.accountable_id, "")),
        Pair(_("Why"), row.reason),
        *([Pair(_("Why it was ended"), row.ended_reason)] if row.ended_reason else []),
    ]


def _told(request: HttpRequest, row: ServiceChangeRow) -> ReleaseRow | None:
    """Return the newest published situation if it tells of the change."""
    newest = release_latest(kind="situation", known_at=shown(request))
    if newest is None:
        return None
    numbers = {one["number"] for key in ("closed_lines", "sites") for one in newest.body.get(key, ())}
    return newest if row.number in numbers else None


def _form(row: ServiceChangeRow, given: Any = None) -> ReviseForm:
    if row.kind != SITE_OPENED:
        return ReviseForm(given, initial={"until_on": row.until_on})
    kept = {"per_day": row.per_day, "weekdays": row.weekdays, "opens": row.opens, "closes": row.closes}
    return ReviseSiteForm(given, initial={**kept, "until_on": row.until_on})


@require_POST
@route(permission=SERVICE_ORDER)
def step(request: HttpRequest, change: UUID, step: str) -> HttpResponse:
    """End a change of service, or change when it holds."""
    viewer = request.viewer  # type: ignore[attr-defined]
    if step == "end":
        reason = request.POST.get("reason", "")
        attempt(request, lambda: service_change_end(change=change, reason=reason, by=viewer), done=_("It is ended."))
    elif step == "revise":
        row = service_change_get(viewer=viewer, change=change)
        form = _form(row, request.POST)
        if not form.is_valid():
            return page(request, "ops/services/record.html", _contents(request, row, form), section="act", status=400)
        hours = form.hours() if isinstance(form, ReviseSiteForm) else None
        said = form.cleaned_data["reason"]
        attempt(
            request,
            lambda: service_change_revise(change=change, hours=hours, span=form.span(), reason=said, by=viewer),
            done=_("The change is kept."),
        )
    else:
        raise Http404
    return redirect("ops:service_change", change)
