"""The moment that a page shows: `?at=` in the address, or now."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import cast
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from django.http import HttpRequest
from django.utils.translation import gettext as _

from salus.base import clock
from salus.base.errors import Invalid

PARAMETER = "at"


def _asked(request: HttpRequest) -> datetime | None:
    text = request.GET.get(PARAMETER, "").strip()
    if not text:
        return None
    try:
        # A plus sign in an address is read as a space; people paste such addresses.
        value = datetime.fromisoformat(text.replace(" ", "+") if "T" in text else text)
    except ValueError as error:
        raise Invalid(
            _("'%(text)s' is not a moment.") % {"text": text[:40]},
            remedy=_("Write for example ?at=2021-12-20T12:00."),
        ) from error
    return value if value.tzinfo else value.replace(tzinfo=clock.city_zone())


def known_at(request: HttpRequest) -> datetime | None:
    """Return the past moment that the page shows, or None where it shows now; the future is never shown."""
    kept = getattr(request, "salus_moment", False)
    if kept is not False:
        return cast("datetime | None", kept)
    asked = _asked(request)
    moment = asked.astimezone(UTC) if asked is not None and asked < clock.now() else None
    request.salus_moment = moment  # type: ignore[attr-defined]
    return moment


def shown(request: HttpRequest) -> datetime:
    """Return the moment that the page shows, whether past or now."""
    return known_at(request) or clock.now()


def keep_moment(request: HttpRequest, url: str) -> str:
    """Return an address of the operations room that shows the same moment as this page."""
    moment = known_at(request)
    if moment is None or not url:
        return url
    parts = urlsplit(url)
    query = [pair for pair in parse_qsl(parts.query, keep_blank_values=True) if pair[0] != PARAMETER]
    query.append((PARAMETER, moment.isoformat()))
    return urlunsplit(parts._replace(query=urlencode(query)))
