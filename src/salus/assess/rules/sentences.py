"""Reasons in plain words, in the reader's language, from what was stored as data."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from functools import lru_cache

from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from babel.numbers import format_decimal

from salus.base.texts import pick


@lru_cache(maxsize=32)
def _locale(language: str) -> Locale:
    try:
        return Locale.parse(language.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return Locale("en")


def number(value: float | None, language: str, decimals: int = 0) -> str:
    """Return a number as it is written in a language."""
    if value is None:
        return "–"
    pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
    return str(format_decimal(round(value, decimals), format=pattern, locale=_locale(language)))


def day(value: date | str | None, language: str) -> str:
    """Return a day as it is written in a language."""
    if value is None:
        return "–"
    when = date.fromisoformat(value) if isinstance(value, str) else value
    return str(format_date(when, format="medium", locale=_locale(language)))


_PLACE = re.compile(r"\{([a-z_]+)\}")


def fill(template: Mapping[str, str], language: str, **values: str) -> str:
    """Return a template in a language with its places filled; unknown places stay as they are.

    Templates are edited by people, so this is no format string: nothing but names is understood.
    """
    text = pick(template, language)
    return _PLACE.sub(lambda match: values.get(match[1], match[0]), text)
