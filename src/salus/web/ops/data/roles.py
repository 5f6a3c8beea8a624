"""Roles: what each may see and do, in which tier."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language

from salus.base.texts import pick
from salus.trust.permissions import ROLE_VIEW
from salus.trust.routes import route
from salus.trust.selectors import role_list
from salus.web.ops.data.words import tier_name
from salus.web.ops.moment import known_at
from salus.web.ops.pages import page


@route(permission=ROLE_VIEW)
def roles(request: HttpRequest) -> HttpResponse:
    """Show every role with its rights and its ceiling."""
    language = get_language() or "en"
    rows = [
        {
            "name": pick(row.name, language),
            "description": pick(row.description, language),
            "tier": tier_name(row.max_tier),
            "permissions": sorted(row.permissions),
            "at": row.recorded_at,
        }
        for row in role_list(viewer=request.viewer, known_at=known_at(request))  # type: ignore[attr-defined]
    ]
    return page(request, "ops/roles.html", {"rows": rows}, section="trust")
