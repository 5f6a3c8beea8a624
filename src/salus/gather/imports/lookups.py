"""From codes to the numbers of the store."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from salus.city import selectors as city
from salus.city.schemas import ZoneRow
from salus.gather.models import Series, Stratum
from salus.gather.schemas import ALL_STRATA, ALL_STRATA_CODE
from salus.trust.selectors import system_viewer


@dataclass(frozen=True, slots=True)
class SeriesFacts:
    """What the conversion has to know of a series."""

    number: int
    code: str
    kind: str
    period: str
    zone_level: str


@dataclass(frozen=True, slots=True)
class Lookups:
    """What codes mean, read once an import."""

    series: Mapping[str, SeriesFacts]
    zones: Mapping[str, int]
    levels: Mapping[str, str]
    strata: Mapping[str, int]

    def zone_code(self, number: int) -> str:
        """Return a zone's code by its number."""
        return next((code for code, found in self.zones.items() if found == number), str(number))


def read(source: str) -> Lookups:
    """Return what codes mean for a source at present."""
    rows = Series.objects.known().filter(source=source)
    series = {row.code: SeriesFacts(row.number, row.code, row.kind, row.period, row.zone_level) for row in rows}
    strata = {ALL_STRATA_CODE: ALL_STRATA, "": ALL_STRATA}
    strata.update(Stratum.objects.values_list("code", "number"))
    zones = city.zone_list(viewer=system_viewer("imports"))
    numbers, levels = _zones(zones)
    return Lookups(series, numbers, levels, strata)


def _zones(zones: list[ZoneRow]) -> tuple[dict[str, int], dict[str, str]]:
    """Return zone numbers and levels by code, and by aliases that mean one zone only."""
    numbers: dict[str, int] = {}
    levels: dict[str, str] = {}
    meant: dict[str, set[int]] = {}
    for zone in zones:
        for alias in zone.aliases:
            meant.setdefault(alias, set()).add(zone.number)
    by_number = {zone.number: zone for zone in zones}
    for alias, found in meant.items():
        if len(found) == 1:
            number = next(iter(found))
            numbers[alias], levels[alias] = number, by_number[number].level
    for zone in zones:
        numbers[zone.code], levels[zone.code] = zone.number, zone.level
    return numbers, levels
