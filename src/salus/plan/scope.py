"""Who may see and do what with records that cover several zones."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from salus.base.errors import Invalid
from salus.city.schemas import ZoneRow
from salus.city.selectors import zone_list
from salus.trust import policy
from salus.trust.actors import system_viewer
from salus.trust.schemas import Tier, Viewer


def zones_by_id(known_at: datetime | None = None) -> dict[UUID, ZoneRow]:
    """Return every zone of the city as it was known."""
    return {zone.id: zone for zone in zone_list(viewer=system_viewer("plan"), known_at=known_at)}


def zones_of(zone_ids: Iterable[UUID | str], known_at: datetime | None = None) -> list[ZoneRow]:
    """Return zones by their ids, refusing one that does not exist."""
    known = zones_by_id(known_at)
    wanted = [zone_id if isinstance(zone_id, UUID) else UUID(str(zone_id)) for zone_id in zone_ids]
    missing = [zone_id for zone_id in wanted if zone_id not in known]
    if missing:
        raise Invalid(
            _("%(missing)s of the areas are not known.") % {"missing": len(missing)},
            remedy=_("Choose areas from the list."),
        )
    return [known[zone_id] for zone_id in wanted]


def require_everywhere(viewer: Viewer, permission: str, zone_ids: Iterable[UUID | str], tier: Tier) -> None:
    """Refuse unless the viewer has the right in every one of the zones."""
    zones = zones_of(zone_ids)
    if not zones:
        policy.require(viewer, permission, tier=tier)
    for zone in zones:
        policy.require(viewer, permission, zone=zone.path, tier=tier)


class Sight:
    """Which records a viewer may see: those with a zone in, or around, what they were granted."""

    def __init__(self, viewer: Viewer, permission: str, tier: Tier = Tier.OPERATIONAL) -> None:
        policy.require_somewhere(viewer, permission, tier=tier)
        self._granted = policy.visible_zones(viewer, permission, tier=tier)
        self._paths: dict[str, tuple[UUID, ...]] | None = None

    def sees(self, zone_ids: Iterable[UUID | str]) -> bool:
        """Return whether a record of these zones may be seen.

        A decision for the whole city concerns every district, so a viewer of one district sees it.
        """
        if self._granted is None:
            return True
        if self._paths is None:
            self._paths = {str(zone.id): zone.path for zone in zones_by_id().values()}
        around = {str(zone) for granted in self._granted for zone in self._paths.get(str(granted), ())}
        for zone_id in map(str, zone_ids):
            if zone_id in around or policy.within(self._paths.get(zone_id, ()), self._granted):
                return True
        return False


def cover(zone_ids: Iterable[UUID], known_at: datetime | None = None) -> list[ZoneRow]:
    """Return the fewest zones that cover the same ground: what lies inside another one is left out."""
    known = zones_by_id(known_at)
    chosen = {zone_id for zone_id in zone_ids if zone_id in known}
    children: dict[UUID, set[UUID]] = {}
    for zone in known.values():
        if zone.parent_id is not None:
            children.setdefault(zone.parent_id, set()).add(zone.id)
    # From the leaves up: a zone whose parts are all chosen is itself chosen.
    for zone in sorted(known.values(), key=lambda row: -len(row.path)):
        inside = children.get(zone.id)
        if inside and inside <= chosen:
            chosen.add(zone.id)
    outer = [known[zone_id] for zone_id in chosen if not set(known[zone_id].path[1:]) & chosen]
    return sorted(outer, key=lambda row: row.number)
