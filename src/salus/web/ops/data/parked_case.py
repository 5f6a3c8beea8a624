"""A line of the line list that waits: opened with a reason by those who may see persons, and put right."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from salus.base.errors import SalusError
from salus.gather.cases.mending import may_mend, parked_case_fix, parked_case_look
from salus.gather.permissions import IMPORT_REVIEW
from salus.trust.routes import route
from salus.web.ops.forms import refuse_past
from salus.web.ops.pages import page

PREFIX = "cell:"


@route(permission=IMPORT_REVIEW)
def look(request: HttpRequest, row: UUID) -> HttpResponse:
    """Ask why somebody wants to see a line, and show it to be put right."""
    viewer = request.viewer  # type: ignore[attr-defined]
    if not may_mend(viewer=viewer):
        return _not_yours(request)
    context: dict[str, object] = {"row": row, "reason": request.POST.get("reason", "").strip()}
    if request.method == "POST":
        refuse_past(request)
        try:
            line = parked_case_look(row=row, reason=str(context["reason"]), by=viewer)
            context |= {"line": line, "cells": _cells(line.cells, {fault.column for fault in line.defects})}
        except SalusError as refusal:
            context["error"] = str(refusal)
    return _page(request, context)


@require_POST
@route(permission=IMPORT_REVIEW)
def fix(request: HttpRequest, row: UUID) -> HttpResponse:
    """Take the line in as it was put right; what was typed stays where it is refused."""
    if not may_mend(viewer=request.viewer):  # type: ignore[attr-defined]
        return _not_yours(request)
    refuse_past(request)
    values = {name.removeprefix(PREFIX): str(text) for name, text in request.POST.items() if name.startswith(PREFIX)}
    try:
        parked_case_fix(row=row, values=values, by=request.viewer)  # type: ignore[attr-defined]
    except SalusError as refusal:
        wrong = set(request.POST.getlist("wrong"))
        context = {"row": row, "line": True, "cells": _cells(values, wrong), "error": str(refusal)}
        return _page(request, context)
    messages.success(request, _("The line is taken in."))
    return redirect(reverse("ops:parked"))


def _not_yours(request: HttpRequest) -> HttpResponse:
    return page(request, "ops/parked_not_yours.html", {}, section="gather", status=403)


def _cells(values: object, wrong: set[str]) -> list[tuple[str, str, bool]]:
    """Return the columns with what stands there, those with a fault first."""
    cells = [(name, text, name in wrong) for name, text in dict(values).items()]  # type: ignore[call-overload]
    return sorted(cells, key=lambda cell: not cell[2])


def _page(request: HttpRequest, context: dict[str, object]) -> HttpResponse:
    answer = page(
        request, "ops/parked_case.html", context, section="gather", status=422 if context.get("error") else 200
    )
    # What names a person is not left behind in a browser.
    add_never_cache_headers(answer)
    return answer
