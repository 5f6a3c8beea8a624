"""Gather: how the sources stand, and one source with its series."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from salus.base.errors import NotFound
from salus.base.texts import pick
from salus.gather.catalogue.schemas import SourceHealth
from salus.gather.catalogue.selectors import catalogue, source_list
from salus.gather.permissions import IMPORT_REVIEW, IMPORT_RUN, IMPORT_VIEW, SOURCE_MANAGE, SOURCE_VIEW
from salus.gather.selectors import import_list, parked_list
from salus.gather.services import source_activate, source_pause
from salus.trust import policy
from salus.trust.routes import route
from salus.web.ops.data.words import finding_groups, fresh_words, share, source_words, tier_name
from salus.web.ops.forms import attempt
from salus.web.ops.moment import keep_moment, known_at
from salus.web.ops.pages import page
from salus.web.ui.components import Column, Link, Pair, Table, sort_table


def health_table(request: HttpRequest, rows: list[SourceHealth]) -> Table:
    """Return the sources with freshness, completeness, owner and policy."""
    language = get_language() or "en"
    cells: list[dict[str, Any]] = [
        {
            "source": Link(
                pick(row.source.title, language),
                keep_moment(request, reverse("ops:source", args=[row.source.slug])),
            ),
            "status": source_words(row.source.status)[0],
            "fresh": fresh_words(row.freshness),
            "last": row.last_known_at,
            "complete": share(row.completeness),
            "owner": row.source.owner or None,
            "tier": tier_name(row.source.tier),
            "priority": row.source.priority,
        }
        for row in rows
    ]
    columns = [
        Column("source", _("Source")),
        Column("status", _("Status")),
        Column("fresh", _("Freshness")),
        Column("last", _("Last news")),
        Column("complete", _("Complete"), numeric=True),
        Column("owner", _("Owner")),
        Column("tier", _("Tier")),
        Column("priority", _("Priority"), numeric=True),
    ]
    return sort_table(Table(_("Sources and how they stand"), columns, cells), request.GET)


@route(permission=SOURCE_VIEW)
def gather(request: HttpRequest) -> HttpResponse:
    """Answer: can we rely on what comes in?"""
    viewer, moment = request.viewer, known_at(request)  # type: ignore[attr-defined]
    found = catalogue(viewer=viewer, known_at=moment)
    troubled = [row for row in found.sources if row.freshness in ("late", "silent") and row.source.status == "live"]
    sees = policy.may_somewhere(viewer, IMPORT_VIEW)
    context = {
        "table": health_table(request, list(found.sources)),
        "troubled": troubled,
        "gaps": found.gaps,
        "imports": import_list(viewer=viewer, limit=8, known_at=moment) if sees else None,
        "parked_count": (
            len(parked_list(viewer=viewer, limit=1000, known_at=moment))
            if policy.may_somewhere(viewer, IMPORT_REVIEW)
            else None
        ),
        "may_import": policy.may_somewhere(viewer, IMPORT_RUN) and moment is None,
    }
    return page(request, "ops/gather.html", context, section="gather")


@route(permission=SOURCE_VIEW)
def sources(request: HttpRequest) -> HttpResponse:
    """List the sources."""
    rows = source_list(viewer=request.viewer, known_at=known_at(request))  # type: ignore[attr-defined]
    return page(request, "ops/sources.html", {"table": health_table(request, rows)}, section="gather")


def _one(request: HttpRequest, slug: str) -> SourceHealth:
    rows = source_list(viewer=request.viewer, known_at=known_at(request))  # type: ignore[attr-defined]
    for row in rows:
        if row.source.slug == slug:
            return row
    raise NotFound(_("There is no such source."), remedy=_("It may not have been known at that moment."))


def _series_table(request: HttpRequest, row: SourceHealth) -> Table:
    language = get_language() or "en"
    cells: list[dict[str, Any]] = [
        {
            "series": Link(
                pick(one.series.name, language),
                keep_moment(request, reverse("ops:series", args=[one.series.code])),
            ),
            "level": one.series.zone_level,
            "period": one.series.period,
            "newest": one.last_valid_on,
            "fresh": fresh_words(one.freshness),
            "complete": share(one.completeness),
            "suppressed": one.suppressed,
        }
        for one in row.series
    ]
    columns = [
        Column("series", _("Series")),
        Column("level", _("Zones")),
        Column("period", _("Period")),
        Column("newest", _("Newest period")),
        Column("fresh", _("Freshness")),
        Column("complete", _("Complete"), numeric=True),
        Column("suppressed", _("Suppressed cells"), numeric=True),
    ]
    return sort_table(Table(_("Series of this source"), columns, cells), request.GET)


def _stated(row: SourceHealth) -> list[Pair]:
    source = row.source
    return [
        Pair(_("Owner"), source.owner or None),
        Pair(_("What may be done with it"), source.reuse_policy or None),
        Pair(_("Tier"), tier_name(source.tier)),
        Pair(_("Licence"), source.licence_note or None),
        Pair(_("Comes every"), _("%(n)s hours") % {"n": source.cadence_hours}),
        Pair(_("Complete"), share(row.completeness)),
        Pair(_("Last news"), row.last_known_at),
    ]


@route(permission=SOURCE_VIEW)
def source(request: HttpRequest, slug: str) -> HttpResponse:
    """Show one source: what it states, how its series stand, who reads them."""
    row = _one(request, slug)
    viewer, moment, language = request.viewer, known_at(request), get_language() or "en"  # type: ignore[attr-defined]
    context = {
        "row": row,
        "name": pick(row.source.title, language),
        "stated": _stated(row),
        "table": _series_table(request, row),
        "findings": finding_groups(row.findings),
        "waits": any(one.code == "parked" for one in row.findings) and policy.may_somewhere(viewer, IMPORT_REVIEW),
        "choices": row.source.manifest.get("choices", []),
        "left_out": row.source.manifest.get("left_out", []),
        "imports": (
            import_list(viewer=viewer, source=slug, limit=10, known_at=moment)
            if policy.may_somewhere(viewer, IMPORT_VIEW)
            else None
        ),
        "may_manage": policy.may_somewhere(viewer, SOURCE_MANAGE) and moment is None,
        "missing": row.source.missing_for_going_live,
    }
    return page(request, "ops/source.html", context, section="gather")


@require_POST
@route(permission=SOURCE_MANAGE)
def source_state(request: HttpRequest, slug: str) -> HttpResponse:
    """Activate or pause a source."""
    viewer = request.viewer  # type: ignore[attr-defined]
    if request.POST.get("to") == "pause":
        attempt(request, lambda: source_pause(source=slug, by=viewer), done=_("The source is paused."))
    else:
        attempt(request, lambda: source_activate(source=slug, by=viewer), done=_("The source is live."))
    return redirect("ops:source", slug)
