"""The error page that Django has no handler for: too many requests."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def too_many_requests(request: HttpRequest, retry_after: int = 60) -> HttpResponse:
    """Answer 429 with a page that says when to come back, and the header that machines read."""
    response = render(request, "429.html", {"retry_after": retry_after}, status=429)
    response["Retry-After"] = str(retry_after)
    return response
