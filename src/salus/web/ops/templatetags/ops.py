"""Links that keep the moment that the page shows."""

from __future__ import annotations

from typing import Any

from django import template
from django.urls import reverse

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
