"""What each route asks for: declared beside the view, resolved once, refused at start where missing."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from enum import Enum
from typing import Any, TypeVar, cast

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import URLPattern, URLResolver, get_resolver

from salus.trust import policy
from salus.trust.actors import ANONYMOUS
from salus.trust.models import Person
from salus.trust.schemas import Tier, Viewer
from salus.trust.selectors.viewers import viewer_for

View = TypeVar("View", bound=Callable[..., HttpResponseBase])


class Openness(Enum):
    """Routes that ask for no right."""

    PUBLIC = "public"  # anybody; the session is not even looked at
    SIGNED_IN = "signed in"  # anybody with an account


PUBLIC = Openness.PUBLIC
SIGNED_IN = Openness.SIGNED_IN

# Routes of others that guard themselves. Every prefix is a whole package name.
GUARDED_BY_OTHERS = ("allauth.",)


def viewer_of(request: HttpRequest) -> Viewer:
    """Return who is looking, asking the database once for a request."""
    kept: Viewer | None = getattr(request, "viewer", None)
    if kept is None:
        person = request.user
        kept = viewer_for(person=person) if isinstance(person, Person) else ANONYMOUS
        request.viewer = kept  # type: ignore[attr-defined]
    return kept


def _sent(request: HttpRequest, where: HttpResponseBase) -> HttpResponseBase:
    """Send the whole page there, also where only a part of it was asked for."""
    if "HX-Request" not in request.headers:
        return where
    answer = HttpResponse(status=401)
    answer["HX-Redirect"] = where["Location"]
    return answer


def _stopped(request: HttpRequest, permission: str | Openness, tier: Tier) -> HttpResponseBase | None:
    """Return where a request is sent instead, or nothing where it may pass."""
    if not isinstance(request.user, Person):
        return _sent(request, redirect_to_login(request.get_full_path()))
    if request.user.must_change_password:
        return _sent(request, redirect("account_change_password"))
    if isinstance(permission, str) and not policy.may_somewhere(viewer_of(request), permission, tier=tier):
        raise PermissionDenied(permission)
    return None


def route(*, permission: str | Openness, tier: Tier = Tier.OPERATIONAL) -> Callable[[View], View]:
    """Declare the right that a view asks for; `request.viewer` is set when it runs.

    The right is asked for in at least one zone: the selectors and services that the view calls
    decide zone by zone.
    """

    def wrap(view: View) -> View:
        @functools.wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if permission is PUBLIC:
                # No session is read, so that the page can be cached anywhere.
                request.viewer = ANONYMOUS  # type: ignore[attr-defined]
                return view(request, *args, **kwargs)
            stopped = _stopped(request, permission, tier)
            if stopped is not None:
                return stopped
            viewer_of(request)
            return view(request, *args, **kwargs)

        guarded.salus_permission = permission  # type: ignore[attr-defined]
        guarded.salus_tier = tier  # type: ignore[attr-defined]
        return cast(View, guarded)

    return wrap


def _patterns(resolver: Any, prefix: str) -> Iterator[tuple[str, Any]]:
    for pattern in resolver.url_patterns:
        where = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _patterns(pattern, where)
        elif isinstance(pattern, URLPattern):
            yield where, pattern.callback


def _origin(callback: Any) -> str:
    inner = getattr(callback, "view_class", None) or callback
    return f"{getattr(inner, '__module__', '')}."


def undeclared_routes(urlconf: str | None = None) -> list[str]:
    """Return the routes that declare no permission."""
    return [
        f"/{where} ({_origin(callback)}{getattr(callback, '__name__', '')})"
        for where, callback in _patterns(get_resolver(urlconf), "")
        if getattr(callback, "salus_permission", None) is None and not _origin(callback).startswith(GUARDED_BY_OTHERS)
    ]
