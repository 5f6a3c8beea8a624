"""The one policy: role × zone × purpose × tier decides every read and every write.

Grants only ever add: there are no denials, so taking a grant away can never allow more.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import lru_cache
from uuid import UUID

from django.utils.translation import gettext as _

from salus.base.errors import Refused
from salus.trust.permissions import EVERYTHING, covers
from salus.trust.schemas import Grant, Tier, Viewer


def _grants(viewer: Viewer, permission: str, tier: Tier, purpose: str | None) -> list[Grant]:
    """Return the grants that give the right at this tier for this purpose, anywhere."""
    wanted = purpose or viewer.purpose
    return [
        grant
        for grant in viewer.grants
        if grant.max_tier >= tier
        and (grant.purposes is None or wanted in grant.purposes)
        and (covers(grant.permissions, permission) or (viewer.kind == "system" and EVERYTHING in grant.permissions))
    ]


def may(
    viewer: Viewer,
    permission: str,
    *,
    zone: Sequence[UUID] | None = None,
    tier: Tier = Tier.OPERATIONAL,
    purpose: str | None = None,
) -> bool:
    """Return whether the viewer has a right in a zone (given with the zones around it), or city-wide."""
    found = _grants(viewer, permission, tier, purpose)
    if zone is None:
        return any(grant.zones is None for grant in found)
    path = frozenset(zone)
    return any(grant.zones is None or not path.isdisjoint(grant.zones) for grant in found)


def may_somewhere(
    viewer: Viewer, permission: str, *, tier: Tier = Tier.OPERATIONAL, purpose: str | None = None
) -> bool:
    """Return whether the viewer has a right in at least one zone; lists then filter by zone."""
    return bool(_grants(viewer, permission, tier, purpose))


def require(
    viewer: Viewer,
    permission: str,
    *,
    zone: Sequence[UUID] | None = None,
    tier: Tier = Tier.OPERATIONAL,
    purpose: str | None = None,
) -> None:
    """Refuse unless the viewer has the right there."""
    if not may(viewer, permission, zone=zone, tier=tier, purpose=purpose):
        raise _refusal(permission)


def require_somewhere(
    viewer: Viewer, permission: str, *, tier: Tier = Tier.OPERATIONAL, purpose: str | None = None
) -> None:
    """Refuse unless the viewer has the right in at least one zone."""
    if not may_somewhere(viewer, permission, tier=tier, purpose=purpose):
        raise _refusal(permission)


def _refusal(permission: str) -> Refused:
    # The same words whatever the reason: a refusal must not tell what exists.
    return Refused(
        _("You do not have the right to do or see this (%(permission)s).") % {"permission": permission},
        remedy=_("Ask an administrator for a role that includes it."),
    )


def visible_zones(
    viewer: Viewer, permission: str, *, tier: Tier = Tier.OPERATIONAL, purpose: str | None = None
) -> frozenset[UUID] | None:
    """Return the zones granted (each with everything inside it), or None for the whole city."""
    found: set[UUID] = set()
    for grant in _grants(viewer, permission, tier, purpose):
        if grant.zones is None:
            return None
        found |= grant.zones
    return frozenset(found)


def within(path: Sequence[UUID], zones: frozenset[UUID] | None) -> bool:
    """Return whether a zone, given with the zones around it, lies in what `visible_zones` returned."""
    return zones is None or not zones.isdisjoint(path)


@lru_cache(maxsize=4096)
def scope_key(viewer: Viewer) -> str:
    """Return a key that is equal for viewers who may see the same, to cache a page by."""
    parts = sorted(
        repr(
            (
                sorted(grant.permissions),
                None if grant.zones is None else sorted(zone.hex for zone in grant.zones),
                int(grant.max_tier),
                None if grant.purposes is None else sorted(grant.purposes),
            )
        )
        for grant in set(viewer.grants)
    )
    text = "\n".join([viewer.kind if viewer.kind == "system" else "", viewer.purpose, *parts])
    return hashlib.sha256(text.encode()).hexdigest()[:32]
