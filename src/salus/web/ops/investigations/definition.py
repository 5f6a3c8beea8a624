"""The case definition's editor, hypotheses, and closing."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from salus.assess.investigations.document import InvestigationPack
from salus.assess.investigations.schemas import InvestigationRow
from salus.assess.investigations.selectors import investigation_get, investigation_pack
from salus.assess.investigations.services import definition_save, hypotheses_save, investigation_close
from salus.assess.permissions import INVESTIGATION_EDIT
from salus.base import clock
from salus.base.texts import pick
from salus.trust.routes import route
from salus.web.ops.forms import attempt
from salus.web.ops.investigations.figures import city_time
from salus.web.ops.investigations.pages import title_of
from salus.web.ops.pages import page

_MOMENT = "%Y-%m-%dT%H:%M"


class DefinitionForm(forms.Form):
    """Who counts as a case."""

    symptoms = forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple)
    at_least = forms.IntegerField(min_value=0, max_value=20)
    since = forms.DateTimeField(
        required=False, input_formats=[_MOMENT], widget=forms.DateTimeInput({"type": "datetime-local"}, _MOMENT)
    )
    until = forms.DateTimeField(
        required=False, input_formats=[_MOMENT], widget=forms.DateTimeInput({"type": "datetime-local"}, _MOMENT)
    )
    link_answers = forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple)
    laboratory = forms.BooleanField(required=False)
    number = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, pack: InvestigationPack, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language = get_language() or "en"
        labels = {
            "symptoms": _("Symptoms that count"),
            "at_least": _("How many of them a case has at least"),
            "since": _("Fell ill from (empty: any time)"),
            "until": _("Fell ill until (empty: no end)"),
            "link_answers": _("An answer that makes a case probable"),
            "laboratory": _("A positive test confirms a case"),
        }
        for name, label in labels.items():
            self.fields[name].label = label
        self.fields["symptoms"].choices = [(code, pick(text, language)) for code, text in pack.symptoms.items()]  # type: ignore[attr-defined]
        self.fields["link_answers"].choices = [(code, pick(text, language)) for code, text in pack.questions.items()]  # type: ignore[attr-defined]

    def definition(self, row: InvestigationRow) -> dict[str, Any]:
        """Return the case definition that was filled in; what the form does not ask stays."""
        told = self.cleaned_data
        moments = {name: told[name].isoformat() if told[name] else "" for name in ("since", "until")}
        asked = {name: told[name] for name in ("symptoms", "at_least", "link_answers", "laboratory")}
        return {**row.definition, **asked, **moments}


def _initial(row: InvestigationRow) -> dict[str, Any]:
    given = row.definition
    moments = {name: city_time(given[name]).strftime(_MOMENT) if given[name] else "" for name in ("since", "until")}
    kept = {name: given[name] for name in ("symptoms", "at_least", "link_answers", "laboratory")}
    return {**kept, **moments, "number": row.definition_number}


@route(permission=INVESTIGATION_EDIT)
def edit(request: HttpRequest, investigation: UUID) -> HttpResponse:
    """Show the case definition to be changed, and change it."""
    viewer = request.viewer  # type: ignore[attr-defined]
    row = investigation_get(viewer=viewer, investigation=investigation)
    pack = investigation_pack(viewer=viewer, name=row.pack)
    form = DefinitionForm(pack, request.POST or None, initial=_initial(row))
    # What is typed is meant in the city's time.
    with clock_in_city():
        if request.method == "POST" and form.is_valid():
            saved = attempt(
                request,
                lambda: definition_save(
                    investigation=row.id,
                    definition=form.definition(row),
                    expected_number=form.cleaned_data["number"],
                    by=viewer,
                ),
                done=_("The case definition is changed; the figures are worked out anew."),
                form=form,
            )
            if saved is not None:
                return redirect("ops:investigation", investigation)
    status = 422 if request.method == "POST" else 200
    return page(request, "ops/investigations/definition.html", {"row": row, "title": title_of(row), "form": form},
                section="assess", status=status)  # fmt: skip


def clock_in_city() -> Any:
    """Read what is typed in the time of the city."""
    from django.utils import timezone

    return timezone.override(clock.city_zone())


@require_POST
@route(permission=INVESTIGATION_EDIT)
def suppose(request: HttpRequest, investigation: UUID) -> HttpResponse:
    """Add a hypothesis, or say what became of one."""
    viewer = request.viewer  # type: ignore[attr-defined]
    row = investigation_get(viewer=viewer, investigation=investigation)
    told = [dict(one) for one in row.hypotheses]
    which, state = request.POST.get("which", ""), request.POST.get("state", "open")
    if which.isdigit() and int(which) < len(told):
        told[int(which)]["state"] = state
    else:
        told.append({"text": request.POST.get("text", ""), "state": "open"})
    attempt(
        request,
        lambda: hypotheses_save(investigation=row.id, hypotheses=told, by=viewer),
        done=_("The hypotheses are written down."),
    )
    return redirect("ops:investigation", investigation)


@require_POST
@route(permission=INVESTIGATION_EDIT)
def close(request: HttpRequest, investigation: UUID) -> HttpResponse:
    """Close an investigation with what was found."""
    attempt(
        request,
        lambda: investigation_close(
            investigation=investigation,
            reason=request.POST.get("reason", ""),
            by=request.viewer,  # type: ignore[attr-defined]
        ),
        done=_("The investigation is closed."),
    )
    return redirect(reverse("ops:investigation", args=[investigation]))
