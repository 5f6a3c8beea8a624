"""Closing a line and opening a site: first on which decision and what, then where, when and why."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from salus.base.texts import pick
from salus.city.selectors import line_get
from salus.decide.changes.services import line_close, site_open
from salus.decide.permissions import SERVICE_ORDER
from salus.decide.schemas import DecisionRow
from salus.plan.schemas import SITE_KINDS
from salus.trust.routes import route
from salus.web.ops.forms import attempt, refuse_past
from salus.web.ops.overview.queues import decision_title
from salus.web.ops.pages import page
from salus.web.ops.services import choices
from salus.web.ops.services.order_form import ChooseForm, OrderForm, SiteForm
from salus.web.ops.services.words import site_word


def _choose(request: HttpRequest, title: str, name: str, label: str, what: choices.Choices) -> HttpResponse:
    """Ask on which decision, and which line or kind of site."""
    viewer = request.viewer  # type: ignore[attr-defined]
    decisions = choices.decisions(viewer)
    given = {key: request.GET.get(key, "") for key in ("decision", name)}
    form = ChooseForm(decisions=decisions, name=name, label=label, what=what, initial=given)
    context = {
        "title": title, "form": form, "possible": bool(decisions and what), "measure": request.GET.get("measure", ""),
    }  # fmt: skip
    return page(request, "ops/services/choose.html", context, section="act")


@route(permission=SERVICE_ORDER)
def close(request: HttpRequest) -> HttpResponse:
    """Close a line."""
    refuse_past(request)
    viewer = request.viewer  # type: ignore[attr-defined]
    if not (request.GET.get("decision") and request.GET.get("line")):
        return _choose(request, _("Close a line"), "line", _("Which line?"), choices.lines(viewer))
    decision, line = choices.chosen(request), line_get(viewer=viewer, line=_uuid(request.GET["line"]))
    areas = choices.line_areas(viewer, decision, line.zone_ids)
    hint = _("Choose none to close it everywhere where it stops.")
    form = OrderForm(request.POST or None, areas=areas, hint=hint)
    title = _("Close %(line)s") % {"line": pick(line.name, get_language() or "en")}

    def act() -> Any:
        return line_close(
            line=line.id, decision=decision.id, zone_ids=form.zone_ids(), span=form.span(),
            measure=request.GET.get("measure", ""), reason=form.cleaned_data["reason"], by=viewer,
        )  # fmt: skip

    return _order(request, form, act, title, decision)


@route(permission=SERVICE_ORDER)
def open_site(request: HttpRequest) -> HttpResponse:
    """Open a site."""
    refuse_past(request)
    viewer, site = request.viewer, request.GET.get("site", "")  # type: ignore[attr-defined]
    if not request.GET.get("decision") or site not in SITE_KINDS:
        return _choose(request, _("Open a site"), "site", _("What is it for?"), choices.sites())
    decision = choices.chosen(request)
    asked = choices.templates(viewer, site)
    mine = next((one for code, one in asked if code in decision.measures), asked[0][1] if asked else None)
    form = SiteForm(
        request.POST or None,
        places=choices.places(viewer, decision, [one for _code, one in asked]),
        areas=choices.site_areas(viewer, decision),
        hint=_("Choose none for all areas of the decision."),
        initial=choices.initial(viewer, decision, mine),
    )

    def act() -> Any:
        return site_open(
            facility=_uuid(form.cleaned_data["facility"]), site=site, hours=form.hours(), decision=decision.id,
            zone_ids=form.zone_ids(), span=form.span(), measure=request.GET.get("measure", ""),
            reason=form.cleaned_data["reason"], by=viewer,
        )  # fmt: skip

    return _order(request, form, act, _("Open a site: %(what)s") % {"what": site_word(site)}, decision)


def _order(request: HttpRequest, form: forms.Form, act: Any, title: str, decision: DecisionRow) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        done = _("It is ordered. The public hears of it with the next situation that is published.")
        row = attempt(request, act, done=done, form=form)
        if row is not None:
            return redirect(reverse("ops:service_change", args=[row.id]))
    context = {
        "title": title,
        "form": form,
        "decision": decision,
        "decision_title": decision_title(decision, get_language() or "en"),
    }
    status = 400 if request.method == "POST" else 200
    return page(request, "ops/services/order.html", context, section="act", status=status)


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise Http404 from error
