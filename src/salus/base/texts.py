"""Texts that people wrote, in the languages of the city."""

from __future__ import annotations

from collections.abc import Mapping

LocalText = Mapping[str, str]


def pick(text: LocalText | str | None, language: str) -> str:
    """Return the text in a language, or in English, or in whatever language there is."""
    if not text:
        return ""
    if isinstance(text, str):
        return text
    return (
        text.get(language)
        or text.get(language.split("-", maxsplit=1)[0])
        or text.get("en")
        or next(iter(text.values()), "")
    )


def language_of(text: LocalText, language: str) -> str:
    """Return the language in which `pick` answers, so that a page can mark it."""
    for wanted in (language, language.split("-", maxsplit=1)[0], "en"):
        if text.get(wanted):
            return wanted
    return next(iter(text), language)
