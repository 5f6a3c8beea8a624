"""The review queue: rows that wait for a person, to be put right or put aside."""

from __future__ import annotations

from urllib.parse import urlencode
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from salus.base.errors import Invalid
from salus.gather.permissions import IMPORT_REVIEW
from salus.gather.selectors import parked_list
from salus.gather.services import parked_row_dismiss, parked_row_fix
from salus.trust.routes import route
from salus.trust.schemas import Tier
from salus.web.ops.forms import attempt
from salus.web.ops.moment import known_at
from salus.web.ops.pages import page

MOST = 1000
PREFIX = "cell:"


@route(permission=IMPORT_REVIEW, tier=Tier.OPERATIONAL)
def parked(request: HttpRequest) -> HttpResponse:
    """Show the rows that wait, of one import if asked."""
    viewer, moment = request.viewer, known_at(request)  # type: ignore[attr-defined]
    text = request.GET.get("import", "")
    try:
        wanted = UUID(text) if text else None
    except ValueError as error:
        raise Invalid(_("The address names no import."), remedy=_("Open the queue from an import.")) from error
    source = request.GET.get("source") or None
    rows = parked_list(viewer=viewer, import_id=wanted, source=source, limit=MOST, known_at=moment)
    shown = Paginator(rows, 25).get_page(request.GET.get("page"))
    context = {
        "rows": shown,
        "count": len(rows),
        "full": len(rows) == MOST,
        "may": moment is None,
        "import_id": wanted,
        "source": source,
    }
    return page(request, "ops/parked.html", context, section="gather")


@require_POST
@route(permission=IMPORT_REVIEW)
def fix(request: HttpRequest, row: UUID) -> HttpResponse:
    """Take the row in as a person has put it right."""
    values = {name.removeprefix(PREFIX): text for name, text in request.POST.items() if name.startswith(PREFIX)}
    viewer = request.viewer  # type: ignore[attr-defined]
    attempt(
        request,
        lambda: parked_row_fix(row=row, values={k: str(v) for k, v in values.items()}, by=viewer),
        done=_("The row is taken in."),
    )
    return redirect(_back(request))


@require_POST
@route(permission=IMPORT_REVIEW)
def dismiss(request: HttpRequest, row: UUID) -> HttpResponse:
    """Put the row aside, with the reason."""
    viewer = request.viewer  # type: ignore[attr-defined]
    reason = request.POST.get("reason", "").strip()
    attempt(request, lambda: parked_row_dismiss(row=row, reason=reason, by=viewer), done=_("The row is put aside."))
    return redirect(_back(request))


def _back(request: HttpRequest) -> str:
    wanted, source = request.POST.get("import", ""), request.POST.get("source", "")
    if source and not wanted:
        return f"{reverse('ops:parked')}?{urlencode({'source': source})}"
    try:
        return f"{reverse('ops:parked')}?import={UUID(wanted)}" if wanted else reverse("ops:parked")
    except ValueError:
        return reverse("ops:parked")
