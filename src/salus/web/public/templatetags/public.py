"""`{% load public %}`: texts in their own language, addresses that keep the language."""

from __future__ import annotations

from typing import Any

from django import template
from django.template.context import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from salus.base.texts import LocalText, pick
from salus.web.public import languages, situation
from salus.web.ui import moments
from salus.web.ui.formats import Suppressed, number

register = template.Library()


@register.simple_tag
def said(text: LocalText | str | None) -> SafeString:
    """`{% said zone.name %}`: the text, marked with its language where that is not the page's."""
    active = get_language() or "en"
    words, spoken = languages.found(text, active)
    if not spoken or spoken == active:
        return format_html("{}", words)
    return format_html('<span lang="{}" dir="{}">{}</span>', spoken, languages.direction(spoken), words)


@register.filter
def picked(text: LocalText | str | None) -> str:
    """`{{ zone.name|picked }}`: the text alone, for titles."""
    return pick(text, get_language() or "en")


@register.simple_tag(takes_context=True)
def at(context: Context, name: str, *args: Any) -> str:
    """`{% at "area" zone.code %}`: the address of a page in this language."""
    address: str = context["scene"].url(name, *args)
    return address


@register.simple_tag
def on(text: str | None, style: str = "long") -> SafeString:
    """`{% on row.until_on %}`: a day or moment of a body."""
    value = situation.moment(text) if text and "T" in text else situation.day(text)
    return moments.time_tag(value, style)


@register.simple_tag(takes_context=True)
def badge(context: Context, value: int | None) -> Any:
    """`{% badge zone.level as level %}`: the badge of a level."""
    found = context.get("situation")
    return found.badge(value) if found else None


@register.filter
def rate(value: float | Suppressed | None) -> str:
    """`{{ card.rate|rate }}`: a rate in whole numbers, or one place where it is small."""
    if value is None or isinstance(value, Suppressed):
        return number(value)
    return number(round(value)) if value >= 10 else number(round(value, 1))


@register.filter
def level_mark(shape: int) -> str:
    """`{% shape level.shape|level_mark %}`: the name of a level's drawn shape."""
    return f"level-{shape}"


@register.filter
def is_number(value: Any) -> bool:
    """Tell a number from the reasons for having none."""
    return isinstance(value, int | float)


@register.filter
def item(mapping: Any, key: str) -> Any:
    """`{{ zones|item:code }}`: what stands under a key."""
    return mapping.get(key)


@register.filter
def published_value(line: list[Any]) -> float | Suppressed | None:
    """Return the value of a row of a data set, or why it has none."""
    return Suppressed(None) if line[3] == "suppressed" else line[2]


@register.filter(name="dir")
def direction(language: str) -> str:
    """`{{ info.language|dir }}`: ltr or rtl."""
    return languages.direction(language)


@register.filter
def own_name(language: str) -> str:
    """`{{ info.language|own_name }}`: what its speakers call it."""
    return languages.own_name(language)
