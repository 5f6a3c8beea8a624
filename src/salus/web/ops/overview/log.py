"""The log: everything that happened, newest first."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from salus.city.permissions import CITY_VIEW
from salus.trust.routes import route
from salus.trust.schemas import Tier
from salus.web.ops.moment import known_at
from salus.web.ops.overview.events import entries
from salus.web.ops.pages import page

STEPS = ("gather", "assess", "plan", "decide", "act", "learn")
MOST = 1500


@route(permission=CITY_VIEW, tier=Tier.PUBLIC)
def log(request: HttpRequest) -> HttpResponse:
    """Show what happened, by step of the loop if asked."""
    step = request.GET.get("step", "")
    rows = entries(
        viewer=request.viewer,  # type: ignore[attr-defined]
        known_at=known_at(request),
        limit=MOST,
        topics=[step] if step in STEPS else None,
    )
    shown = Paginator(rows, 60).get_page(request.GET.get("page"))
    names = {"gather": _("Gather"), "assess": _("Assess"), "plan": _("Plan"), "decide": _("Decide")}
    names |= {"act": _("Act"), "learn": _("Learn")}
    context = {"entries": shown, "step": step, "steps": list(names.items()), "full": len(rows) == MOST, "most": MOST}
    return page(request, "ops/log.html", context, section="log")
