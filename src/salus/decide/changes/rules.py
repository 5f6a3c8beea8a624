"""What must be true of a change of service before it is written."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from uuid import UUID

from django.utils.translation import gettext as _

from salus.base import clock
from salus.base.errors import Conflict, Invalid
from salus.city.schemas import ZoneRow
from salus.decide.changes.rows import change_row
from salus.decide.changes.schemas import SiteHours, Span
from salus.decide.models import Decision, ServiceChange
from salus.plan.schemas import SITE_KINDS
from salus.plan.scope import zones_by_id

_HOUR = re.compile(r"^([01]\d|2[0-3]):[0-5]\d$")
MOST_A_DAY = 1_000_000


def standing(decision: UUID) -> Decision:
    """Return a decision that holds or will hold; nothing else can change a service."""
    row: Decision = Decision.objects.one(decision)
    over = row.in_force_until is not None and row.in_force_until <= clock.now()
    if row.status != "approved" or over:
        raise Conflict(
            _("Decision %(number)s is not in force, so nothing can be closed or opened on it.")
            % {"number": row.number},
            remedy=_("Choose a decision that was approved and has not ended."),
        )
    return row


def ground(decision: Decision) -> dict[UUID, ZoneRow]:
    """Return the smallest areas of a decision."""
    return _leaves(zones_by_id(), {UUID(text) for text in decision.zone_ids})


def smallest(zone_ids: Iterable[UUID]) -> set[UUID]:
    """Return the smallest areas in some areas."""
    known = zones_by_id()
    chosen = set(zone_ids)
    if lost := chosen - set(known):
        raise Invalid(
            _("%(missing)s of the areas are not known.") % {"missing": len(lost)},
            remedy=_("Choose areas from the list."),
        )
    return set(_leaves(known, chosen))


def _leaves(known: Mapping[UUID, ZoneRow], chosen: set[UUID]) -> dict[UUID, ZoneRow]:
    """Return the areas without others in them that lie in what was chosen."""
    parents = {zone.parent_id for zone in known.values()}
    return {zone.id: zone for zone in known.values() if zone.id not in parents and chosen & set(zone.path)}


def require_within(wanted: set[UUID], allowed: Iterable[UUID], decision: Decision) -> None:
    """Refuse areas that the decision does not speak of."""
    if beyond := wanted - set(allowed):
        raise Invalid(
            _("%(n)s of the areas lie outside decision %(number)s.") % {"n": len(beyond), "number": decision.number},
            remedy=_("Leave them out, or take a decision for them too."),
        )
    if not wanted:
        raise Invalid(_("No area is left to change anything in."), remedy=_("Choose at least one area."))


def checked_span(span: Span, decision: Decision) -> tuple[date, date | None]:
    """Return the first and the last day; what is past cannot be changed."""
    assert decision.in_force_from is not None
    begun = decision.in_force_from.astimezone(clock.city_zone()).date()
    first = span.from_on or max(clock.today(), begun)
    if first < clock.today():
        raise Invalid(_("A change of service cannot begin in the past."), remedy=_("Choose today or a later day."))
    if first < begun:
        raise Invalid(
            _("Decision %(number)s holds only from %(day)s on.") % {"number": decision.number, "day": begun},
            remedy=_("Choose that day or a later one."),
        )
    if span.until_on is not None and span.until_on < first:
        raise Invalid(_("It would end before it begins."), remedy=_("Choose a later last day."))
    return first, span.until_on


def check_hours(hours: SiteHours, site: str) -> None:
    """Refuse a site that nobody could go to."""
    if site not in SITE_KINDS:
        raise Invalid(
            _("'%(site)s' is nothing that a site can be opened for.") % {"site": site},
            remedy=_("Choose one of %(list)s.") % {"list": ", ".join(SITE_KINDS)},
        )
    if not 1 <= hours.per_day <= MOST_A_DAY:
        raise Invalid(_("A site is there for at least one person a day."), remedy=_("Say for how many people a day."))
    if not hours.weekdays or not set(hours.weekdays) <= set(range(7)):
        raise Invalid(_("The site would never be open."), remedy=_("Choose at least one day of the week."))
    if not (_HOUR.match(hours.opens) and _HOUR.match(hours.closes) and hours.opens < hours.closes):
        raise Invalid(
            _("'%(opens)s' to '%(closes)s' are no opening hours.") % {"opens": hours.opens, "closes": hours.closes},
            remedy=_("Write both like 08:00, the earlier one first."),
        )


def refuse_twice(wanted: set[UUID], first: date, last: date | None, kept: Sequence[ServiceChange]) -> None:
    """Refuse what is ordered already for the same areas at the same time."""
    for row in (change_row(one) for one in kept):
        apart = (last is not None and last < row.from_on) or (row.last_on is not None and row.last_on < first)
        if row.status == "ordered" and not apart and wanted & set(row.zone_ids):
            raise Conflict(
                _("This is ordered already, by change of service %(number)s.") % {"number": row.number},
                remedy=_("End that one first, or choose other areas or days."),
            )


def require_reason(text: str) -> str:
    """Return the words, or ask for them."""
    if not text.strip():
        raise Invalid(_("Say why."), remedy=_("One sentence is enough."))
    return text.strip()
