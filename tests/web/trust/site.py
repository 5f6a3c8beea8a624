"""Pages that show what the doors let through."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import path

from salus.config import urls as product
from salus.trust.routes import PUBLIC, SIGNED_IN, route
from salus.trust.schemas import Tier


def _page(request: HttpRequest) -> HttpResponse:
    return HttpResponse(f"{request.viewer.kind} {request.viewer.name}")  # type: ignore[attr-defined]


urlpatterns = [
    path("open/", route(permission=PUBLIC)(_page)),
    path("own/", route(permission=SIGNED_IN)(_page)),
    path("signals/", route(permission="signal.view")(_page)),
    path("roles/", route(permission="role.manage")(_page)),
    path("contacts/", route(permission="person.contact", tier=Tier.PERSONAL)(_page)),
    # The pages of accounts link to the rest of the product.
    *product.urlpatterns,
]
