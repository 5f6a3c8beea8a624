"""Titles and reasons made from a playbook's phrases, in every language that the phrase has."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from datetime import date

from babel.dates import format_date
from babel.numbers import format_decimal

from salus.base.texts import LocalText, pick
from salus.city.schemas import CITY_LEVEL, ZoneRow

_PLACE = re.compile(r"\{([a-z_]+)\}")
NAMED = 3


def fill(template: LocalText, **values: LocalText | str) -> dict[str, str]:
    """Return a phrase with its places filled, in each of its languages; unknown places stay as they are.

    Phrases are edited by people, so this is no format string: nothing but names is understood.
    """
    return {language: _filled(text, language, values) for language, text in template.items()}


def _filled(text: str, language: str, values: Mapping[str, LocalText | str]) -> str:
    def place(match: re.Match[str]) -> str:
        return pick(values[match[1]], language) if match[1] in values else match[0]

    return _PLACE.sub(place, text)


def areas(zones: Sequence[ZoneRow], phrases: Mapping[str, LocalText]) -> dict[str, str]:
    """Return what a set of zones is called: the whole city, up to three names, or a number of areas."""
    whole, many = phrases.get("whole_city", {"en": "Whole city"}), phrases.get("many_areas", {"en": "{count} areas"})
    if any(zone.level == CITY_LEVEL for zone in zones):
        return dict(whole)
    if len(zones) > NAMED:
        return fill(many, count=str(len(zones)))
    return {language: joined([pick(zone.name, language) for zone in zones], language) for language in many}


def joined(names: Sequence[str], language: str) -> str:
    """Return names in a row, with the comma of the language."""
    return ("، " if language == "ar" else ", ").join(names)


def number(value: float, language: str) -> str:
    """Return a figure with two significant digits, as it is written in a language."""
    if value == 0:
        return format_decimal(0, locale=language)
    digits = 1 - math.floor(math.log10(abs(value)))
    return format_decimal(round(value, digits), locale=language)


def numbers(value: float, phrases: Mapping[str, LocalText]) -> dict[str, str]:
    """Return a figure in every language of the phrases."""
    return {language: number(value, language) for language in phrases["whole_city"]}


def ranges(low: float, high: float, phrases: Mapping[str, LocalText]) -> dict[str, str]:
    """Return "120 to 180" in every language of the phrases."""
    return fill(phrases["range"], low=numbers(low, phrases), high=numbers(high, phrases))


def days(value: date, phrases: Mapping[str, LocalText]) -> dict[str, str]:
    """Return a day in every language of the phrases."""
    return {language: format_date(value, "long", locale=language) for language in phrases["whole_city"]}
