"""Start-up checks: a route without a declared permission does not start."""

from __future__ import annotations

from typing import Any

from django.core.checks import Error, Tags, register

from salus.trust.routes import undeclared_routes


@register(Tags.urls)
def routes_are_declared(**_: Any) -> list[Error]:
    """Every route of ours declares its permission."""
    return [
        Error(
            f"The route {route} declares no permission.",
            hint="Decorate its view with salus.trust.routes.route(permission=...).",
            id="salus.E010",
        )
        for route in undeclared_routes()
    ]
