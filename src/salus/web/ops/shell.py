"""The shell of an operations page: city, level, clock, rail and person."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from salus.assess.permissions import RISK_LEVEL_VIEW
from salus.assess.selectors import city_level
from salus.base import clock, selectors
from salus.base.errors import NotFound, Refused
from salus.base.texts import pick
from salus.city.selectors import city_get
from salus.gather.permissions import SERIES_VIEW
from salus.gather.selectors import series_list
from salus.trust import policy
from salus.trust.policy import scope_key
from salus.trust.schemas import Viewer
from salus.web.ops.levels import level_badge
from salus.web.ops.moment import keep_moment, known_at, shown
from salus.web.ui.components import Level
from salus.web.ui.shell import ClockMode, NavItem, OpsShell, Role, rail


def _mode() -> ClockMode:
    mode = clock.reading().mode
    if mode == "wall":
        return "live"
    return "exercise" if mode == "exercise" else "replay"


def _place(viewer: Viewer, moment: datetime | None) -> tuple[str, Level | None]:
    try:
        city = city_get(viewer=viewer, known_at=moment)
    except NotFound:
        return _("No city yet"), None
    except Refused:
        # Whoever has no role yet still has an account to look after.
        return "", None
    row = city_level(viewer=viewer, known_at=moment) if policy.may_somewhere(viewer, RISK_LEVEL_VIEW) else None
    return pick(city.name, get_language() or "en"), level_badge(row.level) if row else None


def kept_for_change(name: str, make: Any) -> Any:
    """Return what `make` returns, made once for each published event."""
    key = f"shell:{name}:{selectors.change_number()}"
    kept = cache.get(key)
    if kept is None:
        kept = make()
        cache.set(key, kept, 300)
    return kept


def earliest(viewer: Viewer) -> datetime:
    """Return the left end of the clock: the first moment of which anything is known."""
    found: datetime | None = kept_for_change(f"first:{scope_key(viewer)}", lambda: _first_known(viewer))
    return found or clock.now() - timedelta(days=1)


def _first_known(viewer: Viewer) -> datetime | None:
    if not policy.may_somewhere(viewer, SERIES_VIEW):
        return None
    known = [row.first_known for row in series_list(viewer=viewer) if row.first_known is not None]
    return min(known, default=None)


def _note() -> str:
    if not settings.SALUS_DEMO:
        return ""
    words = [_("A demonstration with invented staff.")]
    if settings.SALUS_CREW:
        words.append(_("Where you have not acted within two days of this clock, the demo crew does."))
    return " ".join(words)


def _nav(request: HttpRequest, section: str) -> list[NavItem]:
    items = rail(section)
    return [
        NavItem(item.key, item.label, keep_moment(request, item.href), item.current, item.count, item.act)
        for item in items
    ]


def ops_shell(request: HttpRequest, *, section: str) -> OpsShell:
    """Return the shell for a request; what is shown in it is as known at the page's moment."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    city, level = _place(viewer, known_at(request))
    now = clock.now()
    moment = shown(request)
    return OpsShell(
        city=city,
        level=level,
        clock_mode=_mode(),
        now=now,
        known_at=moment,
        min_at=min(earliest(viewer), moment),
        max_at=now,
        past=known_at(request) is not None,
        nav=_nav(request, section),
        speed_label=selectors.speed_label(),
        # A page that is kept for several readers carries a mark instead of a name.
        person=getattr(request, "salus_reader_mark", viewer.name),
        roles=[Role(role, role.replace("_", " ").capitalize()) for role in viewer.roles],
        demo_note=_note(),
        topics=("base.clock_set",),
        role_url="",
        account_url=reverse("ops:account"),
        search_url=reverse("ops:search"),
        changes_url=reverse("ops:changes"),
        stream_url=stream_url(request),
    )


def stream_url(request: HttpRequest) -> str:
    """Return where the live stream is: beside the pages, or on its own port."""
    if not settings.SALUS_LIVE_PORT:
        return "/live/stream"
    host = request.get_host().rsplit(":", 1)[0]
    return f"{request.scheme}://{host}:{settings.SALUS_LIVE_PORT}/live/stream"
