"""What a page asks when it cannot hold a stream, and what the command palette asks."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified, JsonResponse
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from salus.base import clock, selectors
from salus.base.texts import pick
from salus.city.permissions import CITY_VIEW
from salus.city.selectors import zone_search
from salus.gather.selectors import series_list
from salus.trust.routes import SIGNED_IN, route
from salus.trust.schemas import Tier
from salus.web.ops.exercises import finding
from salus.web.ops.moment import keep_moment, known_at


@route(permission=SIGNED_IN)
def changes(request: HttpRequest) -> HttpResponse:
    """Answer the newest number of each topic, or 304 where nothing has happened."""
    number = selectors.change_number()
    etag = f'"{number}"'
    if request.headers.get("If-None-Match") == etag:
        return HttpResponseNotModified(headers={"ETag": etag})
    answer = JsonResponse({"seq": number, "topics": selectors.topic_numbers(), "now": clock.now().isoformat()})
    answer["ETag"] = etag
    answer["Cache-Control"] = "private, no-cache"
    return answer


@route(permission=CITY_VIEW, tier=Tier.PUBLIC)
def search(request: HttpRequest) -> HttpResponse:
    """Answer the zones, series, exercises and pages whose name or code fits."""
    text = request.GET.get("q", "").strip()
    if len(text) < 2:
        return JsonResponse({"results": []})
    viewer, moment, language = request.viewer, known_at(request), get_language() or "en"  # type: ignore[attr-defined]
    found = [
        {"title": pick(hit.zone.name, language), "href": reverse("ops:zone", args=[hit.zone.id]), "kind": _("Zone")}
        for hit in zone_search(viewer=viewer, text=text, known_at=moment)
    ]
    found += [
        {"title": pick(row.name, language), "href": reverse("ops:series", args=[row.code]), "kind": _("Series")}
        for row in series_list(viewer=viewer, known_at=moment)
        if text.lower() in f"{row.code} {pick(row.name, language)}".lower()
    ]
    found += finding.found(viewer, text, moment)
    for result in found:
        result["href"] = keep_moment(request, result["href"])
    return JsonResponse({"results": found[:12]})
