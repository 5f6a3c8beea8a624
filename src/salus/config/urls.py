"""Where each face begins."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("accounts/", include("allauth.urls")),
    path("ops/", include("salus.web.ops.urls")),
    path("", include("salus.web.public.urls")),
]
