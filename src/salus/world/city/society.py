"""Who acts in an emergency: organisations, their post-holders, stakeholders of every kind, and volunteers."""

from __future__ import annotations

from typing import Any

import numpy as np

from salus.world.city.names import Words
from salus.world.city.people import LANGUAGES, People

Row = dict[str, Any]


def _t(en: str, fr: str, ar: str) -> Words:
    return {"en": en, "fr": fr, "ar": ar}


# Code, name, kind, parent, category of stakeholder.
ORGANISATIONS: tuple[tuple[str, Words, str, str, str], ...] = (
    ("city", _t("City of Port Alma", "Ville de Port-Alma", "مدينة بورت ألما"), "authority", "", "local_government"),
    ("eoc", _t("Emergency Centre", "Centre de crise", "مركز الطوارئ"), "authority", "city", "local_government"),
    ("health", _t("City Health Department", "Direction de la santé", "إدارة الصحة"), "authority", "city",
     "local_government"),
    ("hospitals", _t("Alma Hospitals", "Hôpitaux d’Alma", "مستشفيات ألما"), "hospital", "health", "health_care"),
    ("care", _t("Care Homes’ Union", "Union des résidences", "اتحاد دور الرعاية"), "hospital", "", "health_care"),
    ("pharmacies", _t("Pharmacists’ Guild", "Ordre des pharmaciens", "نقابة الصيادلة"), "supplier", "", "health_care"),
    ("vets", _t("Veterinary Practices", "Cabinets vétérinaires", "العيادات البيطرية"), "supplier", "", "business"),
    ("schools", _t("School Board", "Rectorat", "مجلس المدارس"), "authority", "city", "education"),
    ("university", _t("University of Alma", "Université d’Alma", "جامعة ألما"), "research", "", "research"),
    ("fire", _t("Fire and Rescue", "Pompiers", "الإطفاء والإنقاذ"), "authority", "city", "emergency_service"),
    ("police", _t("City Police", "Police municipale", "شرطة المدينة"), "authority", "city", "emergency_service"),
    ("transit", _t("Alma Transit", "Transports d’Alma", "نقل ألما"), "transport", "", "transport"),
    ("port", _t("Port Authority", "Autorité portuaire", "هيئة الميناء"), "transport", "", "transport"),
    ("power", _t("Alma Energy", "Alma Énergie", "طاقة ألما"), "utility", "", "utility"),
    ("waterworks", _t("Waterworks", "Régie des eaux", "مرفق المياه"), "utility", "", "utility"),
    ("telecom", _t("Alma Telecom", "Alma Télécom", "اتصالات ألما"), "utility", "", "utility"),
    ("logistics", _t("City Stores", "Magasins de la ville", "مخازن المدينة"), "supplier", "city", "business"),
    ("chamber", _t("Chamber of Commerce", "Chambre de commerce", "غرفة التجارة"), "business", "", "business"),
    ("traders", _t("Market Traders", "Commerçants des halles", "تجار الأسواق"), "business", "", "business"),
    ("hotels", _t("Hotels’ Association", "Association des hôtels", "جمعية الفنادق"), "business", "", "business"),
    ("unions", _t("Trade Unions", "Syndicats", "النقابات"), "association", "", "workers"),
    ("relief", _t("Relief Society", "Société de secours", "جمعية الإغاثة"), "volunteer", "", "voluntary"),
    ("faiths", _t("Council of Faiths", "Conseil des cultes", "مجلس الأديان"), "association", "", "community"),
    ("elders", _t("Elders’ Forum", "Forum des aînés", "منتدى كبار السن"), "association", "", "community"),
    ("disabled", _t("Disability Alliance", "Alliance handicap", "تحالف ذوي الإعاقة"), "association", "", "community"),
    ("migrants", _t("Newcomers’ House", "Maison des arrivants", "بيت الوافدين"), "association", "", "community"),
    ("press", _t("Alma Gazette", "Gazette d’Alma", "جريدة ألما"), "media", "", "media"),
    ("radio", _t("Radio Harbour", "Radio du Port", "إذاعة الميناء"), "media", "", "media"),
    ("nation", _t("National Health Institute", "Institut national de santé", "المعهد الوطني للصحة"), "authority", "",
     "national_government"),
    ("neighbour", _t("City of San Telmo", "Ville de San Telmo", "مدينة سان تيلمو"), "authority", "",
     "neighbouring_city"),
)  # fmt: skip
_POSTS = (
    ("head", "Head"),
    ("deputy", "Deputy"),
    ("duty", "Duty officer"),
    ("press", "Spokesperson"),
    ("supplies", "Supplies"),
)
_GIVEN = (
    "Ada", "Bilal", "Clara", "Driss", "Elena", "Farid", "Greta", "Hugo", "Inês", "Jonas", "Kadir", "Leïla", "Marc",
    "Nour", "Olga", "Paulo", "Rania", "Selim", "Tomas", "Yara",
)  # fmt: skip
_FAMILY = (
    "Abadi", "Bastos", "Cohen", "Demir", "Esteves", "Fontaine", "Gomes", "Haddad", "Ivanov", "Jansen", "Kaya",
    "Lambert", "Moreau", "Nasser", "Okafor", "Pinto", "Rossi", "Silva", "Tahiri", "Weber",
)  # fmt: skip
SKILLS = (
    "nursing", "medicine", "driving", "cooking", "languages", "telephone", "carrying", "children", "computers",
    "animals", "sign_language", "first_aid",
)  # fmt: skip
_SHARE_OF_VOLUNTEERS = 0.004


def organisations(districts: list[str], names: list[Words]) -> list[Row]:
    """Return the organisations, parents before children; each district has an office that answers for it."""
    rows = [_organisation(*row, territory="") for row in ORGANISATIONS]
    for code, name in zip(districts, names, strict=True):
        office = _t(f"{name['en']} District Office", f"Mairie de quartier : {name['fr']}", f"مكتب حي {name['ar']}")
        rows.append(_organisation(f"office_{code.lower()}", office, "authority", "city", "local_government", code))
    return rows


def _organisation(code: str, name: Words, kind: str, parent: str, category: str, territory: str) -> Row:
    about = {"code": code, "kind": kind, "parent": parent, "category": category, "territory": territory}
    return {**about, **{f"name_{language}": text for language, text in name.items()}}


def posts(rng: np.random.Generator) -> list[Row]:
    """Return who holds which post, with whom to call when they do not answer."""
    rows = []
    for code, *_rest in ORGANISATIONS:
        for post, title in _POSTS[: 5 if code in {"eoc", "health", "hospitals"} else 3]:
            person = f"{_GIVEN[int(rng.integers(20))]} {_FAMILY[int(rng.integers(20))]}"
            number = f"+999 {int(rng.integers(200, 999))} {int(rng.integers(1000, 9999))}"
            instead = "" if post == "deputy" else f"{code}/deputy"
            rows.append({"post": f"{code}/{post}", "organisation": code, "title": title, "holder": person,
                         "telephone": number, "when_absent": instead})  # fmt: skip
    return rows


def volunteers(people: People, rng: np.random.Generator) -> list[Row]:
    """Return who has offered to help, what they can do, how far they were checked and when they are free."""
    able = np.flatnonzero((people.age >= 18) & (people.age <= 74) & (people.disability == 0))
    count = max(int(_SHARE_OF_VOLUNTEERS * people.count), 20)
    chosen = np.sort(rng.choice(able, min(count, able.size), replace=False))
    rows = []
    for number, person in enumerate(chosen.tolist(), start=1):
        skills = rng.choice(SKILLS, int(rng.integers(1, 4)), replace=False).tolist()
        free = ["evenings", "weekends", "weekdays", "nights"]
        rows.append(
            {
                "volunteer": f"VOL-{number}",
                "person": person,
                "zone": int(people.zone[person]),
                "skills": " ".join(sorted(skills)),
                "languages": " ".join(sorted({"en", LANGUAGES[int(people.language[person])]})),
                "identity_checked": bool(rng.random() < 0.8),
                "record_checked": bool(rng.random() < 0.55),
                "free": " ".join(sorted(rng.choice(free, int(rng.integers(1, 3)), replace=False).tolist())),
                "has_car": bool(rng.random() < 0.45),
            }
        )
    return rows
