"""Says that the web process answers and reaches its database."""

from __future__ import annotations

from django.db import connection
from django.http import HttpRequest, HttpResponse

from salus.trust.routes import PUBLIC, route


@route(permission=PUBLIC)
def healthz(request: HttpRequest) -> HttpResponse:
    """Answer 200 where the database answers."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok", content_type="text/plain")
