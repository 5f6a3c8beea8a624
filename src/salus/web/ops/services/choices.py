"""What can be chosen when a line is closed or a site is opened."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from salus.base import clock
from salus.base.texts import pick
from salus.city.schemas import CITY_LEVEL, ZoneRow
from salus.city.selectors import facility_list, line_list, population_of, zone_list
from salus.decide.schemas import DecisionRow
from salus.decide.selectors import decision_list
from salus.plan.schemas import OPEN_SITES, SITE_KINDS, ServiceTemplate
from salus.plan.selectors import measure_list
from salus.trust.schemas import Viewer
from salus.web.ops.overview.queues import decision_title
from salus.web.ops.services.words import site_word
from salus.web.ui.timetable import mode_word

Choices = list[tuple[str, str]]


def _language() -> str:
    return get_language() or "en"


def standing(viewer: Viewer) -> dict[str, DecisionRow]:
    """Return the decisions that hold, or will."""
    now = clock.now()
    rows = decision_list(viewer=viewer, status="approved")
    return {str(row.id): row for row in rows if row.in_force_until is None or row.in_force_until > now}


def decisions(viewer: Viewer) -> Choices:
    """Return the decisions on which something can be closed or opened."""
    return [
        (key, _("Decision %(n)s: %(title)s") % {"n": row.number, "title": decision_title(row, _language())})
        for key, row in standing(viewer).items()
    ]


def lines(viewer: Viewer) -> Choices:
    """Return the city's lines."""
    rows = line_list(viewer=viewer)
    return [(str(row.id), f"{pick(row.name, _language())} ({mode_word(row.mode)})") for row in rows]


def sites() -> Choices:
    """Return what a site can be opened for."""
    return [(site, site_word(site)) for site in SITE_KINDS]


def chosen(request: HttpRequest) -> DecisionRow:
    """Return the decision that the address names."""
    found = standing(request.viewer).get(request.GET.get("decision", ""))  # type: ignore[attr-defined]
    if found is None:
        raise Http404
    return found


def ground(viewer: Viewer, row: DecisionRow) -> list[ZoneRow]:
    """Return the areas of a decision: the larger ones that lie wholly in it first, then the smallest."""
    known, wanted = zone_list(viewer=viewer), set(row.zone_ids)
    inside = [zone for zone in known if wanted & set(zone.path)]
    return sorted(inside, key=lambda zone: (len(zone.path), pick(zone.name, _language())))


def area_choices(zones: list[ZoneRow]) -> Choices:
    """Return areas by their names."""
    return [(str(zone.id), pick(zone.name, _language())) for zone in zones]


def site_areas(viewer: Viewer, row: DecisionRow) -> Choices:
    """Return the areas of a decision but the city itself: that is what choosing none says."""
    return area_choices([zone for zone in ground(viewer, row) if zone.level != CITY_LEVEL])


def line_areas(viewer: Viewer, row: DecisionRow, served: tuple[UUID, ...]) -> Choices:
    """Return the areas of a decision in which a line stops, in its order."""
    known = {zone.id: zone for zone in ground(viewer, row)}
    return area_choices([known[zone] for zone in served if zone in known])


def templates(viewer: Viewer, site: str) -> list[tuple[str, ServiceTemplate]]:
    """Return what measures say of a kind of site, by measure."""
    return [
        (row.code, asked)
        for row in measure_list(viewer=viewer)
        for asked in row.services
        if asked.what == OPEN_SITES and asked.site == site
    ]


def places(viewer: Viewer, row: DecisionRow, asked: list[ServiceTemplate]) -> Choices:
    """Return where a site could be opened: the kinds of facilities that measures name, those in the areas first."""
    kinds = {kind for one in asked for kind in one.at}
    here = {zone.id for zone in ground(viewer, row)}
    names = {zone.id: pick(zone.name, _language()) for zone in zone_list(viewer=viewer)}
    found = [
        place for place in facility_list(viewer=viewer)
        if place.status not in ("closed", "planned") and (not kinds or place.kind in kinds)
    ]  # fmt: skip
    found.sort(key=lambda place: (place.zone_id not in here, pick(place.name, _language())))
    return [(str(place.id), f"{pick(place.name, _language())}, {names.get(place.zone_id, '')}") for place in found]


def initial(viewer: Viewer, row: DecisionRow, asked: ServiceTemplate | None) -> dict[str, Any]:
    """Return what a measure proposes for a site: so many a day for the people of the decision's areas."""
    if asked is None:
        return {}
    zones = {zone.number: zone for zone in ground(viewer, row)}
    parents = {zone.parent_id for zone in zones.values()}
    living = population_of(viewer=viewer, zones=[zone.id for zone in zones.values() if zone.id not in parents])
    people = sum(living.values()) * asked.per_day_per_1000 / 1000
    return {
        "per_day": max(10 * round(people / 10), 10) if people else None,
        "weekdays": list(asked.weekdays),
        "opens": asked.opens,
        "closes": asked.closes,
    }
