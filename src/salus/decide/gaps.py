"""What is still missing before a decision can be submitted, in plain words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext as _

from salus.city.selectors import city_get
from salus.decide.models import Decision
from salus.trust.actors import system_viewer


@dataclass(frozen=True, slots=True)
class Gap:
    """Something missing: which field, what is wrong, and what to do."""

    field: str
    what: str
    remedy: str


def gaps_of(row: Decision) -> list[Gap]:
    """Return the gaps of a decision, in the order of its page."""
    return [*_choice(row), *_words(row), *_period(row)]


def _choice(row: Decision) -> Iterator[Gap]:
    if not row.option_key:
        yield Gap("option", _("No option has been chosen."), _("Choose one of the options."))
    for option in row.options:
        if option["key"] != row.option_key and not option["why_rejected"].strip():
            title = option["title"].get("en", option["key"])
            yield Gap(
                "why_rejected",
                _("Nothing says why '%(title)s' was not taken.") % {"title": title},
                _("Write one sentence for each other option."),
            )
    if not row.rationale.strip():
        yield Gap("rationale", _("The reasons are missing."), _("Say why this option was chosen."))
    if row.accountable_id is None:
        yield Gap("accountable", _("Nobody is accountable."), _("Choose the person who answers for it."))


def _words(row: Decision) -> Iterator[Gap]:
    spoken = dict(settings.LANGUAGES)
    languages = [one for one in city_get(viewer=system_viewer("decide")).languages if one in spoken] or ["en"]
    for field, name in (("title", "title"), ("public_text", "public text")):
        missing = [language for language in languages if not getattr(row, field).get(language, "").strip()]
        if missing:
            yield Gap(
                field,
                _("The %(name)s is missing in: %(missing)s.") % {"name": name, "missing": ", ".join(missing)},
                _("Write it in every language of the public pages."),
            )


def _period(row: Decision) -> Iterator[Gap]:
    if row.in_force_from and row.in_force_until and row.in_force_until <= row.in_force_from:
        yield Gap("in_force_until", _("It would end before it begins."), _("Choose a later end."))
