"""Links that keep the moment that the page shows, and states in words."""

from __future__ import annotations

from typing import Any

from django import template
from django.conf import settings
from django.urls import reverse
from django.utils.translation import get_language

from salus.base import clock
from salus.base.texts import pick
from salus.trust.selectors import person_list, system_viewer
from salus.web.ops.data.words import import_words, source_words
from salus.web.ops.moment import keep_moment
from salus.web.ops.work import words

register = template.Library()
STATES = {
    "decision": words.decision_word,
    "task": words.task_word,
    "proposal": words.proposal_word,
    "alert": words.alert_word,
    "offer": words.offer_word,
    "verdict": words.verdict_word,
    "import": import_words,
    "source": source_words,
}


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


@register.filter
def state(status: str, of: str) -> str:
    """Return a state in words: `{{ row.status|state:"decision" }}`."""
    return STATES[of](status)[0]


@register.filter
def tone(status: str, of: str) -> str:
    """Return the tone of a state, for its tag: `{{ row.status|tone:"alert" }}`."""
    return STATES[of](status)[1]


@register.filter
def spaced(code: object) -> str:
    """Return a code as words: `{{ "duty_officer"|spaced }}` is "Duty officer"."""
    return str(code).replace("_", " ").capitalize()


@register.simple_tag
def not_real() -> dict[str, str]:
    """Return what the stripe needs on pages without a shell, such as those of signing in."""
    return {"clock_mode": {"wall": "live", "exercise": "exercise"}.get(clock.reading().mode, "replay")}


@register.simple_tag
def demo_people() -> list[Any]:
    """Return the demo's people for its sign-in page, and nobody anywhere else."""
    if not settings.SALUS_DEMO:
        return []
    return [row for row in person_list(viewer=system_viewer("demo")) if row.demo and row.active]
