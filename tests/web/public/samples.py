"""Releases of a small city as tests of the public pages publish them, sealed as real ones are."""

from __future__ import annotations

import copy
from datetime import UTC, date, datetime, timedelta
from typing import Any

from salus.decide.models import Release
from salus.decide.publication.sealing import Draft, File, sealed
from salus.trust.selectors import system_viewer
from tests.web.public.sample_services import services

AT = datetime(2031, 3, 18, 9, 0, tzinfo=UTC)
Body = dict[str, Any]


def local(en: str, fr: str = "", ar: str = "") -> dict[str, str]:
    """A text in as many languages as are given."""
    return {code: text for code, text in (("en", en), ("fr", fr), ("ar", ar)) if text}


NAMES = {
    "NB": local("Northbridge", "Northbridge", "نورثبريدج"),
    "WEST": local("West", "Ouest", "الغرب"),
    "EAST": local("East", "Est", "الشرق"),
    "10001": local("Harbour", "Le Port", "الميناء"),
    "10002": local("Mill Lane", "Rue du Moulin", "شارع الطاحونة"),
    "10003": local("Éluard Square", "Place Éluard", "ساحة إيلوار"),
    # Nobody has translated this one: pages mark it as English.
    "10004": local("Airport"),
}
LEVELS = [
    {
        "value": 0,
        "name": local("Calm", "Calme", "هادئ"),
        "meaning": local("Few people are ill.", "Peu de malades.", "عدد المرضى قليل."),
        "what_to_do": [local("Wash your hands often.", "Lavez-vous souvent les mains.", "اغسل يديك كثيرًا.")],
    },
    {
        "value": 1,
        "name": local("Raised", "Élevé", "مرتفع"),
        "meaning": local("More people are ill.", "Plus de malades.", "عدد المرضى يزداد."),
        "what_to_do": [local("Open windows.", "Ouvrez les fenêtres.", "افتح النوافذ.")],
    },
    {
        "value": 2,
        "name": local("High", "Haut", "عالٍ"),
        "meaning": local("Many people are ill.", "Beaucoup de malades.", "كثير من المرضى."),
        "what_to_do": [
            local("Wear a mask in shops and buses.", "Portez un masque en magasin.", "ضع الكمامة في المتاجر."),
            local("Meet outside.", "Voyez-vous dehors.", "التقِ بالناس في الخارج."),
        ],
    },
    {
        "value": 3,
        "name": local("Very high", "Très haut", "عالٍ جدًا"),
        "meaning": local("Very many people are ill.", "De très nombreux malades.", "عدد كبير جدًا من المرضى."),
        "what_to_do": [local("Stay at home.", "Restez à la maison.", "ابقَ في البيت.")],
    },
]
SHOWN = {"state": "shown", "band": 1, "on": "2031-03-16"}


def start(kind: str, known_at: datetime = AT, *, exercise: bool = False) -> Body:
    """What every body begins with."""
    return {
        "format": f"salus.{kind}/1",
        "kind": kind,
        "known_at": known_at.isoformat(),
        "made_at": known_at.isoformat(),
        "exercise": exercise,
        "languages": ["en", "fr", "ar"],
        "city": {
            "slug": "northbridge",
            "code": "NB",
            "name": NAMES["NB"],
            "time_zone": "Europe/Lisbon",
            "languages": ["en", "fr", "ar"],
            "help_phone": "0800 116 117",
        },
    }


def zone(code: str, kind: str, parent: str | None, level: int | None, value: Body | None, at: int = 0) -> Body:
    """One zone."""
    return {
        "code": code,
        "number": at + 1,
        "name": NAMES[code],
        "kind": kind,
        "parent": parent,
        "aliases": ["4050", "4051"] if code == "10001" else [],
        "population": 1000 * (at + 1),
        "centre": [-8.6 + at / 50, 41.1],
        "level": level,
        "previous": 0,
        "since": "2031-03-10T09:00:00+00:00" if level is not None else None,
        "reasons": [local("Cases: 215 per 100,000, above 200", "Cas : 215, au-dessus de 200", "الحالات: 215، فوق 200")],
        "values": {"case_rate_7d": value} if value else {},
        "measures": [],
        "decisions": [],
    }


def zones() -> list[Body]:
    """A city, two boroughs, four areas: one shown, one zero, one hidden, one not known."""
    shown = {**SHOWN, "value": 215.4, "count": 21}
    return [
        zone("NB", "city", None, 2, {**SHOWN, "value": 180.2, "count": 1234}, 0),
        zone("EAST", "borough", "NB", 1, shown, 1),
        zone("WEST", "borough", "NB", 2, shown, 2),
        zone("10001", "zone", "WEST", 2, shown, 3),
        zone("10002", "zone", "WEST", 0, {**SHOWN, "value": 0, "count": 0}, 4),
        zone("10003", "zone", "EAST", 1, {"value": None, "count": None, "state": "suppressed", "on": "2031-03-16"}, 5),
        zone("10004", "zone", "EAST", None, {"value": None, "count": None, "state": "missing", "on": None}, 6),
    ]


def curve() -> Body:
    """The city's curve: a missing day, a hidden day, an estimate and a forecast."""
    first = date(2031, 2, 15)
    points: list[Body] = [
        {"on": (first + timedelta(days=n)).isoformat(), "value": 100 + 5 * n, "state": "observed"} for n in range(31)
    ]
    points[3] = {**points[3], "value": None, "state": "missing"}
    points[4] = {**points[4], "value": None, "state": "suppressed"}

    def bands(begin: date, days: int, partial: bool) -> Body:
        middle = [250.0 + n for n in range(days)]
        return {
            "made_at": AT.isoformat(),
            "method": "test",
            "dates": [(begin + timedelta(days=n)).isoformat() for n in range(days)],
            "low90": [m * 0.6 for m in middle],
            "low50": [m * 0.9 for m in middle],
            "mid": middle,
            "high50": [m * 1.1 for m in middle],
            "high90": [m * 1.5 for m in middle],
            "partial": [partial] * days,
        }

    return {
        "key": "cases",
        "series": "nb.cases",
        "name": local("Cases", "Cas", "الحالات"),
        "unit": local("cases", "cas", "حالات"),
        "role": "cases",
        "zone": "NB",
        "period": "day",
        "sentence": local(
            "Cases: about 250 a day, up from 210 a week earlier",
            "Cas : environ 250 par jour, en hausse",
            "الحالات: نحو 250 يوميًا، في ارتفاع",
        ),
        "points": points,
        "nowcast": bands(date(2031, 3, 13), 5, True),
        "forecast": bands(date(2031, 3, 19), 14, True),
        "rt": None,
    }


def square(index: int) -> list[list[float]]:
    """A square beside the others."""
    west = -8.7 + index * 0.05
    return [[west, 41.1], [west + 0.05, 41.1], [west + 0.05, 41.15], [west, 41.15]]


def situation(known_at: datetime = AT, *, exercise: bool = False) -> Body:
    """A whole situation."""
    leaves = ["10001", "10002", "10003", "10004"]
    unit = local("per 100,000 in 7 days", "pour 100 000 en 7 jours", "لكل 100000 في 7 أيام")
    return {
        **start("situation", known_at, exercise=exercise),
        "headline": local("Risk in Northbridge: High", "Risque à Northbridge : Haut", "الخطر في نورثبريدج: عالٍ"),
        "level": {**copy.deepcopy(LEVELS[2]), "previous": 1, "since": AT.isoformat(), "reasons": zones()[0]["reasons"]},
        "levels": copy.deepcopy(LEVELS),
        "counts": {"0": 1, "1": 1, "2": 1, "3": 0, "unknown": 1},
        "indicators": [
            {
                "key": "case_rate_7d",
                "name": local("Cases", "Cas", "الحالات"),
                "unit": unit,
                "role": "cases",
                "series": "nb.cases",
                "per_100k": True,
                "days": 7,
                "until_on": "2031-03-16",
                "definition": unit,
                "bins": [50, 200, 500, 1000],
            }
        ],
        "zones": zones(),
        "measures": [
            measure("masks-required", ["WEST"], AT - timedelta(days=2), AT + timedelta(days=12)),
            measure("free-tests", ["NB"], AT + timedelta(days=2), None),
        ],
        **services(),
        "decisions": [],
        "alerts": [],
        "curves": [curve()],
        "map": {
            "kind": "zone",
            "bbox": [-8.7, 41.1, -8.5, 41.15],
            "indicator": "case_rate_7d",
            "bins": [50, 200, 500, 1000],
            "features": [
                {"code": code, "rings": [square(index)], "label": square(index)[0]} for index, code in enumerate(leaves)
            ],
        },
        "freshness": [
            {
                "source": "nb",
                "series": "nb.cases",
                "name": local("Cases", "Cas", "الحالات"),
                "until_on": "2031-03-16",
                "known_at": AT.isoformat(),
                "next_expected_on": "2031-03-19",
                "late": False,
            }
        ],
        "sources": [{"slug": "nb", "title": local("Health office"), "owner": "Northbridge", "licence": "CC0"}],
        "suppression": {
            "threshold": 5,
            "hidden": 1,
            "sentence": local(
                "Numbers from 1 to 4 are not shown.",
                "Les nombres de 1 à 4 ne sont pas montrés.",
                "لا تُعرض الأعداد من 1 إلى 4.",
            ),
        },
        "next_update_on": "2031-03-19",
    }


def measure(code: str, where: list[str], begins: datetime, until: datetime | None) -> Body:
    """A measure in force."""
    titles = {
        "masks-required": local("Masks in shops", "Masques en magasin", "الكمامة في المتاجر"),
        "free-tests": local("Free tests", "Tests gratuits", "فحوص مجانية"),
    }
    return {
        "code": code,
        "title": titles[code],
        "text": local("Wear a mask in every shop & bus.", "Portez un masque.", "ضع الكمامة."),
        "category": "health",
        "zones": where,
        "decision": 3,
        "from": begins.isoformat(),
        "until": until.isoformat() if until else None,
    }


def decision(number: int = 3, known_at: datetime = AT, outcome: Body | None = None) -> Body:
    """A decision with a rejected option, an expectation and, when given, what came of it."""
    return {
        **start("decision", known_at),
        "number": number,
        "title": local("West: masks in shops", "Ouest : masques en magasin", "الغرب: الكمامة في المتاجر"),
        "status": "in_force",
        "zones": [{"code": "WEST", "name": NAMES["WEST"]}],
        "whole_city": False,
        "level": {"value": 2, "name": LEVELS[2]["name"]},
        "text": local("Wear a mask in every shop.", "Portez un masque en magasin.", "ضع الكمامة في كل متجر."),
        "reason": local("Cases doubled in a week.", "Les cas ont doublé.", "تضاعفت الحالات خلال أسبوع."),
        "measures": [
            {
                "code": "masks-required",
                "title": local("Masks in shops", "Masques en magasin", "الكمامة في المتاجر"),
                "text": local("Wear a mask in every shop & bus.", "Portez un masque.", "ضع الكمامة."),
                "category": "health",
                "sides": {"health": local("Fewer people fall ill.", "Moins de malades.", "مرضى أقل.")},
            }
        ],
        "options": [
            {"key": "playbook", "title": local("Masks"), "chosen": True, "why_rejected": "", "projected": None},
            {
                "key": "none",
                "title": local("Do nothing more", "Ne rien faire de plus", "عدم اتخاذ أي إجراء"),
                "chosen": False,
                "why_rejected": "Cases would double again <soon>.",
                "projected": {"expected": [240.0, 300.0, 390.0], "change": [0.0, 0.0, 0.0]},
            },
        ],
        "dissent": True,
        "expected": {
            "sentence": local(
                "Without it we expected 300 a day; with it 240.", "Sans mesure 300 ; avec 240.", "دونه 300، ومعه 240."
            ),
            "due_on": "2031-04-01",
            "series": "nb.cases",
            "unit": local("cases"),
            "baseline": [240.0, 300.0, 390.0],
            "change": [-0.3, -0.2, -0.1],
            "expected": [180.0, 240.0, 320.0],
        },
        "outcome": outcome,
        "accountable": {"role": local("Head of the centre", "Chef du centre", "رئيس المركز")},
        "approved_at": (known_at - timedelta(hours=3)).isoformat(),
        "from": (known_at - timedelta(days=2)).isoformat(),
        "until": (known_at + timedelta(days=12)).isoformat(),
        "ended_at": None,
        "evidence": {
            "known_at": known_at.isoformat(),
            "refs": [{"kind": "forecast", "title": "Forecast", "digest": "a" * 64}],
        },
    }


def alert(
    identifier: str = "nb-1", kind: str = "Alert", references: tuple[str, ...] = (), severity: str = "Severe"
) -> Body:
    """An alert in two of the three languages."""
    return {
        **start("alert"),
        "identifier": identifier,
        "message_type": kind,
        "cap_status": "Actual",
        "sent_at": AT.isoformat(),
        "effective_at": AT.isoformat(),
        "expires_at": (AT + timedelta(days=1)).isoformat(),
        "severity": severity,
        "urgency": "Immediate",
        "certainty": "Observed",
        "references": list(references),
        "decision": 3,
        "zones": [{"code": "WEST", "name": NAMES["WEST"]}],
        "infos": [
            {
                "language": "en",
                "event": "Illness",
                "headline": "Masks needed in West",
                "description": "Cases double.",
                "instruction": "Wear a mask.",
            },
            {
                "language": "ar",
                "event": "مرض",
                "headline": "الكمامة مطلوبة في الغرب",
                "description": "تتضاعف الحالات.",
                "instruction": "ضع الكمامة.",
            },
        ],
    }


def data() -> Body:
    """A data set with each of the three kinds of value."""
    return {
        **start("data"),
        "series": "nb.cases",
        "name": local("Cases", "Cas", "الحالات"),
        "unit": local("cases"),
        "definition": local(
            "People with a positive test.", "Personnes testées positives.", "أشخاص نتيجة فحصهم إيجابية."
        ),
        "period": "day",
        "columns": ["date", "area", "value", "state"],
        "rows": [
            ["2031-03-15", "10001", 21, "observed"],
            ["2031-03-15", "10002", 0, "observed"],
            ["2031-03-15", "10003", None, "suppressed"],
        ],
        "suppression": {"threshold": 5, "hidden": 1, "sentence": local("Small numbers are not shown.")},
    }


def publish(body: Body, subject: str = "", **more: Any) -> Release:
    """Seal a body as a release."""
    kind, csv = body["kind"], "text/csv; charset=utf-8"
    files = {
        "situation": (
            File("csv", csv, "code,level\nNB,2\n"),
            File("curve.csv", csv, "date,value\n"),
            File("services.csv", csv, "kind,code\n"),
        ),
        "alert": (File("cap.xml", "application/cap+xml; charset=utf-8", "<alert/>"),),
        "data": (File("csv", csv, "date,area,value,state\n"),),
    }.get(kind, ())
    title = body.get("headline") or body.get("title") or body.get("name")
    if kind == "alert":
        title = {info["language"]: info["headline"] for info in body["infos"]}
    known_at = datetime.fromisoformat(body["known_at"])
    return sealed(Draft(kind, subject, title, body, files, known_at, **more), system_viewer("test"))


def publish_all() -> None:
    """Publish one release of each kind, and a correction."""
    publish(situation(AT - timedelta(days=1)))
    publish(decision(), "3")
    publish(alert(), "nb-1")
    publish(data(), "nb.cases")
    note = local("A day was counted twice.", "Un jour était compté deux fois.", "حُسب يوم مرتين.")
    publish(situation(), correction_of=1, correction_note=note)
