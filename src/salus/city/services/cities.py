"""Writing the city itself."""

from __future__ import annotations

from collections.abc import Sequence
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.utils.translation import gettext as _

from salus.base import outbox
from salus.base.audit import audited, note
from salus.base.errors import Invalid
from salus.base.texts import LocalText
from salus.base.versioned import record_create, record_revise
from salus.city import events
from salus.city.models import City
from salus.city.permissions import CITY_MANAGE
from salus.city.schemas import Point
from salus.trust import policy
from salus.trust.schemas import Viewer


def _check(name: LocalText, time_zone: str, languages: Sequence[str], centre: Point) -> None:
    if not name or not languages:
        raise Invalid(_("A city needs a name and a language."), remedy=_("Write both."))
    try:
        ZoneInfo(time_zone)
    except (ZoneInfoNotFoundError, ValueError):
        raise Invalid(
            _("'%(zone)s' is not a time zone.") % {"zone": time_zone},
            remedy=_("Write it like Europe/Paris."),
        ) from None
    if not (-180 <= centre[0] <= 180 and -90 <= centre[1] <= 90):
        raise Invalid(_("The city's centre lies outside the world."), remedy=_("Write longitude, then latitude."))


@audited("city.define")
def city_define(
    *,
    slug: str,
    name: LocalText,
    time_zone: str,
    languages: Sequence[str],
    centre: Point,
    help_phone: str = "",
    by: Viewer,
) -> City:
    """Say which city this is, or change what was said."""
    policy.require(by, CITY_MANAGE)
    _check(name, time_zone, languages, centre)
    fields = {
        "slug": slug,
        "name": dict(name),
        "time_zone": time_zone,
        "languages": list(languages),
        "help_phone": help_phone,
        "centre_lon": centre[0],
        "centre_lat": centre[1],
    }
    before = City.objects.known().first()
    row = record_revise(before, by=by, **fields) if before else record_create(City, by=by, **fields)
    note(slug=slug)
    outbox.publish(topic=events.CITY_DEFINED, record_kind="city", record_id=row.id, by=by)
    return row
