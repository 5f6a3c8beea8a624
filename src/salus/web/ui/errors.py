"""What a person sees when something does not work: a page that says what happened and what to do."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer 400: the request cannot be read. The cause is not shown: it may hold what was sent."""
    return render(request, "400.html", status=400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer 403: the role does not include this."""
    return render(request, "403.html", status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer 404: there is no page here."""
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer 500: the fault is ours."""
    return render(request, "500.html", status=500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer 403 to a form that came too late or from elsewhere (``CSRF_FAILURE_VIEW``)."""
    return render(request, "403_csrf.html", status=403)


def too_many_requests(request: HttpRequest, retry_after: int = 60) -> HttpResponse:
    """Answer 429 with a page that says when to come back, and the header that machines read."""
    response = render(request, "429.html", {"retry_after": retry_after}, status=429)
    response["Retry-After"] = str(retry_after)
    return response
