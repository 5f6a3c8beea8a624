"""Reading organisations."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from salus.base.errors import NotFound
from salus.trust import policy
from salus.trust.models import Organisation
from salus.trust.permissions import ORGANISATION_VIEW
from salus.trust.schemas import OrganisationRow, Tier, Viewer


def _path(own: UUID, parents: dict[UUID, UUID | None]) -> tuple[UUID, ...]:
    path: list[UUID] = []
    above: UUID | None = own
    while above is not None and above not in path:
        path.append(above)
        above = parents.get(above)
    return tuple(path)


def organisation_list(
    *, viewer: Viewer, kind: str | None = None, known_at: datetime | None = None
) -> list[OrganisationRow]:
    """Return the organisations known at a moment, by code."""
    policy.require_somewhere(viewer, ORGANISATION_VIEW, tier=Tier.PARTNER)
    rows = list(Organisation.objects.known(known_at).order_by("code"))
    parents = {row.id: row.parent_id for row in rows}
    return [
        OrganisationRow(
            id=row.id,
            code=row.code,
            name=row.name,
            kind=row.kind,
            parent_id=row.parent_id,
            path=_path(row.id, parents),
            recorded_at=row.recorded_at,
        )
        for row in rows
        if kind is None or row.kind == kind
    ]


def organisation_get(*, viewer: Viewer, organisation: UUID, known_at: datetime | None = None) -> OrganisationRow:
    """Return one organisation."""
    for row in organisation_list(viewer=viewer, known_at=known_at):
        if row.id == organisation:
            return row
    raise NotFound(_("There is no such organisation."), remedy=_("It may not have been known at that moment."))
