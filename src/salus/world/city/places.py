"""Where the city's life happens: hospitals, clinics, schools, hotels and the like, with what they can hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from salus.world.city.ground import CENTRE, FloatArray, Ground, IntArray, degrees
from salus.world.city.names import Words, place_names
from salus.world.city.people import CARE_HOME, People

ALWAYS = "24/7"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of facility: for how many people there is one, where it tends to stand, when it is open."""

    code: str
    name: tuple[str, str, str]
    people_per: int
    central: float
    hours: str
    spaces: tuple[tuple[str, float], ...]
    owner: str
    # From so many people on there are two at least.
    two_from: int | None = None


# `spaces` holds, per kind of space, how many a facility has on average.
KINDS = (
    Kind("hospital", ("{} Hospital", "Hôpital {}", "مستشفى {}"), 110_000, 0.5, ALWAYS,
         (("ward", 300.0), ("icu", 15.0), ("paediatric", 24.0), ("maternity", 22.0), ("isolation", 10.0)), "hospitals"),
    Kind("clinic", ("{} Clinic", "Dispensaire {}", "عيادة {}"), 11_000, 0.2, "Mo-Fr 08:00-18:00; Sa 09:00-13:00",
         (("consultation", 6.0),), "health"),
    Kind("pharmacy", ("{} Pharmacy", "Pharmacie {}", "صيدلية {}"), 3_600, 0.3, "Mo-Sa 08:30-20:00", (), "pharmacies"),
    Kind("laboratory", ("{} Laboratory", "Laboratoire {}", "مختبر {}"), 130_000, 0.5, "Mo-Su 07:00-21:00",
         (("tests_per_day", 1500.0),), "health", two_from=20_000),
    Kind("kindergarten", ("{} Kindergarten", "Maternelle {}", "روضة {}"), 5_000, 0.1, "Mo-Fr 07:30-17:30",
         (("place", 110.0),), "schools"),
    Kind("primary_school", ("{} Primary School", "École {}", "مدرسة {} الابتدائية"), 5_500, 0.1, "Mo-Fr 08:00-16:00",
         (("place", 420.0),), "schools"),
    Kind("secondary_school", ("{} Secondary School", "Collège-lycée {}", "مدرسة {} الثانوية"), 11_000, 0.1,
         "Mo-Fr 08:00-16:30", (("place", 850.0),), "schools"),
    Kind("university", ("{} University", "Université {}", "جامعة {}"), 250_000, 0.6, "Mo-Sa 07:00-22:00",
         (("place", 14_000.0),), "university"),
    Kind("stadium", ("{} Stadium", "Stade {}", "ملعب {}"), 400_000, 0.2, "Sa-Su 12:00-23:00",
         (("seat", 28_000.0),), "city"),
    Kind("hall", ("{} Hall", "Salle {}", "قاعة {}"), 90_000, 0.6, "Mo-Su 10:00-24:00", (("seat", 1_200.0),), "city"),
    Kind("hotel", ("{} Hotel", "Hôtel {}", "فندق {}"), 12_000, 0.9, ALWAYS, (("room", 85.0),), "hotels"),
    Kind("office", ("{} Offices", "Bureaux {}", "مكاتب {}"), 6_000, 0.9, "Mo-Fr 07:00-20:00", (("desk", 380.0),),
         "chamber"),
    Kind("works", ("{} Works", "Usine {}", "مصنع {}"), 20_000, -0.2, "Mo-Sa 06:00-22:00", (("job", 300.0),), "chamber"),
    Kind("market", ("{} Food Market", "Halles {}", "سوق {} للأغذية"), 20_000, 0.4, "Mo-Sa 07:00-19:00",
         (("stall", 40.0),), "traders"),
    Kind("vet", ("{} Pet Care", "Soins animaliers {}", "رعاية الحيوانات {}"), 24_000, 0.1, "Mo-Sa 09:00-18:00",
         (("kennel", 14.0),), "vets"),
    Kind("library", ("{} Library", "Bibliothèque {}", "مكتبة {}"), 25_000, 0.3, "Tu-Sa 10:00-19:00",
         (("cool_seat", 90.0),), "city"),
    Kind("fire_station", ("{} Fire Station", "Caserne {}", "محطة إطفاء {}"), 45_000, 0.2, ALWAYS,
         (("engine", 3.0),), "fire"),
    Kind("police_station", ("{} Police Station", "Commissariat {}", "مركز شرطة {}"), 60_000, 0.4, ALWAYS, (), "police"),
    Kind("warehouse", ("{} Stores", "Entrepôt {}", "مستودع {}"), 150_000, -0.3, "Mo-Sa 06:00-20:00",
         (("pallet", 1_800.0), ("cold_pallet", 160.0)), "logistics"),
    Kind("shelter", ("{} Shelter", "Abri {}", "ملجأ {}"), 60_000, 0.1, ALWAYS, (("bed", 140.0),), "relief"),
)  # fmt: skip
CARE = Kind("care_home", ("{} Care Home", "Résidence {}", "دار رعاية {}"), 0, 0.0, ALWAYS, (("bed", 0.0),), "care")


@dataclass(frozen=True, slots=True)
class Place:
    """One facility."""

    code: str
    kind: str
    name: Words
    zone: int
    lon: float
    lat: float
    hours: str
    owner: str
    spaces: dict[str, int] = field(default_factory=dict)


def make_places(ground: Ground, people: People, rng: np.random.Generator) -> list[Place]:
    """Put the facilities where people live, the central kinds where they meet."""
    living = np.bincount(people.zone, minlength=len(ground.zones)).astype(np.float64)
    found: list[Place] = []
    for kind in KINDS:
        count = max(round(people.count / kind.people_per), 1)
        zones = _zones_for(kind, count, living, ground, rng)
        found += _of_kind(kind, zones, people.count / (count * kind.people_per), ground, rng)
        # A second one is drawn apart, so that the rest of the city stands where it would stand without it.
        if count == 1 and kind.two_from is not None and people.count >= kind.two_from:
            found.append(_second(kind, living, ground, people.count / kind.people_per, rng.spawn(1)[0]))
    homes = np.flatnonzero(people.kind == CARE_HOME)
    beds = np.bincount(people.household, minlength=people.kind.size)[homes]
    found += _care_homes(people.home_zone[homes], beds, ground, rng)
    return found


def _second(kind: Kind, living: FloatArray, ground: Ground, scale: float, rng: np.random.Generator) -> Place:
    """Return the second of its kind in a city for which one would do by its size."""
    [made] = _of_kind(kind, _zones_for(kind, 1, living, ground, rng), scale, ground, rng)
    return replace(made, code=made.code.replace("-1", "-2"))


def _zones_for(kind: Kind, count: int, living: FloatArray, ground: Ground, rng: np.random.Generator) -> IntArray:
    far = np.hypot(ground.at[:, 0], ground.at[:, 1]) / ground.radius
    weight = living * np.exp(-3.0 * kind.central * far)
    # Systematic sampling: every neighbourhood gets its share, none by luck alone.
    steps = (np.arange(count) + rng.random()) / count
    order = np.argsort(ground.district_of, kind="stable")
    edges = np.cumsum(weight[order] / weight.sum())
    return np.asarray(order[np.minimum(np.searchsorted(edges, steps), order.size - 1)])


def spots(zones: IntArray, ground: Ground, rng: np.random.Generator) -> tuple[FloatArray, FloatArray]:
    """Return places near the middle of zones, in degrees."""
    reach = 0.28 * np.sqrt(ground.area_km2[zones] / np.pi)
    turn, away = rng.uniform(0, 2 * np.pi, zones.size), reach * np.sqrt(rng.random(zones.size))
    return degrees(ground.at[zones, 0] + away * np.cos(turn), ground.at[zones, 1] + away * np.sin(turn))


def _of_kind(kind: Kind, zones: IntArray, scale: float, ground: Ground, rng: np.random.Generator) -> list[Place]:
    names = place_names(zones.size, rng)
    lon, lat = spots(zones, ground, rng)
    size = rng.lognormal(-0.06, 0.35, zones.size) * scale
    prefix = kind.code.upper().replace("_", "")[:6]
    return [
        Place(
            f"{prefix}-{n + 1}", kind.code, _named(kind.name, names[n]), int(zones[n]), float(lon[n]), float(lat[n]),
            kind.hours, kind.owner, {code: max(round(mean * size[n]), 1) for code, mean in kind.spaces},
        )
        for n in range(zones.size)
    ]  # fmt: skip


def _care_homes(zones: IntArray, beds: IntArray, ground: Ground, rng: np.random.Generator) -> list[Place]:
    names = place_names(zones.size, rng)
    lon, lat = spots(zones, ground, rng)
    return [
        Place(
            f"CARE-{n + 1}", CARE.code, _named(CARE.name, names[n]), int(zones[n]), float(lon[n]), float(lat[n]),
            CARE.hours, CARE.owner, {"bed": int(np.ceil(beds[n] * 1.08))},
        )
        for n in range(zones.size)
    ]  # fmt: skip


def _named(pattern: Sequence[str], words: Words) -> Words:
    return {code: text.format(words[code]) for code, text in zip(("en", "fr", "ar"), pattern, strict=True)}


def centre_zones(ground: Ground) -> IntArray:
    """Return the zones of the centre."""
    return np.flatnonzero(np.array([kind == CENTRE for kind in ground.kind]))
