"""Links that keep the moment that the page shows."""

from __future__ import annotations

from typing import Any

from django import template
from django.conf import settings
from django.urls import reverse
from django.utils.translation import get_language

from salus.base.texts import pick
from salus.trust.selectors import person_list, system_viewer
from salus.web.ops.moment import keep_moment

register = template.Library()


@register.simple_tag(takes_context=True)
def ops_url(context: dict[str, Any], name: str, *args: Any) -> str:
    """Return the address of a page of the operations room at the moment shown: `{% ops_url "zone" row.id %}`."""
    return keep_moment(context["request"], reverse(f"ops:{name}", args=args))


@register.simple_tag(takes_context=True)
def same_moment(context: dict[str, Any], url: str) -> str:
    """Return a given address at the moment shown: `{% same_moment step.url %}`."""
    return keep_moment(context["request"], url)


@register.filter
def local(text: Any) -> str:
    """Return a text that people wrote in the page's language: `{{ row.title|local }}`."""
    return pick(text, get_language() or "en")


@register.simple_tag
def demo_people() -> list[Any]:
    """Return the demo's people for its sign-in page, and nobody anywhere else."""
    if not settings.SALUS_DEMO:
        return []
    return [row for row in person_list(viewer=system_viewer("demo")) if row.demo and row.active]
