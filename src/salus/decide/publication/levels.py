"""Zones with their levels and figures, small numbers hidden."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from salus.assess.schemas import IndicatorRow, RiskLevelRow
from salus.assess.selectors import risk_level_list, rule_table_get
from salus.base.errors import NotFound
from salus.base.texts import pick
from salus.city.schemas import ZoneRow
from salus.decide.publication.common import Scene, moment
from salus.trust.disclosure import DisclosureError, Key, protect_areas

RATE = "rate_per_100k"
REASONS = 2
BINS = 4


@dataclass(frozen=True)
class Rates:
    """The figures that are published for zones: rates, with what is hidden of each."""

    rules: list[dict[str, Any]]
    hidden: Mapping[str, frozenset[UUID]]

    @property
    def hidden_count(self) -> int:
        """Return how many figures are hidden."""
        return sum(len(zones) for zones in self.hidden.values())


def level_rows(scene: Scene) -> dict[UUID, RiskLevelRow]:
    """Return the level of every zone that was assessed."""
    rows = risk_level_list(viewer=scene.viewer, level=None, known_at=scene.known_at)
    return {row.zone_id: row for row in rows}


def rates_of(scene: Scene, rows: Mapping[UUID, RiskLevelRow]) -> Rates:
    """Return which rates are shown, and for which zones each must be hidden."""
    try:
        document = rule_table_get(viewer=scene.viewer, known_at=scene.known_at).document
    except NotFound:
        return Rates([], {})
    rules = [rule for rule in document["indicators"] if rule["measure"] == RATE]
    return Rates(rules, {rule["key"]: _hidden(scene, rows, rule["key"]) for rule in rules})


def count_of(zone: ZoneRow, found: IndicatorRow | None) -> int | None:
    """Return the number of people behind a rate."""
    if found is None or found.value is None or not zone.population:
        return None
    return round(found.value * zone.population / 100_000)


def _hidden(scene: Scene, rows: Mapping[UUID, RiskLevelRow], key: str) -> frozenset[UUID]:
    """Which zones' figures are hidden: small ones, and those that would betray them."""
    counts: dict[Key, int | None] = {
        zone.id: count_of(zone, rows[zone.id].indicator(key)) if zone.id in rows else None
        for zone in scene.zones.values()
    }
    try:
        made = protect_areas(counts, {zone.id: zone.parent_id for zone in scene.zones.values()})
    except DisclosureError:
        return frozenset(scene.zones)
    return frozenset(zone_id for zone_id in made if isinstance(zone_id, UUID))


def indicators(rates: Rates, rows: Mapping[UUID, RiskLevelRow]) -> list[dict[str, Any]]:
    """Return what the published figures are."""
    found = []
    for rule in rates.rules:
        shown = [one for row in rows.values() if (one := row.indicator(rule["key"])) and one.value is not None]
        days = [one.on for one in shown if one.on]
        found.append(
            {
                "key": rule["key"],
                "name": rule["name"],
                "unit": rule["unit"],
                "role": rule["role"],
                "series": next((one.series for one in shown if one.series), ""),
                "per_100k": True,
                "days": rule["days"],
                "until_on": max(days).isoformat() if days else None,
                "definition": rule["unit"],
                "bins": bins(rule),
            }
        )
    return found


def bins(rule: Mapping[str, Any]) -> list[float]:
    """Return the four edges of five bins: the thresholds of the levels, then twice the last and so on."""
    edges = sorted({float(edge) for edge in rule.get("thresholds", {}).values()})[:BINS] or [10.0]
    while len(edges) < BINS:
        edges.append(edges[-1] * 2)
    return edges


def zones(
    scene: Scene, rows: Mapping[UUID, RiskLevelRow], rates: Rates, held: Mapping[UUID, tuple[list[str], list[int]]]
) -> list[dict[str, Any]]:
    """Return every zone as the public sees it, the city first, then by name."""
    ordered = sorted(scene.zones.values(), key=lambda zone: (len(zone.path), pick(zone.name, "en"), zone.code))
    return [_zone(scene, zone, rows.get(zone.id), rates, held) for zone in ordered]


def _zone(
    scene: Scene,
    zone: ZoneRow,
    row: RiskLevelRow | None,
    rates: Rates,
    held: Mapping[UUID, tuple[list[str], list[int]]],
) -> dict[str, Any]:
    measures, decisions = _held_at(zone, held)
    parent = scene.zones.get(zone.parent_id) if zone.parent_id else None
    return {
        "code": zone.code,
        "number": zone.number,
        "name": dict(zone.name),
        "kind": zone.level,
        "parent": parent.code if parent else None,
        "aliases": list(zone.aliases),
        "population": round(zone.population) if zone.population is not None else None,
        "centre": [round(zone.centroid[0], 5), round(zone.centroid[1], 5)],
        "level": row.level if row else None,
        "previous": row.previous if row else None,
        "since": moment(row.since) if row else None,
        "reasons": reasons(scene, zone, row, rates),
        "values": {rule["key"]: value(zone, row, rule, rates) for rule in rates.rules if zone.level in rule["areas"]},
        "measures": measures,
        "decisions": decisions,
    }


def _held_at(zone: ZoneRow, held: Mapping[UUID, tuple[list[str], list[int]]]) -> tuple[list[str], list[int]]:
    """What holds in a zone: its own measures, and those of the areas around it."""
    measures = [code for step in zone.path if step in held for code in held[step][0]]
    decisions = [number for step in zone.path if step in held for number in held[step][1]]
    return list(dict.fromkeys(measures)), list(dict.fromkeys(decisions))


def value(zone: ZoneRow, row: RiskLevelRow | None, rule: Mapping[str, Any], rates: Rates) -> dict[str, Any]:
    """Return one figure of a zone, or that it is missing or hidden."""
    found = row.indicator(rule["key"]) if row else None
    count = count_of(zone, found)
    on = found.on.isoformat() if found and found.on else None
    if found is None or found.value is None or count is None:
        return {"value": None, "count": None, "state": "missing", "band": None, "on": on}
    if zone.id in rates.hidden[rule["key"]]:
        return {"value": None, "count": None, "state": "suppressed", "band": None, "on": on}
    # The rate is worked out again from the whole number, so that it tells no more than that number.
    rate = count / (zone.population or 1) * 100_000
    band = sum(rate >= edge for edge in bins(rule))
    return {"value": round(rate, 1), "count": count, "state": "shown", "band": band, "on": on}


def reasons(scene: Scene, zone: ZoneRow, row: RiskLevelRow | None, rates: Rates) -> list[dict[str, str]]:
    """Return why a zone stands at its level; where a figure is hidden, no sentence may name it."""
    if row is None:
        return []
    if any(zone.id in hidden for hidden in rates.hidden.values()):
        return [dict(scene.playbook.phrases["areas_hidden"])]
    telling = [reason for reason in row.reasons if reason.outcome in ("above", "held")]
    chosen = (telling or list(row.reasons))[:REASONS]
    return [{language: reason.sentence(language) for language in scene.languages} for reason in chosen]


def counts(scene: Scene, rows: Mapping[UUID, RiskLevelRow]) -> dict[str, int]:
    """Return how many of the smallest areas stand at each level."""
    found = {str(step.level): 0 for step in scene.playbook.levels} | {"unknown": 0}
    for zone in scene.zones.values():
        if zone.level == scene.leaf_level:
            row = rows.get(zone.id)
            found["unknown" if row is None or row.level is None else str(row.level)] += 1
    return found
