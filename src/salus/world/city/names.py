"""Invented names of the city's places in the three languages of its people."""

from __future__ import annotations

import numpy as np

Words = dict[str, str]

CITY: Words = {"en": "Port Alma", "fr": "Port-Alma", "ar": "بورت ألما"}
_KINDS = (
    ("{} Quay", "Quai {}", "رصيف {}"),
    ("{} Gate", "Porte {}", "باب {}"),
    ("{} Hill", "Butte {}", "تلة {}"),
    ("{} Market", "Marché {}", "سوق {}"),
    ("{} Bridge", "Pont {}", "جسر {}"),
    ("{} Gardens", "Jardins {}", "حدائق {}"),
    ("{} Square", "Place {}", "ساحة {}"),
    ("{} Mill", "Moulin {}", "طاحونة {}"),
    ("{} Wells", "Puits {}", "آبار {}"),
    ("{} Heights", "Hauts de {}", "مرتفعات {}"),
    ("{} Grove", "Bosquet {}", "بستان {}"),
    ("{} Terrace", "Terrasse {}", "شرفة {}"),
    ("{} Meadow", "Pré {}", "مرج {}"),
    ("{} Crossing", "Croisée {}", "ملتقى {}"),
    ("{} Row", "Rue {}", "صف {}"),
    ("{} Park", "Parc {}", "متنزه {}"),
)
_PROPER = (
    ("Alma", "ألما"), ("Bruna", "برونا"), ("Cedra", "سدرا"), ("Doria", "دوريا"), ("Elmira", "إلميرا"),
    ("Farola", "فارولا"), ("Galena", "غالينا"), ("Halia", "هاليا"), ("Irma", "إرما"), ("Jarosa", "ياروسا"),
    ("Kalima", "كليما"), ("Luria", "لوريا"), ("Marisol", "ماريسول"), ("Nadira", "نديرة"), ("Orlena", "أورلينا"),
    ("Paloma", "بالوما"), ("Quina", "كينا"), ("Rosal", "روسال"), ("Salina", "سالينا"), ("Tamira", "تميرة"),
    ("Ursa", "أورسا"), ("Verona", "فيرونا"), ("Wadia", "وادية"), ("Ximena", "خيمينا"), ("Yasmin", "ياسمين"),
    ("Zahra", "زهرة"), ("Anton", "أنطون"), ("Bashir", "بشير"), ("Colmar", "كولمار"), ("Daoud", "داود"),
    ("Esteban", "إستيبان"), ("Fermin", "فيرمين"), ("Gaspar", "غاسبار"), ("Hakim", "حكيم"), ("Isidor", "إيزيدور"),
    ("Jamil", "جميل"), ("Karim", "كريم"), ("Lazare", "لازار"), ("Malik", "مالك"), ("Nasir", "ناصر"),
)  # fmt: skip
_DISTRICTS: tuple[Words, ...] = tuple(
    {"en": en, "fr": fr, "ar": ar}
    for en, fr, ar in (
        ("Old Town", "Vieille-Ville", "المدينة القديمة"),
        ("Harbour", "Le Port", "الميناء"),
        ("Riverside", "Les Berges", "ضفاف النهر"),
        ("Saltworks", "Les Salines", "الملّاحات"),
        ("Hills", "Les Collines", "التلال"),
        ("Gardens", "Les Jardins", "الحدائق"),
        ("Westfield", "Champ-Ouest", "الحقل الغربي"),
        ("Northgate", "Porte-Nord", "الباب الشمالي"),
        ("Eastbank", "Rive-Est", "الضفة الشرقية"),
        ("Foundries", "Les Fonderies", "المسابك"),
        ("Orchards", "Les Vergers", "البساتين"),
        ("Lakeside", "Le Lac", "البحيرة"),
        ("Quarries", "Les Carrières", "المحاجر"),
        ("University", "L’Université", "حي الجامعة"),
        ("Windmills", "Les Moulins", "الطواحين"),
        ("Dunes", "Les Dunes", "الكثبان"),
        ("Airfield", "L’Aérodrome", "المطار"),
        ("Springs", "Les Sources", "الينابيع"),
        ("Barracks", "Les Casernes", "الثكنات"),
        ("Vineyards", "Les Vignes", "الكروم"),
        ("Olive Groves", "Les Oliviers", "الزياتين"),
        ("Ferry Side", "L’Embarcadère", "المعبر"),
        ("Lighthouse", "Le Phare", "المنارة"),
        ("Rail Yards", "La Gare", "المحطة"),
    )
)


def district_names(count: int) -> list[Words]:
    """Return the names of so many districts."""
    return [dict(_DISTRICTS[place]) for place in range(count)]


def place_names(count: int, rng: np.random.Generator) -> list[Words]:
    """Return so many different names of places; a number follows when the words run out."""
    pairs = [(kind, proper) for proper in range(len(_PROPER)) for kind in range(len(_KINDS))]
    order = rng.permutation(len(pairs))
    found = []
    for place in range(count):
        kind, proper = pairs[order[place % len(pairs)]]
        turn = place // len(pairs)
        latin, arabic = _PROPER[proper]
        end = f" {turn + 1}" if turn else ""
        en, fr, ar = _KINDS[kind]
        found.append({"en": en.format(latin) + end, "fr": fr.format(latin) + end, "ar": ar.format(arabic) + end})
    return found
