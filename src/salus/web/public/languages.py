"""Which language a page speaks: the one in its address; the reader's own choice only at the door."""

from __future__ import annotations

from django.conf import settings
from django.utils.translation import get_language_info
from django.utils.translation.trans_real import parse_accept_lang_header

from salus.base.texts import LocalText, language_of, pick


def codes() -> list[str]:
    """Return the languages that pages are written in."""
    return [code for code, _name in settings.LANGUAGES]


class LanguageConverter:
    """`<language:language>` in an address: only a language that we have."""

    regex = "[a-z]{2}"

    def to_python(self, value: str) -> str:
        """Return the language, or refuse the address."""
        if value not in codes():
            raise ValueError(value)
        return value

    def to_url(self, value: str) -> str:
        """Write the language into an address."""
        return value


def preferred(header: str) -> str:
    """Return the language that an `Accept-Language` header likes best among ours."""
    for wanted, _quality in parse_accept_lang_header(header.lower()):
        base = wanted.split("-", maxsplit=1)[0]
        if base in codes():
            return base
    return settings.LANGUAGE_CODE


def direction(language: str) -> str:
    """Return how a language is written: ltr or rtl."""
    try:
        return "rtl" if get_language_info(language)["bidi"] else "ltr"
    except KeyError:
        return "ltr"


def own_name(language: str) -> str:
    """Return what the speakers of a language call it."""
    try:
        return str(get_language_info(language)["name_local"])
    except KeyError:
        return language


def found(text: LocalText | str | None, language: str) -> tuple[str, str]:
    """Return a text and the language that it is in, which is empty where nobody said."""
    if not text or isinstance(text, str):
        return pick(text, language), ""
    return pick(text, language), language_of(text, language)
