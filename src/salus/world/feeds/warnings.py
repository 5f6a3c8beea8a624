"""Warnings of the weather service as messages of the Common Alerting Protocol 1.2, in two languages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal
from xml.sax.saxutils import escape
from zoneinfo import ZoneInfo

from salus.world.city.pack import ROOT

Level = Literal[0, 1, 2, 3]
Kind = Literal["Alert", "Update", "Cancel"]
SENDER = "weather@alma.example"
ISSUED = time(16, 30)
# How many days a warning is for, beginning with the day after it.
AHEAD = 2
_ZONE = ZoneInfo("Atlantic/Madeira")
_SEVERITY = ("Minor", "Moderate", "Severe", "Extreme")


@dataclass(frozen=True, slots=True)
class Hazard:
    """What is warned of: from which sizes on, and in which words."""

    limits: tuple[float, float, float]
    unit: str
    title: dict[str, str]
    advice: dict[str, str]

    def level(self, size: float) -> Level:
        """Return the level of a size."""
        levels: tuple[Level, ...] = (0, 1, 2, 3)
        return levels[sum(size >= limit for limit in self.limits)]


HAZARDS = {
    "heat": Hazard(
        (32.0, 35.0, 38.5),
        "°C",
        {"en": "Heat", "fr": "Chaleur"},
        {
            "en": "Drink often, stay in the shade, and look after neighbours who live alone.",
            "fr": "Buvez souvent, restez à l’ombre et prenez des nouvelles des voisins qui vivent seuls.",
        },
    ),
    "storm": Hazard(
        (70.0, 90.0, 110.0),
        "km/h",
        {"en": "Storm", "fr": "Tempête"},
        {
            "en": "Bring in what can fly away and keep off the shore.",
            "fr": "Rentrez ce qui peut s’envoler et éloignez-vous du rivage.",
        },
    ),
    "flood": Hazard(
        (2.1, 2.7, 3.3),
        "m",
        {"en": "Flood", "fr": "Inondation"},
        {
            "en": "Keep away from the river and leave cellars and underpasses.",
            "fr": "Éloignez-vous de la rivière et quittez caves et passages souterrains.",
        },
    ),
}
_LEVELS = {"en": ("", "Be aware", "Be prepared", "Take action"), "fr": ("", "Attention", "Préparez-vous", "Agissez")}
_OVER = {"en": "The warning is over", "fr": "L’alerte est levée"}
_NOTE = "Made by the world of an exercise; it warns of nothing real."


@dataclass(frozen=True, slots=True)
class Warning:
    """One message, issued in the evening, about the next days."""

    hazard: str
    kind: Kind
    level: Level
    size: float
    sent_on: date
    of_before: bool
    zones: tuple[str, ...] = ()

    @property
    def until(self) -> date:
        """Return the last day of which it speaks."""
        return self.sent_on + timedelta(days=AHEAD)


def as_xml(warning: Warning) -> bytes:
    """Return the message as the service sends it."""
    parts = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2">',
        f"<identifier>{_identifier(warning.hazard, warning.sent_on)}</identifier>",
        f"<sender>{SENDER}</sender>",
        f"<sent>{_moment(warning.sent_on)}</sent>",
        f"<status>Exercise</status><msgType>{warning.kind}</msgType><scope>Public</scope>",
        f"<note>{_NOTE}</note>",
    ]
    if warning.of_before:
        day = warning.sent_on - timedelta(days=1)
        parts.append(f"<references>{SENDER},{_identifier(warning.hazard, day)},{_moment(day)}</references>")
    parts += [_info(warning, language) for language in ("en", "fr")]
    return "\n".join([*parts, "</alert>", ""]).encode()


def _identifier(hazard: str, on: date) -> str:
    return f"alma-{hazard}-{on.isoformat()}"


def _moment(on: date, at: time = ISSUED) -> str:
    text = datetime.combine(on, at, _ZONE).isoformat()
    return text[:-6] + "-00:00" if text.endswith("+00:00") else text


def _info(warning: Warning, language: str) -> str:
    hazard = HAZARDS[warning.hazard]
    over = warning.kind == "Cancel"
    first = warning.sent_on + timedelta(days=1)
    begins = _moment(warning.sent_on) if over else _moment(first, time(0, 0))
    head = _OVER[language] if over else _LEVELS[language][warning.level]
    title = hazard.title[language]
    places = "".join(
        f"<geocode><valueName>salus:zone</valueName><value>{code}</value></geocode>"
        for code in warning.zones or (ROOT,)
    )
    return (
        f"<info><language>{language}</language><category>Met</category><event>{title}</event>"
        f"<responseType>{'AllClear' if over else 'Prepare'}</responseType>"
        f"<urgency>{'Past' if over else 'Future'}</urgency><severity>{_SEVERITY[warning.level]}</severity>"
        f"<certainty>Likely</certainty>"
        f"<eventCode><valueName>salus:hazard</valueName><value>{warning.hazard}</value></eventCode>"
        f"<effective>{_moment(warning.sent_on)}</effective><onset>{begins}</onset>"
        f"<expires>{_moment(warning.until, time(23, 59))}</expires>"
        f"<senderName>Alma Weather Service</senderName><headline>{escape(f'{title}: {head}')}</headline>"
        f"<description>{escape(f'{warning.size:g} {hazard.unit}')}</description>"
        f"<instruction>{escape(hazard.advice[language])}</instruction>"
        f"<area><areaDesc>Port Alma</areaDesc>{places}</area></info>"
    )
