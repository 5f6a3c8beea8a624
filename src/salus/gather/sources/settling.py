"""Giving a source's city, places and people to the packages that own them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from salus.base.errors import Conflict, NotFound
from salus.base.texts import pick
from salus.city import selectors as city
from salus.city import services as city_services
from salus.city.schemas import LineDraft, PopulationDraft, ZoneDraft, ZoneRow
from salus.gather.sources.chunks import (
    CityChunk,
    FacilitiesChunk,
    FacilitySpec,
    LinesChunk,
    OrganisationsChunk,
    PopulationChunk,
    StopSpec,
    ZonesChunk,
)
from salus.trust import selectors as trust
from salus.trust import services as trust_services
from salus.trust.schemas import Viewer

TERRITORY = "response"


class Settler:
    """Writes what is not there yet, by the owning package's services, for one viewer."""

    def __init__(self, by: Viewer) -> None:
        self._by = by
        self._numbers: dict[str, int] | None = None

    def city(self, chunk: CityChunk) -> None:
        """Say which city this is, unless that is known."""
        wanted: dict[str, Any] = {
            "slug": chunk.slug,
            "name": dict(chunk.name),
            "time_zone": chunk.time_zone,
            "languages": tuple(chunk.languages),
            "help_phone": chunk.help_phone,
            "centre": tuple(chunk.centre),
        }
        try:
            row = city.city_get(viewer=self._by)
        except NotFound:
            row = None
        if row is not None and row.slug != chunk.slug:
            raise Conflict(
                _("This installation is that of %(name)s: it cannot become another city.")
                % {"name": pick(row.name, "en")},
                remedy=_("Give the other city an installation of its own: another folder with --data."),
            )
        if row is None or any(_plain(getattr(row, name)) != value for name, value in wanted.items()):
            city_services.city_define(**wanted, by=self._by)

    def zones(self, chunk: ZonesChunk) -> tuple[int, int]:
        """Bring in a generation of boundaries; return how many zones it has and how many were mended."""
        drafts = [
            ZoneDraft(spec.code, spec.name, spec.level, spec.parent_code, spec.geometry, spec.aliases)
            for spec in chunk.zones
        ]
        made = city_services.generation_import(
            name=chunk.name, valid_from=chunk.valid_from, zones=drafts, repair=chunk.repair, by=self._by
        )
        self._numbers = None
        return made.zone_count, len(made.repairs)

    def population(self, chunk: PopulationChunk) -> float:
        """Bring in who lives where; return how many people that is."""
        drafts = [
            PopulationDraft(row.zone, row.people, row.segment or "all", row.age_from, row.age_to) for row in chunk.rows
        ]
        city_services.population_import(rows=drafts, valid_on=chunk.valid_on, source=chunk.reference, by=self._by)
        return sum(row.people for row in chunk.rows if not row.segment and row.age_from is None and row.age_to is None)

    def organisations(self, chunk: OrganisationsChunk) -> None:
        """Write the organisations that are not there yet, and for which zones they answer."""
        known = self._organisations()
        zones = self._zones()
        held = {row.organisation_id for row in city.territory_list(viewer=self._by) if row.kind == TERRITORY}
        with transaction.atomic():
            for spec in chunk.rows:
                if spec.code not in known:
                    known[spec.code] = trust_services.organisation_create(
                        code=spec.code,
                        name=spec.name,
                        kind=spec.kind,
                        parent_id=known[spec.parent_code] if spec.parent_code else None,
                        by=self._by,
                    ).id
                if spec.territory and known[spec.code] not in held:
                    ids = [zones[code].id for code in spec.territory]
                    city_services.territory_set(organisation=known[spec.code], kind=TERRITORY, zones=ids, by=self._by)

    def facilities(self, chunk: FacilitiesChunk) -> int:
        """Write the facilities that are not there yet, with their spaces; return how many there are."""
        known = {row.code for row in city.facility_list(viewer=self._by)}
        zones, owners = self._zones(), self._organisations()
        with transaction.atomic():
            for spec in chunk.rows:
                if spec.code not in known:
                    self._facility(spec, zones, owners)
        return len(chunk.rows)

    def lines(self, chunk: LinesChunk) -> int:
        """Write the lines that are not there yet or have changed; return how many there are."""
        zones = self._zones()
        drafts = []
        for spec in chunk.rows:
            stops = [self._zone_of(stop, zones) for stop in spec.stops]
            found = list(dict.fromkeys(zone for zone in stops if zone is not None))
            # A line that only passes outside the city is none of its lines.
            if found:
                drafts.append(LineDraft(spec.code, spec.name, spec.mode, found, len(stops) - stops.count(None)))
        city_services.lines_import(rows=drafts, by=self._by)
        return len(drafts)

    def _zone_of(self, stop: StopSpec, zones: dict[str, ZoneRow]) -> UUID | None:
        """Return the zone that a stop names, or the one in which it stands: tariff zones are no zones of a city."""
        if stop.zone in zones:
            return zones[stop.zone].id
        row = city.zone_at(viewer=self._by, lon=stop.lon, lat=stop.lat)
        return row.id if row else None

    def _facility(self, spec: FacilitySpec, zones: dict[str, ZoneRow], owners: dict[str, UUID]) -> None:
        made = city_services.facility_create(
            code=spec.code,
            name=spec.name,
            kind=spec.kind,
            location=(spec.lon, spec.lat),
            zone_id=zones[spec.zone].id,
            organisation_id=owners[spec.organisation] if spec.organisation else None,
            capacity=spec.spaces[0].capacity if spec.spaces else None,
            by=self._by,
        )
        for space in spec.spaces:
            city_services.space_set(
                facility=made.id, code=space.kind, kind=space.kind, capacity=space.capacity, by=self._by
            )

    def zone_numbers(self) -> dict[str, int]:
        """Return the store's number of each zone in force by its code."""
        if self._numbers is None:
            self._numbers = {code: row.number for code, row in self._zones().items()}
        return self._numbers

    def _zones(self) -> dict[str, ZoneRow]:
        return {row.code: row for row in city.zone_list(viewer=self._by)}

    def _organisations(self) -> dict[str, UUID]:
        return {row.code: row.id for row in trust.organisation_list(viewer=self._by)}


def _plain(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value
