"""Port Alma's organisations and facilities, with what they can hold."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from shapely import Point
from shapely.geometry.base import BaseGeometry

from salus.base.texts import LocalText
from salus.gather.sources.builtin_city.land import Land
from salus.gather.sources.builtin_city.names import DISTRICTS, zone_code
from salus.gather.sources.builtin_city.people import People

Words = dict[str, str]


@dataclass(frozen=True, slots=True)
class Organisation:
    """An organisation and the districts in which it answers; none means the whole city."""

    code: str
    name: Words
    kind: str
    parent: str = ""
    districts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Facility:
    """A facility with its place and its spaces."""

    code: str
    name: Words
    kind: str
    zone: str
    at: tuple[float, float]
    organisation: str
    spaces: dict[str, int]


def _t(en: str, fr: str, ar: str) -> Words:
    return {"en": en, "fr": fr, "ar": ar}


ORGANISATIONS = (
    Organisation("city", _t("City of Port Alma", "Ville de Port-Alma", "مدينة بورت ألما"), "authority"),
    Organisation(
        "health", _t("City Health Department", "Direction de la santé", "إدارة الصحة في المدينة"), "authority", "city"
    ),
    Organisation(
        "west_hospitals",
        _t("West Bank Hospitals", "Hôpitaux de la rive ouest", "مستشفيات الضفة الغربية"),
        "hospital",
        "health",
        ("HAR", "OLD", "GAR", "HIL"),
    ),
    Organisation(
        "east_hospitals",
        _t("East Bank Hospitals", "Hôpitaux de la rive est", "مستشفيات الضفة الشرقية"),
        "hospital",
        "health",
        ("RIV", "SAL"),
    ),
    Organisation("port", _t("Port Authority", "Autorité portuaire", "هيئة الميناء"), "transport", "", ("HAR", "SAL")),
    Organisation("transit", _t("Alma Transit", "Transports d’Alma", "نقل ألما"), "transport"),
    Organisation("schools", _t("School Board", "Rectorat", "مجلس المدارس"), "authority", "city"),
    Organisation("pharmacies", _t("Pharmacists’ Guild", "Ordre des pharmaciens", "نقابة الصيادلة"), "supplier"),
)

_HOSPITALS = (
    ("OLD", _t("Alma General Hospital", "Hôpital général d’Alma", "مستشفى ألما العام"), "west_hospitals", 620, 48),
    ("HAR", _t("Seamen’s Hospital", "Hôpital des Marins", "مستشفى البحّارة"), "west_hospitals", 260, 16),
    ("HIL", _t("Cedars Hospital", "Hôpital des Cèdres", "مستشفى الأرز"), "west_hospitals", 340, 24),
    ("RIV", _t("University Hospital", "Hôpital universitaire", "المستشفى الجامعي"), "east_hospitals", 540, 44),
    (
        "SAL",
        _t("Saint Brigid’s Hospital", "Hôpital Sainte-Brigitte", "مستشفى القديسة بريجيد"),
        "east_hospitals",
        220,
        14,
    ),
)
_SINGLES = (
    ("GAR-2", "stadium", _t("Alma Stadium", "Stade d’Alma", "ملعب ألما"), "city", {"seats": 28_000}),
    ("RIV-5", "station", _t("Central Station", "Gare centrale", "المحطة المركزية"), "transit", {"platforms": 9}),
    ("HAR-4", "port", _t("Ferry Terminal", "Gare maritime", "محطة العبّارات"), "port", {"berths": 4}),
    ("SAL-3", "warehouse", _t("City Medical Store", "Dépôt médical", "المخزن الطبي"), "health", {"pallets": 1_800}),
)
# For how many people one is built, what it is called, and what it holds.
_SPREAD: dict[str, tuple[int, Words, str, str, int]] = {
    "clinic": (52_000, _t("clinic", "Centre de santé", "مركز صحي"), "health", "consulting_rooms", 9),
    "pharmacy": (26_000, _t("pharmacy", "Pharmacie", "صيدلية"), "pharmacies", "counters", 3),
    "school": (21_000, _t("school", "École", "مدرسة"), "schools", "places", 640),
}


def make_facilities(land: Land, people: People, rng: np.random.Generator) -> list[Facility]:
    """Return the hospitals, the large single places, and clinics, pharmacies and schools by population."""
    names = {zone_code(plan, place): name for plan in DISTRICTS for place, name in enumerate(plan.zones)}
    made = []
    for district, name, owner, beds, icu in _HOSPITALS:
        inside = [place for place, code in enumerate(people.zones) if code.startswith(district)]
        zone = people.zones[max(inside, key=lambda place: int(people.total[place]))]
        spaces = {"beds": beds, "icu_beds": icu, "isolation_rooms": icu // 2}
        made.append(Facility(f"hospital-{zone}", name, "hospital", zone, _spot(land.zones[zone], rng), owner, spaces))
    for zone, kind, name, owner, spaces in _SINGLES:
        made.append(Facility(f"{kind}-{zone}", name, kind, zone, _spot(land.zones[zone], rng), owner, spaces))
    for kind, (served, word, owner, space, size) in _SPREAD.items():
        for place, zone in enumerate(people.zones):
            for number in range(round(int(people.total[place]) / served + rng.uniform(-0.35, 0.35))):
                spaces = {space: round(size * rng.uniform(0.7, 1.4))}
                title = _named(names[zone], word, number)
                code = f"{kind}-{zone}-{number + 1}"
                made.append(Facility(code, title, kind, zone, _spot(land.zones[zone], rng), owner, spaces))
    return made


def _named(zone: LocalText, word: Words, number: int) -> Words:
    again = f" {number + 1}" if number else ""
    return {
        "en": f"{zone['en']} {word['en']}{again}",
        "fr": f"{word['fr']} {zone['fr']}{again}",
        "ar": f"{word['ar']} {zone['ar']}{again}",
    }


def _spot(area: BaseGeometry, rng: np.random.Generator) -> tuple[float, float]:
    left, low, right, high = area.bounds
    inner = area.buffer(-0.0015)
    target = area if inner.is_empty else inner
    while True:
        point = Point(rng.uniform(left, right), rng.uniform(low, high))
        if target.covers(point):
            return round(float(point.x), 6), round(float(point.y), 6)
