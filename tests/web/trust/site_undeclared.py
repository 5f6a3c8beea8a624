"""A site with one page that forgot to say who may see it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from django.views.generic import TemplateView

from salus.trust.routes import PUBLIC, route


def forgotten(request: HttpRequest) -> HttpResponse:
    return HttpResponse("secret")


inner = [
    path("forgotten/", forgotten),
    path("template/", TemplateView.as_view(template_name="secret.html")),
    path("declared/", route(permission=PUBLIC)(forgotten)),
]
urlpatterns = [path("accounts/", include("allauth.urls")), path("deep/", include(inner))]
