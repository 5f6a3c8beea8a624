"""Training records: who is trained, what ends soon, and one's own; attesting, renewing, taking back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from salus.base import clock
from salus.learn.permissions import TRAINING_ATTEST, TRAINING_VIEW
from salus.learn.selectors import training_get, training_history, training_list
from salus.learn.services import training_attest, training_attest_run, training_renew, training_withdraw
from salus.learn.trainees.schemas import EXPIRED, SOON, VALID, WITHDRAWN, Trained, TrainingRow
from salus.learn.trainees.services import months_later
from salus.plan.exercises.schemas import RunRow
from salus.plan.exercises.selectors import run_design, run_get
from salus.trust import policy
from salus.trust.permissions import PERSON_VIEW
from salus.trust.routes import SIGNED_IN, route
from salus.trust.selectors import person_list, person_names
from salus.web.ops.exercises.players import Player, players_of
from salus.web.ops.exercises.sheet import reached_word
from salus.web.ops.exercises.shown import role_names
from salus.web.ops.exercises.steering import day_of
from salus.web.ops.exercises.words import role_word, say
from salus.web.ops.forms import attempt, refuse_past
from salus.web.ops.moment import keep_moment, known_at
from salus.web.ops.pages import page
from salus.web.ops.work.words import history
from salus.web.ui.components import Column, Link, Pair, Tab, Table, sort_table

SHOW = ("counts", "soon", "over", "mine")


class AttestForm(forms.Form):
    """A training that somebody has done, here or elsewhere."""

    person = forms.ChoiceField(label=gettext_lazy("Who"))
    title = forms.CharField(label=gettext_lazy("What was practised"), max_length=200)
    role = forms.ChoiceField(label=gettext_lazy("In which role"), required=False)
    team = forms.CharField(label=gettext_lazy("Team"), max_length=120, required=False)
    completed_on = forms.DateField(label=gettext_lazy("Completed on"), widget=forms.DateInput(attrs={"type": "date"}))
    expires_on = forms.DateField(
        label=gettext_lazy("Counts until"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=gettext_lazy("Empty: two years."),
    )
    remark = forms.CharField(
        label=gettext_lazy("Remark"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Kept sealed. The person can read it."),
    )

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        viewer = request.viewer  # type: ignore[attr-defined]
        people = person_list(viewer=viewer, active_only=True) if policy.may_somewhere(viewer, PERSON_VIEW) else []
        names = [(str(one.id), one.name) for one in people if one.id != viewer.id]
        self.fields["person"].choices = [("", _("Choose somebody")), *names]  # type: ignore[attr-defined]
        self.fields["role"].choices = [("", "–"), *role_names(request).items()]  # type: ignore[attr-defined]


def state_word(state: str) -> tuple[str, str]:
    """Return whether a record counts."""
    return {
        VALID: (_("Counts"), "good"),
        SOON: (_("Ends soon"), "check"),
        EXPIRED: (_("Expired"), "past"),
        WITHDRAWN: (_("Taken back"), "past"),
    }[state]


def _wanted(rows: list[TrainingRow], show: str, me: UUID) -> list[TrainingRow]:
    states = {"counts": (VALID, SOON), "soon": (SOON,), "over": (EXPIRED, WITHDRAWN)}
    if show == "mine":
        return [row for row in rows if row.person_id == me]
    return [row for row in rows if row.state in states[show]]


def _tabs(request: HttpRequest, rows: list[TrainingRow], show: str, me: UUID) -> list[Tab]:
    names = {"counts": _("Trained now"), "soon": _("Ends soon"), "over": _("Expired"), "mine": _("My own")}
    base = reverse("ops:training")
    return [
        Tab(names[one], keep_moment(request, f"{base}?show={one}"), one == show, len(_wanted(rows, one, me)))
        for one in SHOW
    ]


def _table(request: HttpRequest, rows: list[TrainingRow]) -> Table:
    names = person_names({row.person_id for row in rows}, viewer=request.viewer)  # type: ignore[attr-defined]
    roles = role_names(request)
    lines: list[dict[str, Any]] = [
        {
            "who": Link(names[row.person_id], keep_moment(request, reverse("ops:training_record", args=[row.id]))),
            "role": roles.get(row.role, role_word(row.role)) if row.role else None,
            "what": say(row.title),
            "done": row.completed_on,
            "until": row.expires_on,
            "state": state_word(row.state)[0],
        }
        for row in rows
    ]
    columns = [
        Column("who", _("Who")),
        Column("role", _("Role")),
        Column("what", _("What was practised")),
        Column("done", _("Completed")),
        Column("until", _("Counts until")),
        Column("state", _("State")),
    ]
    return sort_table(Table(_("Training records"), columns, lines, tall=True, hide_caption=True), request.GET)


@route(permission=SIGNED_IN)
def training(request: HttpRequest) -> HttpResponse:
    """Show who is trained and what ends soon; whoever may not see that sees their own records."""
    viewer, moment = request.viewer, known_at(request)  # type: ignore[attr-defined]
    sees = policy.may(viewer, TRAINING_VIEW)
    rows = training_list(viewer=viewer, known_at=moment)
    show = request.GET.get("show", "counts")
    show = show if show in SHOW and sees else "counts" if sees else "mine"
    context = {
        "sees": sees,
        "show": show,
        "tabs": _tabs(request, rows, show, viewer.id) if sees else [],
        "table": _table(request, _wanted(rows, show, viewer.id)),
        "soon": sum(row.state == SOON for row in rows),
        "may": moment is None and policy.may(viewer, TRAINING_ATTEST),
    }
    return page(request, "ops/exercises/training.html", context, section="learn")


def _pairs(request: HttpRequest, row: TrainingRow) -> list[Pair]:
    viewer = request.viewer  # type: ignore[attr-defined]
    names = person_names({row.person_id, row.attested_by}, viewer=viewer)
    return [
        Pair(_("Who"), viewer.name if row.person_id == viewer.id else names[row.person_id]),
        Pair(_("Role"), role_names(request).get(row.role, role_word(row.role)) if row.role else None),
        Pair(_("Team"), row.team or None),
        Pair(_("Completed"), row.completed_on),
        Pair(_("Counts until"), row.expires_on),
        Pair(_("Attested by"), names[row.attested_by]),
    ]


@route(permission=SIGNED_IN)
def record(request: HttpRequest, record: UUID) -> HttpResponse:
    """Show one record, with its versions; to oneself, or with the right."""
    viewer, moment = request.viewer, known_at(request)  # type: ignore[attr-defined]
    row = training_get(viewer=viewer, record=record, known_at=moment)
    versions = training_history(viewer=viewer, record=record, known_at=moment)
    fields = {"expires_on": _("counts until"), "objectives": _("objectives"), "reason": _("reason")}
    word, tone = state_word(row.state)
    context = {
        "row": row,
        "title": say(row.title),
        "word": word,
        "tone": tone,
        "pairs": _pairs(request, row),
        "objectives": [(say(one.title), *reached_word(one.reached)) for one in row.objectives],
        "history": history(request, versions, state_word, fields),
        "later": months_later(clock.today()).isoformat(),
        "may": moment is None
        and row.state != WITHDRAWN
        and row.person_id != viewer.id
        and policy.may(viewer, TRAINING_ATTEST),
    }
    return page(request, "ops/exercises/training_record.html", context, section="learn")


@require_POST
@route(permission=TRAINING_ATTEST)
def step(request: HttpRequest, record: UUID, step: str) -> HttpResponse:
    """Renew a record, or take it back."""
    viewer, reason = request.viewer, request.POST.get("reason", "")  # type: ignore[attr-defined]
    if step == "renew":
        refuse_past(request)
        until = day_of(request.POST.get("expires_on", "")) or months_later(clock.today())
        attempt(
            request,
            lambda: training_renew(record=record, expires_on=until, reason=reason, by=viewer),
            done=_("The record is renewed."),
        )
    elif step == "withdraw":
        attempt(
            request,
            lambda: training_withdraw(record=record, reason=reason, by=viewer),
            done=_("The record is taken back."),
        )
    else:
        raise Http404
    return redirect("ops:training_record", record)


@route(permission=TRAINING_ATTEST)
def attest(request: HttpRequest) -> HttpResponse:
    """Attest a training by hand: a course, a real emergency, a run at a neighbour's."""
    form = AttestForm(request.POST or None, request=request, initial={"completed_on": clock.today().isoformat()})
    if request.method == "POST" and form.is_valid():
        given, viewer = form.cleaned_data, request.viewer  # type: ignore[attr-defined]
        row = attempt(
            request,
            lambda: training_attest(
                person=UUID(given["person"]),
                title={get_language() or "en": given["title"]},
                completed_on=given["completed_on"],
                expires_on=given["expires_on"],
                team=given["team"],
                role=given["role"],
                remark=given["remark"],
                by=viewer,
            ),
            done=_("The training is attested."),
            form=form,
        )
        if row:
            return redirect("ops:training_record", row.id)
    return page(
        request,
        "ops/exercises/training_new.html",
        {"form": form},
        section="learn",
        status=400 if form.errors else 200,
    )


@require_POST
@route(permission=TRAINING_ATTEST)
def attest_run(request: HttpRequest, run: UUID) -> HttpResponse:
    """Attest a run: everybody with an account here, or one player as somebody whom the director names."""
    viewer = request.viewer  # type: ignore[attr-defined]
    place = request.POST.get("player", "")
    if not place:
        attempt(
            request,
            lambda: training_attest_run(run=run, by=viewer),
            done=_("Everybody who has an account here is attested."),
        )
        return redirect("ops:run", run)
    refuse_past(request)
    row = run_get(viewer=viewer, run=run)
    design = run_design(viewer=viewer, run=run)
    player = next((one for one in players_of(request, row, design) if one.place == place), None)
    person = request.POST.get("person", "")
    if player is None or not person:
        raise Http404
    attempt(request, lambda: _one(row, player, person, request), done=_("The training is attested."))
    return redirect("ops:run", run)


def _one(row: RunRow, player: Player, person: str, request: HttpRequest) -> Any:
    viewer = request.viewer  # type: ignore[attr-defined]
    design = run_design(viewer=viewer, run=row.id)
    ended = (row.ended_at or clock.now()).astimezone(clock.city_zone()).date()
    return training_attest(
        person=UUID(person),
        title=design.title,
        completed_on=ended,
        run=row.id,
        team=player.team,
        role=player.role,
        objectives=[Trained(title) for title in design.objectives],
        by=viewer,
    )
