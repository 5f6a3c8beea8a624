"""City hears nothing; it tells the chain what zones and facilities are called."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import get_language

from salus.base import chain
from salus.base.errors import NotFound
from salus.base.texts import pick
from salus.city import selectors


def _describe_zones(ids: list[UUID], viewer: Any, known_at: datetime | None) -> dict[UUID, chain.Described]:
    found = {}
    for zone in ids:
        try:
            row = selectors.zone_get(viewer=viewer, zone=zone, known_at=known_at)
        except NotFound:
            continue
        found[zone] = chain.Described(pick(row.name, get_language() or "en"), f"/ops/zones/{zone}/")
    return found


def _describe_facilities(ids: list[UUID], viewer: Any, known_at: datetime | None) -> dict[UUID, chain.Described]:
    found = {}
    for facility in ids:
        try:
            row = selectors.facility_get(viewer=viewer, facility=facility, known_at=known_at)
        except NotFound:
            continue
        title = pick(row.name, get_language() or "en")
        found[facility] = chain.Described(title, f"/ops/zones/{row.zone_id}/#facility-{row.code}", row.status)
    return found


chain.register("zone", _describe_zones)
chain.register("facility", _describe_facilities)
