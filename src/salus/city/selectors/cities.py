"""Reading the city itself."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from salus.base.errors import NotFound
from salus.city.models import City
from salus.city.permissions import CITY_VIEW
from salus.city.schemas import CityRow
from salus.trust import policy
from salus.trust.schemas import Tier, Viewer


def city_get(*, viewer: Viewer, known_at: datetime | None = None) -> CityRow:
    """Return the city."""
    policy.require_somewhere(viewer, CITY_VIEW, tier=Tier.PUBLIC)
    row = City.objects.known(known_at).first()
    if row is None:
        raise NotFound(
            _("No city has been set up yet."),
            remedy=_("Run './salus demo', or './salus load' for a real city."),
        )
    return CityRow(
        id=row.id,
        slug=row.slug,
        name=row.name,
        time_zone=row.time_zone,
        languages=tuple(row.languages),
        help_phone=row.help_phone,
        centre=(row.centre_lon, row.centre_lat),
        recorded_at=row.recorded_at,
    )
