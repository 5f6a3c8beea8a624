"""What runs on a line, and days of the week, in words."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

from django.utils.dates import WEEKDAYS, WEEKDAYS_ABBR
from django.utils.translation import gettext as _


def mode_word(mode: str) -> str:
    """Return what runs on a line."""
    words = {
        "tram": _("Tram"),
        "metro": _("Metro"),
        "rail": _("Train"),
        "bus": _("Bus"),
        "ferry": _("Ferry"),
        "other": _("Public transport"),
    }
    return words.get(mode, mode)


def days_word(weekdays: Iterable[int], *, short: bool = False) -> str:
    """Return days of the week in words: every day, Monday to Friday, or each by its name."""
    days = sorted(set(weekdays))
    if len(days) == 7:
        return _("Every day")
    if len(days) > 2 and all(after == before + 1 for before, after in pairwise(days)):
        return _("%(first)s to %(last)s") % {"first": WEEKDAYS[days[0]], "last": WEEKDAYS[days[-1]]}
    return (
        ", ".join(str(WEEKDAYS_ABBR[day]) for day in days) if short else " · ".join(str(WEEKDAYS[day]) for day in days)
    )
