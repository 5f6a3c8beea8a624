"""What the city runs on: energy, water, sewage, communication and transport, and what depends on what."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
from scipy.cluster.vq import kmeans2

from salus.world.city.ground import Ground, IntArray, degrees
from salus.world.city.people import People
from salus.world.city.places import Place, spots

_PEOPLE_PER = {"substation": 28_000, "mobile_site": 5_000, "pump": 40_000, "sewage_works": 90_000, "depot": 120_000}


@dataclass(frozen=True, slots=True)
class Need:
    """Something that a node needs, and for how many hours it can do without."""

    node: str
    hours_without: float


@dataclass(frozen=True, slots=True)
class Node:
    """One piece of infrastructure and the zones that it serves."""

    code: str
    network: str
    kind: str
    zone: int
    lon: float
    lat: float
    capacity: float
    unit: str
    serves: tuple[int, ...]
    needs: tuple[Need, ...]


def make_networks(ground: Ground, people: People, places: list[Place], rng: np.random.Generator) -> list[Node]:
    """Return every network, sources first."""
    power = _power(ground, people, rng)
    feeds = {zone: node.code for node in power if node.kind == "substation" for zone in node.serves}
    water = _water(ground, people, feeds, rng)
    talk = _communication(ground, people, feeds, rng)
    depots = _depots(ground, people, feeds, rng)
    care = [_critical(place, feeds, water, talk) for place in places if place.kind in {"hospital", "laboratory"}]
    return [*power, *water, *talk, *depots, *care]


def _parts(ground: Ground, people: People, per: int, rng: np.random.Generator) -> list[IntArray]:
    """Return groups of neighbouring zones that one node each serves."""
    count = int(np.clip(round(people.count / per), 1, len(ground.zones)))
    label = kmeans2(ground.at, count, minit="++", seed=rng, iter=20)[1]
    return [np.flatnonzero(label == number) for number in np.unique(label)]


def _node(code: str, network: str, kind: str, zones: IntArray, ground: Ground, rng: np.random.Generator, **more: Any
          ) -> Node:  # fmt: skip
    middle = ground.at[zones].mean(axis=0)
    zone = int(zones[np.hypot(*(ground.at[zones] - middle).T).argmin()])
    lon, lat = spots(np.array([zone]), ground, rng)
    return Node(code, network, kind, zone, float(lon[0]), float(lat[0]), serves=tuple(zones.tolist()), **more)


def _power(ground: Ground, people: People, rng: np.random.Generator) -> list[Node]:
    edge = int(np.hypot(ground.at[:, 0], ground.at[:, 1]).argmax())
    everywhere = np.arange(len(ground.zones))
    lon, lat = degrees(ground.at[edge : edge + 1, 0], ground.at[edge : edge + 1, 1])
    plant = Node(
        "POW-0", "energy", "power_station", edge, float(lon[0]), float(lat[0]), round(people.count * 0.0011, 1), "MW",
        tuple(everywhere.tolist()), (),
    )  # fmt: skip
    living = np.bincount(people.zone, minlength=len(ground.zones))
    found = [plant]
    for number, zones in enumerate(_parts(ground, people, _PEOPLE_PER["substation"], rng), start=1):
        load = round(float(living[zones].sum()) * 0.0012, 1)
        found.append(
            _node(f"POW-{number}", "energy", "substation", zones, ground, rng, capacity=load, unit="MW",
                  needs=(Need("POW-0", 0.0),))
        )  # fmt: skip
    return found


def _water(ground: Ground, people: People, feeds: dict[int, str], rng: np.random.Generator) -> list[Node]:
    everywhere = np.arange(len(ground.zones))
    living = np.bincount(people.zone, minlength=len(ground.zones))
    head = int(ground.at[:, 1].argmax())
    works = _node("WAT-0", "water", "treatment_works", np.array([head]), ground, rng,
                  capacity=round(people.count * 0.19), unit="m3/day", needs=(Need(feeds[head], 8.0),))  # fmt: skip
    works = replace(works, serves=tuple(everywhere.tolist()))
    found = [works]
    for number, zones in enumerate(_parts(ground, people, _PEOPLE_PER["pump"], rng), start=1):
        pump = _node(f"WAT-{number}", "water", "pumping_station", zones, ground, rng,
                     capacity=round(float(living[zones].sum()) * 0.2), unit="m3/day", needs=())  # fmt: skip
        found.append(replace(pump, needs=(Need("WAT-0", 12.0), Need(feeds[pump.zone], 4.0))))
        for place, zone in enumerate(zones.tolist(), start=1):
            found.append(
                _node(f"MAIN-{number}-{place}", "water", "main", np.array([zone]), ground, rng,
                      capacity=float(living[zone]) * 0.2, unit="m3/day", needs=(Need(pump.code, 0.5),))
            )  # fmt: skip
    for number, zones in enumerate(catchments(ground, people)):
        found.append(
            _node(f"SEW-{number + 1}", "sewage", "sewage_works", zones, ground, rng,
                  capacity=round(float(living[zones].sum()) * 0.24), unit="m3/day",
                  needs=(Need(feeds[int(zones[0])], 6.0),))
        )  # fmt: skip
    return found


def catchments(ground: Ground, people: People) -> list[IntArray]:
    """Return the zones of each sewer catchment; a catchment never lies on both banks by more than a pipe."""
    count = int(np.clip(round(people.count / _PEOPLE_PER["sewage_works"]), 2, len(ground.zones) // 3))
    # Its own generator: sensors and works ask twice and must hear the same.
    label = kmeans2(ground.at, count, minit="++", seed=np.random.default_rng(people.count), iter=30)[1]
    return [np.flatnonzero(label == number) for number in np.unique(label)]


def _communication(ground: Ground, people: People, feeds: dict[int, str], rng: np.random.Generator) -> list[Node]:
    centre = np.array([int(np.hypot(ground.at[:, 0], ground.at[:, 1]).argmin())])
    exchange = _node("COM-0", "communication", "exchange", centre, ground, rng, capacity=float(people.count),
                     unit="subscribers", needs=(Need(feeds[int(centre[0])], 48.0),))  # fmt: skip
    found = [replace(exchange, serves=tuple(range(len(ground.zones))))]
    living = np.bincount(people.zone, minlength=len(ground.zones))
    number = 0
    for zone in range(len(ground.zones)):
        for _ in range(max(round(living[zone] / _PEOPLE_PER["mobile_site"]), 1)):
            number += 1
            needs = (Need("COM-0", 0.0), Need(feeds[zone], float(rng.choice([2.0, 4.0, 8.0]))))
            found.append(_node(f"COM-{number}", "communication", "mobile_site", np.array([zone]), ground, rng,
                               capacity=6000.0, unit="subscribers", needs=needs))  # fmt: skip
    return found


def _depots(ground: Ground, people: People, feeds: dict[int, str], rng: np.random.Generator) -> list[Node]:
    return [
        _node(f"DEP-{number}", "transport", "depot", zones, ground, rng, capacity=float(round(zones.size * 6)),
              unit="vehicles", needs=(Need(feeds[int(zones[0])], 24.0),))
        for number, zones in enumerate(_parts(ground, people, _PEOPLE_PER["depot"], rng), start=1)
    ]  # fmt: skip


def _critical(place: Place, feeds: dict[int, str], water: list[Node], talk: list[Node]) -> Node:
    """A hospital as a node of the networks: what it needs, and for how long it can do without."""
    main = next(node.code for node in water if node.kind == "main" and place.zone in node.serves)
    site = next(node.code for node in talk if node.kind == "mobile_site" and place.zone in node.serves)
    reserve = 24.0 if place.kind == "hospital" else 4.0
    needs = (Need(feeds[place.zone], reserve), Need(main, reserve / 2), Need(site, 1.0))
    beds = float(sum(place.spaces.values()))
    return Node(
        place.code, "health", place.kind, place.zone, place.lon, place.lat, beds, "places", (place.zone,), needs
    )


def as_rows(nodes: list[Node], zone_codes: list[str]) -> list[dict[str, Any]]:
    """Return the nodes as they are written, with codes instead of positions."""
    rows = []
    for node in nodes:
        row = asdict(node)
        row["zone"] = zone_codes[node.zone]
        row["serves"] = [zone_codes[zone] for zone in node.serves]
        rows.append(row)
    return rows
