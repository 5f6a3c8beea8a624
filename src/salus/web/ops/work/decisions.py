"""Decisions: the list, and one decision with its options, evidence as known then, expected effect and steps."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from salus.act.permissions import TASK_VIEW
from salus.act.selectors import task_list
from salus.base import chain
from salus.base.schemas import Ref
from salus.base.texts import pick
from salus.decide.permissions import (
    ALERT_COMPOSE,
    ALERT_VIEW,
    DECISION_APPROVE,
    DECISION_DRAFT,
    DECISION_END,
    DECISION_SUBMIT,
    DECISION_VIEW,
    RELEASE_PUBLISH,
    SERVICE_VIEW,
)
from salus.decide.releases import release_list
from salus.decide.schemas import DecisionRow, Expected
from salus.decide.selectors import (
    alert_list,
    decision_evidence_verify,
    decision_gaps,
    decision_get,
    decision_history,
    decision_list,
)
from salus.learn.permissions import OUTCOME_VIEW
from salus.learn.selectors import outcome_list
from salus.trust import policy
from salus.trust.routes import route
from salus.trust.schemas import Tier
from salus.trust.selectors import person_names
from salus.web.ops.chaining import chain_control
from salus.web.ops.moment import keep_moment, known_at
from salus.web.ops.overview.queues import decision_title, series_names, task_queue
from salus.web.ops.pages import page
from salus.web.ops.services.listing import services_of, wishes
from salus.web.ops.work.proposals import measure_titles, option_card
from salus.web.ops.work.words import areas, decision_word, history, signed_percent, verdict_word
from salus.web.ui.components import Column, Link, Pair, Table, sort_table
from salus.web.ui.formats import estimate

# States in which a decision is still being written.
OPEN = ("draft", "rejected")


@route(permission=DECISION_VIEW, tier=Tier.PARTNER)
def decisions(request: HttpRequest) -> HttpResponse:
    """List decisions, newest first."""
    viewer, moment, language = request.viewer, known_at(request), get_language() or "en"  # type: ignore[attr-defined]
    rows: list[dict[str, Any]] = [
        {
            "number": row.number,
            "title": Link(decision_title(row, language), keep_moment(request, reverse("ops:decision", args=[row.id]))),
            "status": decision_word(row.status)[0],
            "areas": areas(request, row.zone_ids, 3),
            "approved": row.approved_at,
        }
        for row in decision_list(viewer=viewer, known_at=moment)
    ]
    columns = [
        Column("number", _("Number"), numeric=True),
        Column("title", _("Decision")),
        Column("status", _("State")),
        Column("areas", _("Areas")),
        Column("approved", _("Approved")),
    ]
    table = sort_table(Table(_("Decisions"), columns, rows, tall=True), request.GET)
    may = moment is None and policy.may_somewhere(viewer, DECISION_DRAFT)
    return page(request, "ops/decisions.html", {"table": table, "may": may}, section="decide")


def expected_pairs(request: HttpRequest, expected: Expected | None) -> list[Pair]:
    """Return the expected effect in words and numbers."""
    if expected is None or expected.mid is None:
        return []
    change = _("%(mid)s (between %(low)s and %(high)s)") % {
        "mid": signed_percent(expected.change_mid),
        "low": signed_percent(expected.change_low),
        "high": signed_percent(expected.change_high),
    }
    level = _("%(mid)s a day (between %(low)s and %(high)s)") % {
        "mid": estimate(expected.mid),
        "low": estimate(expected.low),
        "high": estimate(expected.high),
    }
    return [
        Pair(_("Figure that is watched"), series_names(request).get(expected.series, expected.series)),
        Pair(_("Expected change against the forecast"), change),
        Pair(_("So it should come to"), level),
        Pair(_("Forecast without the decision"), estimate(expected.baseline.get("0.5"))),
        Pair(_("Looked at on"), expected.due_on),
    ]


def _people(request: HttpRequest, row: DecisionRow) -> list[Pair]:
    ids = {one for one in (row.author_id, row.approver_id, row.accountable_id) if one is not None}
    names = person_names(ids, viewer=request.viewer)  # type: ignore[attr-defined]

    def name(person: UUID | None) -> str:
        return names.get(person, "") if person is not None else _("Nobody yet")

    return [
        Pair(_("Accountable"), name(row.accountable_id)),
        Pair(_("Written by"), name(row.author_id)),
        Pair(_("Approved by"), name(row.approver_id)),
        Pair(_("Submitted"), row.submitted_at or _("Not yet")),
        Pair(_("Approved"), row.approved_at or _("Not yet")),
        Pair(_("In force from"), row.in_force_from or _("With its approval")),
        Pair(_("In force until"), row.in_force_until or _("No end is set")),
    ]


def _evidence(request: HttpRequest, row: DecisionRow) -> list[dict[str, Any]]:
    viewer, moment = request.viewer, known_at(request)  # type: ignore[attr-defined]
    checks = decision_evidence_verify(viewer=viewer, decision=row.id, known_at=moment)
    titles = chain.describe([Ref(c.ref.kind, c.ref.id, c.ref.known_at) for c in checks], viewer=viewer, known_at=moment)
    return [
        {
            "kind": check.ref.kind,
            "title": check.ref.title,
            "url": titles[check.ref.id].url + f"?at={check.ref.known_at.isoformat()}" if check.ref.id in titles else "",
            "known_at": check.ref.known_at,
            "holds": check.found and check.holds,
            "digest": check.ref.digest[:12],
        }
        for check in checks
    ]


def _rights(request: HttpRequest, row: DecisionRow) -> dict[str, bool]:
    viewer, now = request.viewer, known_at(request) is None  # type: ignore[attr-defined]
    may = lambda right: now and policy.may_somewhere(viewer, right)  # noqa: E731
    return {
        "may_edit": row.status in ("draft", "rejected") and may(DECISION_DRAFT),
        "may_submit": row.status in ("draft", "rejected") and may(DECISION_SUBMIT),
        "may_approve": row.status == "submitted" and may(DECISION_APPROVE) and viewer.id != row.author_id,
        "own": row.status == "submitted" and viewer.id == row.author_id,
        "may_end": row.status == "approved" and may(DECISION_END),
        "may_alert": row.status == "approved" and may(ALERT_COMPOSE),
        "may_publish": row.status in ("approved", "ended") and may(RELEASE_PUBLISH),
    }


def _followed(request: HttpRequest, row: DecisionRow) -> dict[str, Any]:
    """Return what came of the decision: tasks, lines and sites, alerts, releases, outcomes."""
    viewer, moment = request.viewer, known_at(request)  # type: ignore[attr-defined]
    sees = lambda right: policy.may_somewhere(viewer, right, tier=Tier.PARTNER)  # noqa: E731
    tasks = task_list(viewer=viewer, decision=row.id, known_at=moment) if sees(TASK_VIEW) else []
    outcomes = (
        outcome_list(viewer=viewer, decision=row.id, known_at=moment)
        if policy.may_somewhere(viewer, OUTCOME_VIEW)
        else []
    )
    return {
        "tasks": task_queue(request, tasks),
        "alerts": alert_list(viewer=viewer, decision=row.id, known_at=moment) if sees(ALERT_VIEW) else [],
        "releases": release_list(kind="decision", subject=str(row.number), known_at=moment),
        "outcomes": [(one, *verdict_word(one.verdict)) for one in outcomes],
        "services": services_of(request, row.id) if sees(SERVICE_VIEW) else [],
        "wishes": wishes(request, row.id) if sees(SERVICE_VIEW) else [],
    }


@route(permission=DECISION_VIEW, tier=Tier.PARTNER)
def decision(request: HttpRequest, decision: UUID) -> HttpResponse:
    """Show a decision as known at the page's moment."""
    viewer, moment, language = request.viewer, known_at(request), get_language() or "en"  # type: ignore[attr-defined]
    row = decision_get(viewer=viewer, decision=decision, known_at=moment)
    titles = measure_titles(request)
    word, tone = decision_word(row.status)
    fields = {
        "status": _("state"),
        "option_key": _("option"),
        "rationale": _("reasons"),
        "public_text": _("public text"),
    }
    context = {
        "row": row,
        "title": decision_title(row, language),
        "word": word,
        "tone": tone,
        "areas": areas(request, row.zone_ids, 30),
        "options": [option_card(option, titles, language) for option in row.options],
        "expected": expected_pairs(request, row.expected),
        "people": _people(request, row),
        "evidence": _evidence(request, row),
        "gaps": decision_gaps(viewer=viewer, decision=decision, known_at=moment) if row.status in OPEN else [],
        "public_text": pick(row.public_text, language),
        "history": history(
            request, decision_history(viewer=viewer, decision=decision, known_at=moment), decision_word, fields
        ),
        "chain": chain_control(request, "decision", row.id),
        **_rights(request, row),
        **_followed(request, row),
    }
    return page(request, "ops/decision.html", context, section="decide")
