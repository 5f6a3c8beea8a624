"""Serves public pages before anything of a session is touched, so that they can be kept anywhere.

Stands above the session in the list of middlewares: a public page never reads a cookie, never sets
one, and needs no table but that of the releases. What is not public goes on as always.
"""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase
from django.urls import Resolver404, resolve

NAMESPACE = "public"


class PublicFirst:
    """Answers public addresses by itself."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        try:
            match = resolve(request.path_info)
        except Resolver404:
            return self.get_response(request)
        if match.namespaces != [NAMESPACE]:
            return self.get_response(request)
        request.resolver_match = match
        response: HttpResponseBase = match.func(request, *match.args, **match.kwargs)
        return response
