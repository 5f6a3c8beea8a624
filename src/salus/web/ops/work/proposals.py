"""Proposals: what a level that rose asks, with options and what each is expected to do."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from salus.base.texts import pick
from salus.decide.permissions import DECISION_DRAFT
from salus.plan.permissions import MEASURE_VIEW, PROPOSAL_DROP, PROPOSAL_VIEW
from salus.plan.schemas import OptionRow, ProposalRow
from salus.plan.selectors import measure_list, proposal_get, proposal_history, proposal_list
from salus.plan.services import proposal_drop
from salus.trust import policy
from salus.trust.routes import route
from salus.trust.schemas import Tier
from salus.web.ops.chaining import chain_control
from salus.web.ops.forms import attempt
from salus.web.ops.levels import level_badge
from salus.web.ops.moment import known_at
from salus.web.ops.overview.queues import decision_queue
from salus.web.ops.pages import page
from salus.web.ops.work.words import areas, signed_percent
from salus.web.ui.components import LogEntry
from salus.web.ui.formats import estimate

SIDES = ("health", "social", "economic")


def side_names() -> dict[str, str]:
    """Return the names of the three sides of a measure."""
    return {"health": _("Health"), "social": _("Social"), "economic": _("Economic")}


def option_card(option: Any, measures: dict[str, str], language: str) -> dict[str, Any]:
    """Return an option of a proposal or a decision as the page shows it."""
    projected = option.projected
    return {
        "key": option.key,
        "title": pick(option.title, language),
        "measures": [measures.get(code, code) for code in option.measures],
        "tasks": option.task_count,
        "note": pick(getattr(option, "note", None) or {}, language),
        "why_rejected": getattr(option, "why_rejected", ""),
        "change": signed_percent(projected.change_mid) if projected else "",
        "change_range": (
            f"{signed_percent(projected.change_low)} … {signed_percent(projected.change_high)}" if projected else ""
        ),
        "projected": (estimate(projected.low), estimate(projected.mid), estimate(projected.high))
        if projected
        else None,
        "sides": [
            (side_names()[side], [pick(text, language) for text in option.sides.get(side, ())])
            for side in SIDES
            if option.sides.get(side)
        ],
    }


def measure_titles(request: HttpRequest) -> dict[str, str]:
    """Return the titles of the measures in the page's language."""
    language = get_language() or "en"
    if not policy.may_somewhere(request.viewer, MEASURE_VIEW, tier=Tier.PARTNER):  # type: ignore[attr-defined]
        return {}
    rows = measure_list(viewer=request.viewer, include_withdrawn=True, known_at=known_at(request))  # type: ignore[attr-defined]
    return {row.code: pick(row.title, language) for row in rows}


@route(permission=PROPOSAL_VIEW)
def proposals(request: HttpRequest) -> HttpResponse:
    """List the proposals, open ones first."""
    viewer, moment = request.viewer, known_at(request)  # type: ignore[attr-defined]
    rows = proposal_list(viewer=viewer, known_at=moment)
    language = get_language() or "en"
    closed = [
        (row, pick(row.title, language), pick(row.status_reason, language)) for row in rows if row.status != "open"
    ]
    context = {
        "waiting": decision_queue(request, [row for row in rows if row.status == "open"], []),
        "closed": closed[:60],
    }
    return page(request, "ops/proposals.html", context, section="plan")


def _history(rows: list[ProposalRow]) -> list[LogEntry]:
    words = {"open": _("Open"), "decided": _("Decided"), "dropped": _("Closed without a decision")}
    return [
        LogEntry(row.recorded_at, _("Being decided") if row.taken else words.get(row.status, row.status))
        for row in reversed(rows)
    ]


@route(permission=PROPOSAL_VIEW)
def proposal(request: HttpRequest, proposal: UUID) -> HttpResponse:
    """Show a proposal: why it was raised, what was known then, the options side by side."""
    viewer, moment, language = request.viewer, known_at(request), get_language() or "en"  # type: ignore[attr-defined]
    row = proposal_get(viewer=viewer, proposal=proposal, known_at=moment)
    titles = measure_titles(request)
    options: list[OptionRow] = list(row.options)
    is_now = moment is None and row.status == "open" and not row.taken
    context = {
        "row": row,
        "title": pick(row.title, language),
        "reason": pick(row.reason, language),
        "areas": areas(request, row.zone_ids, 30),
        "level_from": level_badge(row.level_from),
        "level_to": level_badge(row.level_to),
        "options": [option_card(option, titles, language) for option in options],
        "baseline": row.baseline,
        "history": _history(proposal_history(viewer=viewer, proposal=proposal, known_at=moment)),
        "chain": chain_control(request, "proposal", row.id),
        "may_decide": is_now and policy.may_somewhere(viewer, DECISION_DRAFT),
        "may_drop": is_now and policy.may_somewhere(viewer, PROPOSAL_DROP),
        "status_reason": pick(row.status_reason, language),
    }
    return page(request, "ops/proposal.html", context, section="plan")


@require_POST
@route(permission=PROPOSAL_DROP)
def drop(request: HttpRequest, proposal: UUID) -> HttpResponse:
    """Close a proposal without a decision, with the reason."""
    reason = request.POST.get("reason", "").strip()
    attempt(
        request,
        lambda: proposal_drop(proposal=proposal, reason=reason, by=request.viewer),  # type: ignore[attr-defined]
        done=_("The proposal is closed."),
    )
    return redirect("ops:proposal", proposal)
