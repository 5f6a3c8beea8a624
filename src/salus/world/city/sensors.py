"""What measures the city: counters, air, water, cold stores, the river, and sewage samplers."""

from __future__ import annotations

from typing import Any

import numpy as np

from salus.world.city.ground import Ground, IntArray
from salus.world.city.networks import Node
from salus.world.city.places import Place, centre_zones, spots

Row = dict[str, Any]
# Kind, unit, seconds between readings.
_AT_PLACES = {
    "pharmacy": ("cold_chain_temperature", "degC", 300),
    "warehouse": ("cold_chain_temperature", "degC", 300),
    "hospital": ("cold_chain_temperature", "degC", 300),
    "stadium": ("people_count", "people", 60),
    "market": ("people_count", "people", 60),
    "hall": ("people_count", "people", 60),
}
_AT_NODES = {
    "main": ("water_chlorine", "mg/l", 900),
    "sewage_works": ("sewage_sampler", "gc/l", 86_400),
    "substation": ("power_load", "MW", 300),
}


def make_sensors(ground: Ground, places: list[Place], nodes: list[Node], rng: np.random.Generator) -> list[Row]:
    """Return every sensor with the topic on which it speaks."""
    rows: list[Row] = []
    for place in places:
        if place.kind in _AT_PLACES:
            rows.append(_row(len(rows), _AT_PLACES[place.kind], place.code, place.zone, place.lon, place.lat))
    for node in nodes:
        if node.kind in _AT_NODES:
            rows.append(_row(len(rows), _AT_NODES[node.kind], node.code, node.zone, node.lon, node.lat))
    for kind, zones in _everywhere(ground, rng):
        lon, lat = spots(zones, ground, rng)
        for n, zone in enumerate(zones.tolist()):
            rows.append(_row(len(rows), kind, f"street-{zone + 1}", zone, float(lon[n]), float(lat[n])))
    return rows


def _everywhere(ground: Ground, rng: np.random.Generator) -> list[tuple[tuple[str, str, int], IntArray]]:
    every = np.arange(len(ground.zones))
    some = np.sort(rng.choice(every, max(every.size // 3, 3), replace=False))
    shore = np.flatnonzero(ground.coastal)[:3]
    return [
        (("street_count", "people", 60), np.union1d(centre_zones(ground), some)),
        (("air_pm25", "ug/m3", 600), some),
        (("temperature", "degC", 600), some),
        (("water_level", "m", 300), shore if shore.size else every[:1]),
    ]


def _row(number: int, kind: tuple[str, str, int], at: str, zone: int, lon: float, lat: float) -> Row:
    name, unit, every = kind
    code = f"SEN-{number + 1}"
    topic = f"salus/city/{name}/{code}"
    return {"sensor": code, "kind": name, "unit": unit, "every_s": every, "at": at, "zone": zone, "lon": lon,
            "lat": lat, "topic": topic}  # fmt: skip
