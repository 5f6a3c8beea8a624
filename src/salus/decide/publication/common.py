"""What every body begins with, and the small pieces that all of them use."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _

from salus.base import clock
from salus.base.errors import Invalid
from salus.base.texts import LocalText
from salus.city.schemas import CITY_LEVEL, ZONE_LEVEL, CityRow, ZoneRow
from salus.city.selectors import city_get
from salus.decide.publication.sealing import is_exercise
from salus.decide.schemas import Expected
from salus.plan.schemas import MeasureRow, PlaybookRow, Projected, ends
from salus.plan.scope import zones_by_id
from salus.plan.selectors import measure_list, playbook_get
from salus.trust.actors import system_viewer
from salus.trust.schemas import Viewer
from salus.trust.selectors import role_list


@dataclass
class Scene:
    """Everything that the bodies of one moment share, each read once."""

    known_at: datetime

    @cached_property
    def viewer(self) -> Viewer:
        """Return the eyes with which releases are built."""
        return system_viewer("publisher")

    @cached_property
    def city(self) -> CityRow:
        """Return the city."""
        return city_get(viewer=self.viewer, known_at=self.known_at)

    @cached_property
    def zones(self) -> dict[UUID, ZoneRow]:
        """Return every zone by its id."""
        return zones_by_id(self.known_at)

    @cached_property
    def root(self) -> ZoneRow:
        """Return the zone that is the whole city."""
        found = next((zone for zone in self.zones.values() if zone.level == CITY_LEVEL), None)
        if found is None:
            raise Invalid(_("The city has no zones yet."), remedy=_("Bring in its boundaries first."))
        return found

    @cached_property
    def leaf_level(self) -> str:
        """Return the level of the smallest areas that the public looks at."""
        levels = {zone.level: len(zone.path) for zone in self.zones.values()}
        return ZONE_LEVEL if ZONE_LEVEL in levels else max(levels, key=lambda level: levels[level])

    @cached_property
    def playbook(self) -> PlaybookRow:
        """Return the playbook in force."""
        found = playbook_get(viewer=self.viewer, known_at=self.known_at)
        if found is None:
            raise Invalid(_("There is no playbook yet."), remedy=_("Load a pack of measures first."))
        return found

    @cached_property
    def measures(self) -> Mapping[str, MeasureRow]:
        """Return every measure by its code."""
        rows = measure_list(viewer=self.viewer, include_withdrawn=True, known_at=self.known_at)
        return {row.code: row for row in rows}

    @cached_property
    def posts(self) -> Mapping[str, LocalText]:
        """Return what the posts are called."""
        return {row.code: row.name for row in role_list(viewer=self.viewer, known_at=self.known_at)}

    @property
    def languages(self) -> list[str]:
        """Return the languages in which the public is spoken to."""
        spoken = dict(settings.LANGUAGES)
        return [language for language in self.city.languages if language in spoken] or ["en"]

    def codes(self, zone_ids: Iterable[UUID]) -> list[str]:
        """Return the codes of zones; one that is no more is left out."""
        return [self.zones[zone_id].code for zone_id in zone_ids if zone_id in self.zones]

    def named(self, zone_ids: Sequence[UUID]) -> list[dict[str, Any]]:
        """Return zones by code and name."""
        return [
            {"code": self.zones[zone_id].code, "name": dict(self.zones[zone_id].name)}
            for zone_id in zone_ids
            if zone_id in self.zones
        ]

    def start(self, kind: str) -> dict[str, Any]:
        """Return what every body begins with."""
        return {
            "format": f"salus.{kind}/1",
            "kind": kind,
            "known_at": moment(self.known_at),
            "made_at": moment(clock.now()),
            "exercise": is_exercise(),
            "languages": self.languages,
            "city": {
                "slug": self.city.slug,
                "code": self.root.code,
                "name": dict(self.city.name),
                "time_zone": self.city.time_zone,
                "languages": list(self.city.languages),
                "help_phone": self.city.help_phone,
            },
        }


def moment(value: datetime | None) -> str | None:
    """Return a moment as bodies write it: UTC, to the second."""
    return value.astimezone(UTC).replace(microsecond=0).isoformat() if value else None


def projected(found: Projected | None, expected: Expected | None, languages: Sequence[str]) -> dict[str, Any] | None:
    """Return a projection as bodies write it, on the forecast that was pinned with the decision."""
    if found is None or expected is None:
        return None
    return {
        "baseline": [round(value, 1) for value in ends(expected.baseline)],
        "expected": [round(found.low, 1), round(found.mid, 1), round(found.high, 1)],
        "change": [round(found.change_low, 4), round(found.change_mid, 4), round(found.change_high, 4)],
        "from_on": expected.from_on,
        "until_on": expected.until_on,
        "unit": dict.fromkeys(languages, expected.unit),
    }
