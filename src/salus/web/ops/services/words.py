"""Lines, sites and how they stand, in words."""

from __future__ import annotations

from django.utils.translation import gettext as _

from salus.base.texts import pick
from salus.city.schemas import FacilityRow, LineRow
from salus.decide.changes.schemas import LINE_CLOSED, ServiceChangeRow
from salus.plan.schemas import CLOSE_LINES, ServiceTemplate
from salus.web.ops.work.words import Word
from salus.web.ui.timetable import days_word


def state_word(state: str) -> Word:
    """Return how a change of service stands."""
    words = {
        "ordered": (_("Ordered"), "info"),
        "planned": (_("From a later day"), "info"),
        "in_force": (_("In force"), "good"),
        "ended": (_("Ended"), "past"),
    }
    return words.get(state, (state, ""))


def site_word(site: str) -> str:
    """Return what a site is for."""
    words = {
        "testing": _("Tests"),
        "vaccination": _("Vaccination"),
        "cooling": _("Cool rooms"),
        "water": _("Drinking water"),
    }
    return words.get(site, site)


def asked_word(asked: ServiceTemplate) -> str:
    """Return what a measure asks for."""
    if asked.what == CLOSE_LINES:
        return _("Close lines")
    return _("Open sites: %(what)s") % {"what": site_word(asked.site)}


def title_of(row: ServiceChangeRow, line: LineRow | None, place: FacilityRow | None, language: str) -> str:
    """Return what a change of service is about."""
    if row.kind == LINE_CLOSED:
        name = pick(line.name, language) if line else str(row.number)
        if row.whole:
            return _("%(line)s closed") % {"line": name}
        return _("%(line)s closed in part") % {"line": name}
    name = pick(place.name, language) if place else str(row.number)
    return _("%(site)s at %(place)s") % {"site": site_word(row.site), "place": name}


def hours_word(row: ServiceChangeRow) -> str:
    """Return when a site is open, and for how many."""
    given = {"days": days_word(row.weekdays, short=True), "opens": row.opens, "closes": row.closes, "n": row.per_day}
    return _("%(days)s, %(opens)s to %(closes)s, for %(n)s people a day") % given
