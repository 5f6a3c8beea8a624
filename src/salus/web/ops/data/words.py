"""Words for states of data."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from salus.gather.catalogue.schemas import Finding
from salus.trust.schemas import Tier
from salus.web.ui.formats import percent


def fresh_words(state: str) -> str:
    """Return how fresh something is, in a word."""
    words = {
        "fresh": _("Fresh"),
        "late": _("Late"),
        "silent": _("Silent"),
        "empty": _("Nothing yet"),
        "irregular": _("As it happens"),
    }
    return words.get(state, state)


def share(value: float | None) -> str | None:
    """Return a share in per cent, or None where it cannot be said."""
    return None if value is None else percent(value)


def tier_name(tier: Tier | None) -> str | None:
    """Return the name of a tier."""
    if tier is None:
        return None
    names = {
        Tier.PUBLIC: _("Public"),
        Tier.PARTNER: _("Partners"),
        Tier.OPERATIONAL: _("Operational"),
        Tier.SENSITIVE: _("Sensitive"),
        Tier.PERSONAL: _("Personal"),
    }
    return names[Tier(tier)]


def import_words(status: str) -> tuple[str, str]:
    """Return the state of an import in words, and its tone."""
    words = {
        "waiting": (_("Waiting"), ""),
        "reading": (_("Being read"), "info"),
        "committing": (_("Being taken in"), "info"),
        "needs_mapping": (_("Needs an answer"), "check"),
        "checked": (_("Checked, not taken in"), "check"),
        "committed": (_("Taken in"), "good"),
        "unchanged": (_("Was there already"), ""),
        "failed": (_("Failed"), "act"),
        "cancelled": (_("Cancelled"), ""),
    }
    return words.get(status, (status, ""))


def source_words(status: str) -> tuple[str, str]:
    """Return the state of a source in words, and its tone."""
    words = {"live": (_("Live"), "good"), "paused": (_("Paused"), "check"), "draft": (_("Draft"), "info")}
    return words.get(status, (status, ""))


def finding_groups(findings: Sequence[Finding]) -> list[tuple[str, str, list[str]]]:
    """Return what is late, incomplete and wrong, each with its word, its tone and its messages."""
    kinds = (("late", _("Late"), "check"), ("incomplete", _("Incomplete"), "info"), ("wrong", _("Wrong"), "check"))
    groups = [(word, tone, [one.message for one in findings if one.kind == kind]) for kind, word, tone in kinds]
    return [group for group in groups if group[2]]
