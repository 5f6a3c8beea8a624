"""Where each face begins."""

from __future__ import annotations

from django.conf import settings
from django.urls import include, path

from salus.config import health
from salus.trust.routes import SIGNED_IN, route

urlpatterns = [
    path("healthz", health.healthz),
    path("accounts/", include("allauth.urls")),
    path("ops/", include("salus.web.ops.urls")),
    path("", include("salus.web.public.urls")),
]

if settings.DEBUG or settings.SALUS_DEMO:
    from salus.web.ui.styleguide import styleguide

    urlpatterns.insert(2, path("ops/styleguide/", route(permission=SIGNED_IN)(styleguide)))

handler400 = "salus.web.ui.errors.bad_request"
handler403 = "salus.web.ui.errors.forbidden"
handler404 = "salus.web.ui.errors.not_found"
handler500 = "salus.web.ui.errors.server_error"
