"""The steps of a decision: begin, write, submit, approve, send back, end, tell."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from salus.base.texts import pick
from salus.city.selectors import zone_list
from salus.decide.permissions import DECISION_DRAFT, DECISION_VIEW
from salus.decide.selectors import decision_get
from salus.decide.services import (
    alert_compose,
    decision_approve,
    decision_draft,
    decision_end,
    decision_reject,
    decision_revise,
    decision_submit,
    decision_withdraw,
    release_publish,
)
from salus.trust.routes import route
from salus.trust.schemas import Tier
from salus.web.ops.forms import attempt, refuse_past
from salus.web.ops.overview.queues import decision_title
from salus.web.ops.pages import page
from salus.web.ops.work.decision_form import DecisionForm


def _uuids(texts: list[str]) -> list[UUID]:
    try:
        return [UUID(text) for text in texts if text]
    except ValueError as error:
        raise Http404 from error


@route(permission=DECISION_DRAFT)
def new(request: HttpRequest) -> HttpResponse:
    """Begin a decision, on a proposal or for areas that a person chooses."""
    refuse_past(request)
    viewer = request.viewer  # type: ignore[attr-defined]
    if request.method == "POST":
        proposal = next(iter(_uuids(request.POST.getlist("proposal"))), None)
        zones = _uuids(request.POST.getlist("zone"))
        row = attempt(
            request,
            lambda: decision_draft(proposal=proposal, zone_ids=zones or None, by=viewer),
            done=_("A draft is begun. Its evidence is what is known now."),
        )
        if row is not None:
            return redirect("ops:decision_edit", row.id)
        if proposal is not None:
            return redirect("ops:proposal", proposal)
    language = get_language() or "en"
    zones_known = [(row.id, pick(row.name, language), row.level) for row in zone_list(viewer=viewer)]
    return page(request, "ops/decision_new.html", {"zones": zones_known}, section="decide")


@route(permission=DECISION_DRAFT)
def edit(request: HttpRequest, decision: UUID) -> HttpResponse:
    """Write a draft."""
    refuse_past(request)
    viewer = request.viewer  # type: ignore[attr-defined]
    row = decision_get(viewer=viewer, decision=decision)
    form = DecisionForm(request.POST or None, request=request, row=row)
    if request.method == "POST" and form.is_valid():
        done = attempt(
            request,
            lambda: decision_revise(
                decision=decision, edit=form.edit(), version=form.cleaned_data["version"], by=viewer
            ),
            done=_("The draft is kept."),
            form=form,
        )
        if done is not None:
            return redirect("ops:decision", decision)
    title = decision_title(row, get_language() or "en")
    status = 400 if request.method == "POST" else 200
    return page(
        request, "ops/decision_edit.html", {"form": form, "row": row, "title": title}, section="decide", status=status
    )


def _steps(decision: UUID, reason: str, viewer: Any) -> dict[str, tuple[Callable[[], Any], str]]:
    return {
        "submit": (lambda: decision_submit(decision=decision, by=viewer), _("It waits for a second person.")),
        "approve": (
            lambda: decision_approve(decision=decision, by=viewer),
            _("The decision is approved; its tasks are being made."),
        ),
        "reject": (lambda: decision_reject(decision=decision, reason=reason, by=viewer), _("It is sent back.")),
        "withdraw": (lambda: decision_withdraw(decision=decision, reason=reason, by=viewer), _("It is given up.")),
        "end": (lambda: decision_end(decision=decision, reason=reason, by=viewer), _("The decision is ended.")),
        "alert": (
            lambda: alert_compose(decision=decision, by=viewer),
            _("An alert is drafted: read it, then publish."),
        ),
        "publish": (lambda: release_publish(kind="decision", decision=decision, by=viewer), _("The public is told.")),
    }


@require_POST
@route(permission=DECISION_VIEW, tier=Tier.PARTNER)
def step(request: HttpRequest, decision: UUID, step: str) -> HttpResponse:
    """Take one step; the service checks the right for each."""
    reason = request.POST.get("reason", "").strip()
    steps = _steps(decision, reason, request.viewer)  # type: ignore[attr-defined]
    if step not in steps:
        raise Http404
    act, done = steps[step]
    result = attempt(request, act, done=done)
    if step == "alert" and result is not None:
        return redirect("ops:alert", result.id)
    return redirect("ops:decision", decision)
