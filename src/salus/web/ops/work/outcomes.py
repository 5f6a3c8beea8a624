"""Outcomes: what a decision expected beside what happened."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from salus.base.texts import pick
from salus.decide.selectors import decision_get
from salus.learn.permissions import OUTCOME_COMMENT, OUTCOME_VIEW
from salus.learn.schemas import Observed as Seen
from salus.learn.schemas import OutcomeRow
from salus.learn.selectors import outcome_get, outcome_list
from salus.learn.services import outcome_comment, outcome_publish
from salus.trust import policy
from salus.trust.routes import route
from salus.web.ops.chaining import chain_control
from salus.web.ops.forms import attempt
from salus.web.ops.moment import keep_moment, known_at
from salus.web.ops.pages import page
from salus.web.ops.work.decisions import expected_pairs
from salus.web.ops.work.words import areas, signed_percent, verdict_word
from salus.web.ui import figures
from salus.web.ui.charts.curve import Observed, Quantiles
from salus.web.ui.charts.fan import Fan, fan_with_outcome
from salus.web.ui.components import Column, Link, Pair, Table, sort_table
from salus.web.ui.figures import Figure
from salus.web.ui.formats import estimate


@route(permission=OUTCOME_VIEW)
def outcomes(request: HttpRequest) -> HttpResponse:
    """List outcomes, newest first."""
    viewer, moment, language = request.viewer, known_at(request), get_language() or "en"  # type: ignore[attr-defined]
    rows: list[dict[str, Any]] = []
    for row in outcome_list(viewer=viewer, known_at=moment):
        decision = decision_get(viewer=viewer, decision=row.decision_id, known_at=moment)
        rows.append(
            {
                "title": Link(
                    pick(decision.title, language), keep_moment(request, reverse("ops:outcome", args=[row.id]))
                ),
                "verdict": verdict_word(row.verdict)[0],
                "effect": signed_percent(row.effect.mid) if row.effect else None,
                "at": row.created_at,
            }
        )
    columns = [
        Column("title", _("Decision")),
        Column("verdict", _("Verdict")),
        Column("effect", _("Change against the forecast"), numeric=True),
        Column("at", _("Measured")),
    ]
    table = sort_table(Table(_("Outcomes"), columns, rows, tall=True), request.GET)
    return page(request, "ops/outcomes.html", {"table": table}, section="learn")


def outcome_figure(row: OutcomeRow) -> Figure | None:
    """Return what was expected as a band, with what happened over it."""
    expected, observed = row.expected, row.observed
    if expected is None or observed is None or expected.mid is None or not observed.points:
        return None
    low, mid, high = float(expected.low or 0), float(expected.mid), float(expected.high or 0)
    start, end = expected.from_on, expected.until_on
    if start is None or end is None:
        return None
    days = [start + timedelta(days=n) for n in range((end - start).days + 1)]
    half = ((mid + low) / 2, (mid + high) / 2)
    band = [Quantiles(day, low, half[0], mid, half[1], high) for day in days]
    word, _tone = verdict_word(row.verdict)
    seen = estimate(observed.mean_per_day) if observed.mean_per_day is not None else _("not known")
    words = {"verdict": word, "mid": estimate(mid), "seen": seen}
    title = _("%(verdict)s: expected %(mid)s a day, seen %(seen)s") % words
    fan = Fan(
        expected=band,
        outcome=[Observed(on, value) for on, value in observed.points],
        unit=expected.unit,
        words=figures.chart_words(),
        number=figures.axis_number,
        day=figures.axis_day,
    )
    caveat = _("The band is the mean expected for the whole window, so single days may well lie outside it.")
    return Figure(title, fan_with_outcome(fan, title=title), _by_day(observed, mid), caveat)


def _by_day(observed: Seen, mid: float) -> Table:
    cells: list[dict[str, Any]] = [
        {"on": on, "seen": value, "expected": estimate(mid)} for on, value in observed.points
    ]
    columns = [
        Column("on", _("Day"), sortable=False),
        Column("seen", _("Seen"), numeric=True, sortable=False),
        Column("expected", _("Expected"), numeric=True, sortable=False),
    ]
    return Table(_("Expected and seen by day"), columns, cells, tall=True, hide_caption=True)


def _numbers(row: OutcomeRow) -> list[Pair]:
    pairs: list[Pair] = []
    if row.observed is not None:
        pairs += [
            Pair(_("Seen, mean per day"), estimate(row.observed.mean_per_day)),
            Pair(_("Days seen"), row.observed.days),
            Pair(_("Days missing"), row.observed.missing),
            Pair(_("Days that are still estimates"), row.observed.estimated_days),
        ]
    if row.effect is not None:
        ends = _("%(low)s to %(high)s") % {
            "low": signed_percent(row.effect.range[0]),
            "high": signed_percent(row.effect.range[1]),
        }
        pairs += [Pair(_("Change against the forecast"), signed_percent(row.effect.mid)), Pair(_("Range (90%)"), ends)]
    return [*pairs, Pair(_("On what was known at"), row.measured_known_at)]


@route(permission=OUTCOME_VIEW)
def outcome(request: HttpRequest, outcome: UUID) -> HttpResponse:
    """Show one outcome: the verdict, why, with what certainty, and what it cannot say."""
    viewer, moment, language = request.viewer, known_at(request), get_language() or "en"  # type: ignore[attr-defined]
    row = outcome_get(viewer=viewer, outcome=outcome, known_at=moment)
    decision = decision_get(viewer=viewer, decision=row.decision_id, known_at=moment)
    word, tone = verdict_word(row.verdict)
    context = {
        "row": row,
        "decision": decision,
        "title": pick(decision.title, language),
        "word": word,
        "tone": tone,
        "areas": areas(request, row.zone_ids),
        "reasons": [pick(reason, language) for reason in row.reasons],
        "note": pick(row.counterfactual_note, language),
        "figure": outcome_figure(row),
        "expected": expected_pairs(request, row.expected),
        "numbers": _numbers(row),
        "chain": chain_control(request, "outcome", row.id),
        "may": moment is None and policy.may_somewhere(viewer, OUTCOME_COMMENT),
    }
    return page(request, "ops/outcome.html", context, section="learn")


@require_POST
@route(permission=OUTCOME_VIEW)
def step(request: HttpRequest, outcome: UUID, step: str) -> HttpResponse:
    """Comment on an outcome, or tell the public of it; the service checks the right."""
    viewer = request.viewer  # type: ignore[attr-defined]
    if step == "comment":
        text = request.POST.get("comment", "").strip()
        attempt(
            request, lambda: outcome_comment(outcome=outcome, comment=text, by=viewer), done=_("Your comment is kept.")
        )
    elif step == "publish":
        attempt(request, lambda: outcome_publish(outcome=outcome, by=viewer), done=_("The public is told."))
    else:
        raise Http404
    return redirect("ops:outcome", outcome)
