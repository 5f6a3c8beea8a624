"""The four levels as badges: a word, a shape and a colour."""

from __future__ import annotations

from django.utils.translation import gettext as _

from salus.web.ui.components import Level


def level_names() -> tuple[str, str, str, str]:
    """Return the names of the levels, calmest first."""
    return (_("Calm"), _("Raised"), _("High"), _("Very high"))


def level_badge(level: int | None) -> Level | None:
    """Return the badge of a level, or None where it is undefined."""
    if level is None:
        return None
    return Level(rank=level, name=level_names()[level], of=3)
