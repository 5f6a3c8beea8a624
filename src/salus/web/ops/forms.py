"""What forms of the operations room have in common."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext as _

from salus.base.errors import Invalid, SalusError
from salus.web.ops.moment import known_at


def refuse_past(request: HttpRequest) -> None:
    """Refuse a change while the page shows a past moment: what is past cannot be changed."""
    if known_at(request) is not None:
        raise Invalid(_("You are looking at the past."), remedy=_("Go back to now to change something."))


def attempt(request: HttpRequest, act: Callable[[], Any], *, done: str, form: forms.Form | None = None) -> Any:
    """Call a service; a refusal becomes an error of the form, or a message. Returns None where it was refused."""
    refuse_past(request)
    try:
        result = act()
    except SalusError as refusal:
        if form is not None:
            form.add_error(None, str(refusal))
        else:
            messages.error(request, str(refusal))
        return None
    messages.success(request, done)
    return result if result is not None else True
