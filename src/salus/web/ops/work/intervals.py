"""The serial interval that R rests on: which is held, why, and another from now on."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from salus.assess.permissions import RULE_SAVE, RULE_VIEW
from salus.assess.selectors import rule_table_get, rule_table_history
from salus.assess.services import serial_interval_estimate, serial_interval_set
from salus.base.selectors import job_get
from salus.base.texts import pick
from salus.trust import policy
from salus.trust.routes import route
from salus.trust.selectors import person_names
from salus.web.ops.data.jobs import job_part
from salus.web.ops.forms import attempt, refuse_past
from salus.web.ops.moment import known_at
from salus.web.ops.overview.rt import interval_words
from salus.web.ops.pages import page
from salus.web.ui.components import LogEntry

_NUMBERS = ("mean", "mean_low", "mean_high", "sd", "sd_low", "sd_high")


class IntervalForm(forms.Form):
    """The interval with its ranges, and where it is from."""

    mean = forms.FloatField(min_value=1.05, max_value=60)
    mean_low = forms.FloatField(min_value=1.01, max_value=60)
    mean_high = forms.FloatField(min_value=1.05, max_value=60)
    sd = forms.FloatField(min_value=0.1, max_value=40)
    sd_low = forms.FloatField(min_value=0.05, max_value=40)
    sd_high = forms.FloatField(min_value=0.1, max_value=40)
    source = forms.CharField(max_length=300)
    reason = forms.CharField(max_length=300)
    number = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        labels = {
            "mean": _("Mean, days"),
            "mean_low": _("Mean at least (95%), days"),
            "mean_high": _("Mean at most (95%), days"),
            "sd": _("Standard deviation, days"),
            "sd_low": _("Standard deviation at least (95%), days"),
            "sd_high": _("Standard deviation at most (95%), days"),
            "source": _("Where is it from?"),
            "reason": _("Why is it set now?"),
        }
        for name, label in labels.items():
            self.fields[name].label = label


def _initial(document: Any, number: int) -> dict[str, Any]:
    held = document["plan"].get("serial_interval")
    if not held:
        return {"number": number}
    ends = {f"{name}_{end}": held[f"{name}_range"][place] for name in ("mean", "sd")
            for place, end in enumerate(("low", "high"))}  # fmt: skip
    source = pick(held["source"], get_language() or "en")
    return {"mean": held["mean"], "sd": held["sd"], **ends, "source": source, "number": number}


def _context(request: HttpRequest, form: IntervalForm | None = None, pairs: str = "") -> dict[str, Any]:
    viewer, moment = request.viewer, known_at(request)  # type: ignore[attr-defined]
    row = rule_table_get(viewer=viewer, known_at=moment)
    may = moment is None and policy.may_somewhere(viewer, RULE_SAVE)
    job, found = _estimated(request) if may else (None, None)
    initial = _initial(row.document, row.number)
    if found:
        said = _("%(n)s pairs of cases and those they infected") % {"n": found["pairs"]}
        initial |= {name: found[name] for name in _NUMBERS} | {"source": said}
    past = rule_table_history(viewer=viewer, known_at=moment)
    return {
        "words": interval_words(row.document),
        "form": form or IntervalForm(initial=initial),
        "may": may,
        "job": job,
        "found": found,
        "pairs": pairs,
        "history": _history(request, past),
    }


def _history(request: HttpRequest, past: list[Any]) -> list[LogEntry]:
    """Return when another interval was held, newest first."""
    names = person_names({one.recorded_by for one in past}, viewer=request.viewer)  # type: ignore[attr-defined]
    kept = []
    for one, before in zip(past, [*past[1:], None], strict=True):
        said = interval_words(one.document)
        if before is None or said != interval_words(before.document):
            text = f"{said} {one.note}".strip()
            kept.append(LogEntry(one.recorded_at, text, None, names.get(one.recorded_by, ""), str(one.number)))
    return kept


def _estimated(request: HttpRequest) -> tuple[Any, dict[str, Any] | None]:
    """Return the estimate from pairs that was asked for, on its way or done."""
    text = request.GET.get("job", "")
    try:
        wanted = UUID(text) if text else None
    except ValueError:
        wanted = None
    if wanted is None:
        return None, None
    row = job_get(job=wanted)
    found = row.result if row.kind == "assess.serial_interval" and row.status == "done" else None
    part = job_part(request, wanted)
    # The page itself asks again, so that the form is filled in once the work is done.
    return (replace(part, poll_href="") if part else None), found


@route(permission=RULE_VIEW)
def interval(request: HttpRequest) -> HttpResponse:
    """Show the serial interval that is held."""
    return page(request, "ops/interval.html", _context(request), section="assess")


@require_POST
@route(permission=RULE_SAVE)
def interval_set(request: HttpRequest) -> HttpResponse:
    """Hold another serial interval from the next assessment on."""
    refuse_past(request)
    form, saved = IntervalForm(request.POST), None
    if form.is_valid():
        told = form.cleaned_data
        saved = attempt(
            request,
            lambda: serial_interval_set(
                mean=told["mean"],
                mean_range=(told["mean_low"], told["mean_high"]),
                sd=told["sd"],
                sd_range=(told["sd_low"], told["sd_high"]),
                source=told["source"],
                reason=told["reason"],
                expected_number=told["number"],
                by=request.viewer,  # type: ignore[attr-defined]
            ),
            done=_("The serial interval is set; the next assessment uses it."),
            form=form,
        )
    if saved is None:
        return page(request, "ops/interval.html", _context(request, form), section="assess", status=422)
    return redirect("ops:interval")


@require_POST
@route(permission=RULE_SAVE)
def interval_pairs(request: HttpRequest) -> HttpResponse:
    """Have the interval estimated from pairs."""
    refuse_past(request)
    pairs = request.POST.get("pairs", "")
    by = request.viewer  # type: ignore[attr-defined]
    job = attempt(
        request, lambda: serial_interval_estimate(pairs=pairs, by=by), done=_("The pairs are being looked at.")
    )
    if job is None:
        return page(request, "ops/interval.html", _context(request, pairs=pairs), section="assess", status=422)
    return redirect(f"{reverse('ops:interval')}?job={job}")
