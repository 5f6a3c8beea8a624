"""A refusal of any package becomes a page with its own words, never a stack trace."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render

from salus.base.errors import Conflict, NotFound, Refused, SalusError

STATUS: tuple[tuple[type[SalusError], int], ...] = ((NotFound, 404), (Refused, 403), (Conflict, 409))


class PlainRefusals:
    """Shows the message and the remedy of a SalusError."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Answer in plain words where the error was made for people."""
        if not isinstance(error, SalusError):
            return None
        status = next((code for kind, code in STATUS if isinstance(error, kind)), 400)
        return render(request, "refusal.html", {"message": error.message, "remedy": error.remedy}, status=status)
