"""Zones: the list, one zone with everything about it, and the map's data."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from salus.assess.permissions import ASSESSMENT_VIEW, SIGNAL_VIEW
from salus.assess.schemas import AssessedSeries
from salus.assess.selectors import assessment_series, risk_level_history, risk_level_list, risk_level_of, signal_list
from salus.base.texts import pick
from salus.city.permissions import CITY_VIEW, FACILITY_VIEW, POPULATION_VIEW
from salus.city.schemas import ZONE_LEVEL
from salus.city.selectors import facility_list, population_by_age, zone_features, zone_get, zone_list
from salus.decide.permissions import DECISION_VIEW
from salus.decide.selectors import decision_list
from salus.trust import policy
from salus.trust.routes import route
from salus.trust.schemas import Tier
from salus.web.ops.levels import level_badge
from salus.web.ops.moment import keep_moment, known_at
from salus.web.ops.overview.maps import level_figure
from salus.web.ops.overview.queues import signal_queue, zone_names
from salus.web.ops.overview.zone_parts import age_figure, level_timeline, zone_curves
from salus.web.ops.pages import page


@route(permission=CITY_VIEW, tier=Tier.PUBLIC)
def zones(request: HttpRequest) -> HttpResponse:
    """Show the zones on the map and as a sortable table."""
    viewer, moment = request.viewer, known_at(request)  # type: ignore[attr-defined]
    levels = risk_level_list(viewer=viewer, known_at=moment)
    signals = []
    if policy.may_somewhere(viewer, SIGNAL_VIEW):
        signals = [row for row in signal_list(viewer=viewer, is_open=True, known_at=moment) if row.is_open]
    return page(request, "ops/zones.html", {"map_figure": level_figure(request, levels, signals)}, section="assess")


@route(permission=CITY_VIEW, tier=Tier.PUBLIC)
def zone(request: HttpRequest, zone: UUID) -> HttpResponse:
    """Show everything about one zone, as known at the page's moment."""
    viewer, moment, language = request.viewer, known_at(request), get_language() or "en"  # type: ignore[attr-defined]
    row = zone_get(viewer=viewer, zone=zone, known_at=moment)
    level = risk_level_of(viewer=viewer, zone=zone, known_at=moment)

    def sees(right: str, tier: Tier = Tier.OPERATIONAL) -> bool:
        return policy.may(viewer, right, zone=row.path, tier=tier)

    context = {
        "zone": row,
        "name": pick(row.name, language),
        "parents": [(name, above) for above in row.path[1:] if (name := zone_names(request).get(above))],
        "level": level,
        "badge": level_badge(level.level) if level else None,
        "reasons": level.sentences(language) if level else [],
        "stays": level_timeline(request, risk_level_history(viewer=viewer, zone=zone, known_at=moment)),
        "signals": _signals(request, zone) if sees(SIGNAL_VIEW) else None,
        "curves": zone_curves(request, row, _assessed(request)),
        "decisions": _decisions(request, zone) if sees(DECISION_VIEW, Tier.PARTNER) else None,
        "ages": _ages(request, zone) if sees(POPULATION_VIEW) else None,
        "facilities": (
            facility_list(viewer=viewer, zone=zone, known_at=moment) if sees(FACILITY_VIEW, Tier.PARTNER) else None
        ),
    }
    return page(request, "ops/zone.html", context, section="assess")


def _assessed(request: HttpRequest) -> list[AssessedSeries]:
    viewer = request.viewer  # type: ignore[attr-defined]
    if not policy.may_somewhere(viewer, ASSESSMENT_VIEW):
        return []
    return list(assessment_series(viewer=viewer, known_at=known_at(request)))


def _signals(request: HttpRequest, zone: UUID) -> list[object]:
    viewer = request.viewer  # type: ignore[attr-defined]
    return list(signal_queue(request, signal_list(viewer=viewer, zone=zone, limit=10, known_at=known_at(request))))


def _decisions(request: HttpRequest, zone: UUID) -> list[object]:
    rows = decision_list(viewer=request.viewer, zone=zone, known_at=known_at(request))  # type: ignore[attr-defined]
    return list(rows[:10])


def _ages(request: HttpRequest, zone: UUID) -> object | None:
    bands = population_by_age(viewer=request.viewer, zones=[zone], known_at=known_at(request))  # type: ignore[attr-defined]
    return age_figure(bands) if bands else None


@route(permission=CITY_VIEW, tier=Tier.PUBLIC)
def map_geojson(request: HttpRequest) -> JsonResponse:
    """Answer the zones with their levels, for the interactive map."""
    viewer, moment, language = request.viewer, known_at(request), get_language() or "en"  # type: ignore[attr-defined]
    levels = {row.zone_id: row.level for row in risk_level_list(viewer=viewer, known_at=moment)}
    known = {row.id for row in zone_list(viewer=viewer, level=ZONE_LEVEL, known_at=moment)}
    features = []
    for row in zone_features(viewer=viewer, level=ZONE_LEVEL, known_at=moment):
        badge = level_badge(levels.get(row.id))
        if row.id not in known:
            continue
        features.append(
            {
                "type": "Feature",
                "properties": {
                    "id": str(row.id),
                    "name": pick(row.name, language),
                    "href": keep_moment(request, reverse("ops:zone", args=[row.id])),
                    "label": badge.name if badge else _("Not defined"),
                    "class": f"q{badge.shape}" if badge else "q0",
                },
                "geometry": {"type": "MultiPolygon", "coordinates": [[ring] for ring in row.rings]},
            }
        )
    return JsonResponse({"type": "FeatureCollection", "features": features})
