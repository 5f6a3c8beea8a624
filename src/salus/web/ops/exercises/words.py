"""What exercises, runs and injects are called."""

from __future__ import annotations

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from salus.base.texts import LocalText, pick
from salus.plan.exercises.schemas import InjectDraft, When

Word = tuple[str, str]


def say(text: LocalText) -> str:
    """Return a text that people wrote in the page's language."""
    return pick(text, get_language() or "en")


def run_word(state: str) -> Word:
    """Return the state of a run."""
    words = {
        "preparing": (_("Being prepared"), "info"),
        "prepared": (_("Ready to start"), "info"),
        "running": (_("Running"), "good"),
        "paused": (_("Paused"), "check"),
        "ended": (_("Ended"), "past"),
        "failed": (_("Failed"), "check"),
    }
    return words.get(state, (state, ""))


def kind_word(kind: str) -> str:
    """Return what can befall a city, in words."""
    words = {
        "supplier_fails": _("A supplier fails"),
        "network_lost": _("The mobile network is lost"),
        "rumour": _("A rumour spreads"),
        "hospital_floods": _("A hospital floods"),
        "staff_ill": _("Staff fall ill"),
        "false_alarm": _("A false alarm"),
        "press_calls": _("The press calls"),
        "feed_silent": _("A feed falls silent"),
        "feed_rubbish": _("A feed sends rubbish"),
    }
    return words.get(kind, kind.replace("_", " ").capitalize())


def how_word(how: str) -> str:
    """Return why an inject was fired."""
    words = {
        "day": _("On its day"),
        "trigger": _("By what the teams did or the city showed"),
        "director": _("By the director"),
    }
    return words.get(how, how)


def when_choices() -> list[tuple[str, str]]:
    """Return when an inject may come, for a list."""
    return [
        ("day", _("On a day of the exercise")),
        ("signal", _("When a signal is raised")),
        ("level", _("When the city's level reaches")),
        ("measure", _("When a measure is published")),
        ("after", _("After another inject")),
        ("before", _("Before another inject")),
    ]


def when_words(when: When, titles: dict[str, str]) -> str:
    """Return when an inject comes, as a sentence."""
    told = {"n": when.day or when.delay_days, "what": titles.get(when.value, when.value)}
    if when.day is not None:
        return _("On day %(n)s") % told
    waits = {
        "signal": _("When a signal of %(what)s is raised") if when.value else _("When a signal is raised"),
        "level": _("When the city's level reaches %(what)s"),
        "measure": _("When “%(what)s” is published"),
        "after": _("%(n)s days after “%(what)s”"),
        "before": _("%(n)s days before “%(what)s”"),
    }
    said = waits.get(when.trigger, when.trigger) % told
    late = when.delay_days and when.trigger not in ("after", "before")
    return said + (", " + _("%(n)s days later") % told if late else "")


def where_words(row: InjectDraft) -> str:
    """Return whom an inject befalls, in short."""
    found = [*row.zones, row.facility, row.supplier, row.feed]
    return ", ".join(part for part in found if part)


def titles_of(injects: tuple[InjectDraft, ...]) -> dict[str, str]:
    """Return the injects' titles by their short names."""
    return {row.key: say(row.title) or kind_word(row.kind) for row in injects}


def role_word(code: str) -> str:
    """Return a role's code as words, where its name is not at hand."""
    return code.replace("_", " ").capitalize()
