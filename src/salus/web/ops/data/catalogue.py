"""The catalogue: every series with owner, policy, freshness, completeness and readers."""

from __future__ import annotations

import csv
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from salus.base.texts import pick
from salus.gather.catalogue.schemas import Catalogue
from salus.gather.catalogue.selectors import catalogue
from salus.gather.permissions import SOURCE_VIEW
from salus.trust.routes import route
from salus.web.ops.data.words import finding_groups, fresh_words, share, tier_name
from salus.web.ops.downloads import attached
from salus.web.ops.moment import keep_moment, known_at
from salus.web.ops.pages import page
from salus.web.ui.components import Column, Link, Table, sort_table

COVERAGE = {
    "surveillance": _("Surveillance"),
    "demographics": _("Demographics"),
    "vulnerable_groups": _("Vulnerable groups"),
    "geospatial": _("Geospatial"),
    "health_care": _("Health care"),
    "transport_logistics": _("Transport and logistics"),
}


def _rows(request: HttpRequest, found: Catalogue, *, links: bool) -> list[dict[str, Any]]:
    language = get_language() or "en"
    cells = []
    for health in found.sources:
        readers = ", ".join(f"{one.name.replace('_', ' ')} ({one.reads})" for one in health.readers[:4])
        for one in health.series:
            name = pick(one.series.name, language)
            href = keep_moment(request, reverse("ops:series", args=[one.series.code]))
            cells.append(
                {
                    "priority": health.source.priority,
                    "series": Link(name, href) if links else name,
                    "source": pick(health.source.title, language),
                    "fresh": fresh_words(one.freshness),
                    "last": one.last_known_at,
                    "complete": share(one.completeness),
                    "findings": " ".join(found.message for found in health.findings if found.series == one.series.code)
                    or None,
                    "owner": health.source.owner or None,
                    "policy": health.source.reuse_policy or None,
                    "tier": tier_name(one.series.tier),
                    "readers": readers or _("Nobody yet"),
                }
            )
    return cells


def _columns() -> list[Column]:
    return [
        Column("priority", _("Priority"), numeric=True),
        Column("series", _("Data")),
        Column("source", _("Source")),
        Column("fresh", _("Freshness")),
        Column("last", _("Last news")),
        Column("complete", _("Complete"), numeric=True),
        Column("findings", _("What is missing")),
        Column("owner", _("Owner")),
        Column("policy", _("Reuse")),
        Column("tier", _("Tier")),
        Column("readers", _("Who reads it")),
    ]


@route(permission=SOURCE_VIEW)
def catalogue_page(request: HttpRequest) -> HttpResponse:
    """Show all data with what a city must know of them, and what is missing."""
    found = catalogue(viewer=request.viewer, known_at=known_at(request))  # type: ignore[attr-defined]
    table = Table(_("Data, by priority"), _columns(), _rows(request, found, links=True), tall=True)
    language = get_language() or "en"
    doubts = [
        (pick(row.source.title, language), row.source.slug, finding_groups(told))
        for row in found.sources
        if (told := [one for one in row.findings if not one.series])
    ]
    coverage = [(str(COVERAGE.get(row.kind, row.kind)), row) for row in found.coverage]
    context = {"table": sort_table(table, request.GET), "coverage": coverage, "doubts": doubts}
    return page(request, "ops/catalogue.html", context, section="gather")


@route(permission=SOURCE_VIEW)
def catalogue_csv(request: HttpRequest) -> HttpResponse:
    """Answer the catalogue as CSV."""
    found = catalogue(viewer=request.viewer, known_at=known_at(request))  # type: ignore[attr-defined]
    answer = attached("", "catalogue.csv")
    keys = [column.key for column in _columns()]
    writer = csv.DictWriter(answer, keys)
    writer.writeheader()
    writer.writerows(_rows(request, found, links=False))
    return answer
