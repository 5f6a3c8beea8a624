"""Between the session and the views: no undeclared route, no closed door, no old password."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect

from salus.trust.models import Person
from salus.trust.routes import undeclared_routes, viewer_of

# Parts of allauth that this product does not offer: nobody signs up, no e-mail address is kept in
# the open, and no password is reset through a mailbox.
CLOSED = frozenset(
    {
        "account_signup",
        "account_email",
        "account_email_verification_sent",
        "account_confirm_email",
        "account_reset_password",
        "account_reset_password_done",
        "account_reset_password_from_key",
        "account_reset_password_from_key_done",
        "account_confirm_login_code",
        "account_request_login_code",
        "account_set_password",
    }
)

# What somebody with a one-time password can still reach.
BEFORE_CHANGE = frozenset({"account_change_password", "account_logout", "account_reauthenticate"})


class TrustMiddleware:
    """Refuses to start with an undeclared route, and guards the routes that are not ours."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        missing = undeclared_routes()
        if missing:
            raise ImproperlyConfigured(
                "These routes declare no permission: "
                + ", ".join(missing)
                + ". Decorate each view with salus.trust.routes.route."
            )
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponseBase | None:
        """Close what is not offered; a declared view guards itself."""
        if getattr(view, "salus_permission", None) is not None or request.resolver_match is None:
            return None
        name = request.resolver_match.url_name
        if name in CLOSED:
            raise Http404
        person = request.user
        if isinstance(person, Person) and person.must_change_password and name not in BEFORE_CHANGE:
            return redirect("account_change_password")
        viewer_of(request)
        return None
