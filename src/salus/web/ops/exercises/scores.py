"""The score of a run: what happened beside what would have happened, and the director's judgement."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from salus.base.errors import Invalid, NotFound
from salus.base.selectors import job_list
from salus.decide.publication.tables import csv_text
from salus.learn.debriefs.schemas import DebriefRow
from salus.learn.permissions import SCORE_MAKE, SCORE_VIEW
from salus.learn.scores.schemas import ScoreSheet
from salus.learn.scores.selectors import score_get
from salus.learn.scores.services import score_make
from salus.learn.selectors import debrief_get
from salus.learn.services import debrief_write
from salus.learn.trainees.schemas import REACHED
from salus.plan.exercises.permissions import EXERCISE_DIRECT
from salus.plan.exercises.schemas import ExerciseRow, RunRow
from salus.plan.exercises.selectors import run_design, run_get
from salus.trust import policy
from salus.trust.routes import route
from salus.trust.schemas import Viewer
from salus.trust.selectors import person_names
from salus.web.ops.data.jobs import job_part
from salus.web.ops.downloads import attached
from salus.web.ops.exercises import sheet as words
from salus.web.ops.exercises.measure_names import measure_names
from salus.web.ops.exercises.sheet import reached_word, run_name
from salus.web.ops.exercises.words import say
from salus.web.ops.forms import attempt
from salus.web.ops.moment import keep_moment, known_at
from salus.web.ops.pages import page
from salus.web.ui import figures
from salus.web.ui.charts.courses import Course, Courses, course_chart
from salus.web.ui.components import Column, Tab, Table
from salus.web.ui.figures import Figure
from salus.web.ui.moments import Fresh

SEEDS = (0, 20, 100)
JOB = "learn.score"


def _parts(request: HttpRequest, run: UUID) -> tuple[RunRow, ExerciseRow, DebriefRow]:
    viewer, moment = request.viewer, known_at(request)  # type: ignore[attr-defined]
    row = run_get(viewer=viewer, run=run, known_at=moment)
    return row, run_design(viewer=viewer, run=run), debrief_get(viewer=viewer, run=run, known_at=moment)


def _sheet(request: HttpRequest, run: UUID) -> ScoreSheet:
    return score_get(viewer=request.viewer, exercise_run=run, known_at=known_at(request))  # type: ignore[attr-defined]


def curve_figure(sheet: ScoreSheet, code: str, csv_href: str) -> Figure:
    """Return one figure by day: played, without measures, with the policy."""
    rows = words.curves_of(sheet, code)
    title = words.peak_sentence(sheet, code)
    limit = sheet.capacity.get(code)
    courses = Courses(
        days=sheet.dates,
        lines=[
            # The range of what was played is enough: three ranges over each other say nothing.
            Course(words.course_word(row.course), row.values, *((row.low, row.high) if n == 0 else ()))
            for n, row in enumerate(rows)
        ],
        unit=say(rows[0].title) if rows else "",
        limit=limit,
        limit_word=_("Staffed beds") if limit is not None else "",
        range_word=_("Range of other seeds"),
        words=figures.chart_words(),
        number=figures.axis_number,
        day=figures.axis_day,
    )
    caveat = _("This is the truth of a made city, which no team could see while it played.")
    return Figure(title, course_chart(courses, title=title), _by_day(sheet, code), caveat, csv_href, _fresh(sheet))


def _fresh(sheet: ScoreSheet) -> Fresh | None:
    return Fresh(sheet.made_at, sheet.start, sheet.end) if sheet.made_at else None


def _by_day(sheet: ScoreSheet, code: str) -> Table:
    rows = words.curves_of(sheet, code)
    cells: list[dict[str, Any]] = [
        {"on": day, **{row.course: round(row.values[n], 1) for row in rows if n < len(row.values)}}
        for n, day in enumerate(sheet.dates)
    ]
    columns = [Column("on", _("Day"), sortable=False)]
    columns += [
        Column(row.course, words.course_word(row.course), numeric=True, sortable=False, decimals=0) for row in rows
    ]
    return Table(dict(words.curve_codes(sheet)).get(code, code), columns, cells, tall=True, hide_caption=True)


def _orders(sheet: ScoreSheet, titles: dict[str, str]) -> Table:
    rows: list[dict[str, Any]] = [
        {
            "by": one.course,
            "measure": one.measure,
            "from": one.start,
            "until": one.end or _("Open"),
            "where": words.where(one),
        }
        for one in words.order_lines(sheet, titles)
    ]
    columns = [
        Column("measure", _("Measure"), sortable=False),
        Column("by", _("By"), sortable=False),
        Column("from", _("From"), sortable=False),
        Column("until", _("Until"), sortable=False),
        Column("where", _("Where"), sortable=False),
    ]
    return Table(_("Measures of the teams and of the policy"), columns, rows, hide_caption=True, tall=True)


def _shown(request: HttpRequest, run: UUID, sheet: ScoreSheet) -> dict[str, Any]:
    """Return the sheet as the page shows it."""
    codes = words.curve_codes(sheet)
    code = request.GET.get("curve", "")
    code = code if code in dict(codes) else codes[0][0] if codes else ""
    here = reverse("ops:score", args=[run])
    csv_href = keep_moment(request, reverse("ops:score_csv", args=[run]))
    return {
        "sheet": sheet,
        "headline": words.headline(sheet),
        "policy_line": words.policy_line(sheet),
        "seeds_line": words.seeds_line(sheet),
        "courses": [words.course_word(one) for one in words.COURSES],
        "outcomes": words.outcome_lines(sheet),
        "times": words.time_lines(sheet),
        "counts": words.count_lines(sheet),
        "orders": _orders(sheet, measure_names(request.viewer)),  # type: ignore[attr-defined]
        "tabs": [Tab(title, keep_moment(request, f"{here}?curve={one}"), one == code) for one, title in codes],
        "figure": curve_figure(sheet, code, csv_href) if code else None,
        "notes": [say(note) for note in sheet.notes],
    }


def _job(request: HttpRequest, run: UUID) -> Any:
    """Return the work on this run's score that goes on."""
    waiting = (one for one in job_list(open_only=True) if one.kind == JOB)
    found = next((one for one in waiting if one.args.get("exercise_run") == str(run)), None)
    return job_part(request, found.id) if found else None


def _judged(request: HttpRequest, debrief: DebriefRow) -> dict[str, Any]:
    names = (
        person_names({debrief.recorded_by}, viewer=request.viewer)  # type: ignore[attr-defined]
        if debrief.recorded_by
        else {}
    )
    return {
        "goals": [
            {"title": say(one.title), "word": word, "tone": tone, "reached": one.reached, "why": one.why}
            for one in debrief.objectives
            for word, tone in [reached_word(one.reached)]
        ],
        "choices": [(one, reached_word(one)[0]) for one in REACHED],
        "lessons": debrief.lessons,
        "judged_by": names.get(debrief.recorded_by, "") if debrief.recorded_by else "",
        "judged_at": debrief.recorded_at,
    }


@route(permission=SCORE_VIEW)
def score(request: HttpRequest, run: UUID) -> HttpResponse:
    """Show the score of a run, or offer to make it."""
    viewer, moment = request.viewer, known_at(request)  # type: ignore[attr-defined]
    row, design, debrief = _parts(request, run)
    try:
        shown = _shown(request, run, _sheet(request, run))
    except NotFound:
        shown = {"sheet": None}
    played = row.state in ("running", "paused", "ended")
    context = {
        **shown,
        **_judged(request, debrief),
        "row": row,
        "title": say(design.title),
        "name": run_name(row),
        "job": _job(request, run) if moment is None else None,
        "seeds": SEEDS,
        "may_make": moment is None and played and policy.may(viewer, SCORE_MAKE),
        "may_judge": moment is None and played and policy.may(viewer, EXERCISE_DIRECT),
    }
    return page(request, "ops/exercises/score.html", context, section="learn")


@route(permission=SCORE_VIEW)
def score_csv(request: HttpRequest, run: UUID) -> HttpResponse:
    """Answer with every curve by day."""
    sheet = _sheet(request, run)
    header, rows = words.day_rows(sheet, [code for code, _title in words.curve_codes(sheet)])
    # The first column of a table that leaves its page says what it is.
    text = csv_text(["status", *header], [["EXERCISE", *row] for row in rows])
    return attached(text, f"score-{run}.csv", exercise=True)


@route(permission=SCORE_VIEW)
def score_pdf(request: HttpRequest, run: UUID) -> HttpResponse:
    """Answer with the sheet as a PDF in the page's language."""
    from salus.web.ops.exercises.paper import pdf

    row, design, debrief = _parts(request, run)
    title = f"{say(design.title)}, {run_name(row)}"
    content = pdf(_sheet(request, run), debrief, title=title, measures=measure_names(request.viewer))  # type: ignore[attr-defined]
    answer = attached(content, f"score-{run}.pdf", "application/pdf", exercise=True, inline=True)
    answer["Cache-Control"] = "private, no-cache"
    return answer


@require_POST
@route(permission=SCORE_VIEW)
def step(request: HttpRequest, run: UUID, step: str) -> HttpResponse:
    """Have the run scored, or judge its objectives; the services check the rights."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    if step == "make":
        attempt(
            request,
            lambda: score_make(exercise_run=run, seeds=_seeds(request.POST.get("seeds", "")), by=viewer),
            done=_(
                "The run is being scored. It is played again without measures, with the policy, and by other seeds."
            ),
        )
    elif step == "judge":
        goals = len(run_design(viewer=viewer, run=run).objectives)
        attempt(
            request,
            lambda: debrief_write(
                run=run,
                reached=[request.POST.get(f"reached-{n}", "") for n in range(goals)],
                why=[request.POST.get(f"why-{n}", "") for n in range(goals)],
                lessons=request.POST.get("lessons", ""),
                by=viewer,
            ),
            done=_("Your judgement is kept."),
        )
    else:
        raise Http404
    return redirect("ops:score", run)


def _seeds(text: str) -> int:
    if not text.isdigit() or len(text) > 6:
        raise Invalid(
            _("'%(text)s' is no number of seeds.") % {"text": text[:40]}, remedy=_("Choose one from the list.")
        )
    return int(text)
