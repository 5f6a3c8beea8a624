"""Reads of imports, saved mappings and the review queue."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from salus.base.errors import NotFound
from salus.gather.models import ColumnMapping, Import, ParkedRow, Source
from salus.gather.permissions import IMPORT_REVIEW, IMPORT_VIEW
from salus.gather.schemas import ImportRow, MappingRow, ParkedRowRow
from salus.gather.selectors.rows import import_row, mapping_row, parked_row
from salus.gather.sources.mending import asked_of
from salus.trust import policy
from salus.trust.schemas import Tier, Viewer


def _visible_sources(viewer: Viewer, permission: str) -> set[str]:
    """Return the sources whose tier the viewer's right reaches: what a file holds is as closely held as they are."""
    tiers = Source.objects.known().values_list("slug", "tier")
    return {
        slug
        for slug, tier in tiers
        if policy.may_somewhere(viewer, permission, tier=Tier.OPERATIONAL if tier is None else Tier(tier))
    }


def import_list(
    *,
    viewer: Viewer,
    source: str | None = None,
    status: str | None = None,
    limit: int = 100,
    known_at: datetime | None = None,
) -> list[ImportRow]:
    """Return the imports begun up to a moment in the state that they had then, newest first."""
    policy.require_somewhere(viewer, IMPORT_VIEW)
    rows = Import.objects.filter(source__in=_visible_sources(viewer, IMPORT_VIEW)).order_by("-number")
    if source is not None:
        rows = rows.filter(source=source)
    if known_at is not None:
        rows = rows.filter(recorded_at__lte=known_at)
    found = (import_row(row, status=_status_at(row, known_at)) for row in rows.iterator(chunk_size=500))
    wanted = (row for row in found if status is None or row.status == status)
    return [row for row, _number in zip(wanted, range(limit), strict=False)]


def import_get(*, viewer: Viewer, id: UUID, known_at: datetime | None = None) -> ImportRow:
    """Return one import in the state that it had at a moment."""
    policy.require_somewhere(viewer, IMPORT_VIEW)
    rows = Import.objects.filter(id=id, source__in=_visible_sources(viewer, IMPORT_VIEW))
    if known_at is not None:
        rows = rows.filter(recorded_at__lte=known_at)
    row = rows.first()
    if row is None:
        raise NotFound(_("There is no such import."), remedy=_("It may not have been begun at that moment."))
    return import_row(row, status=_status_at(row, known_at))


def _status_at(row: Import, known_at: datetime | None) -> str:
    """Return the state at a moment: until its end an import was at work."""
    if known_at is None or row.ended_at is None or row.ended_at <= known_at:
        return row.status
    return "reading"


def parked_list(
    *,
    viewer: Viewer,
    import_id: UUID | None = None,
    source: str | None = None,
    status: str = "open",
    limit: int = 200,
    known_at: datetime | None = None,
) -> list[ParkedRowRow]:
    """Return the rows that wait for a person (or were settled), oldest first; they may hold personal data."""
    policy.require_somewhere(viewer, IMPORT_REVIEW)
    rows = ParkedRow.objects.filter(source__in=_visible_sources(viewer, IMPORT_REVIEW))
    rows = rows.order_by("recorded_at", "import_number", "line")
    if import_id is not None:
        rows = rows.filter(import_number__in=Import.objects.filter(id=import_id).values("number"))
    if source is not None:
        rows = rows.filter(source=source)
    if known_at is not None:
        rows = rows.filter(recorded_at__lte=known_at)
    kept = [row for row in rows if _parked_status(row, known_at) == status][:limit]
    files = Import.objects.filter(number__in={row.import_number for row in kept})
    about = {row.number: row for row in files}
    return [
        parked_row(row, import_id=file.id, label=file.label, status=_parked_status(row, known_at), asked=asked)
        for row in kept
        for file in (about[row.import_number],)
        for asked in (() if file.mapping else asked_of(row.source),)
    ]


def _parked_status(row: ParkedRow, known_at: datetime | None) -> str:
    if known_at is not None and row.resolved_at is not None and row.resolved_at > known_at:
        return "open"
    return row.status


def mapping_list(*, viewer: Viewer, source: str | None = None, known_at: datetime | None = None) -> list[MappingRow]:
    """Return the saved column mappings."""
    policy.require_somewhere(viewer, IMPORT_VIEW)
    rows = ColumnMapping.objects.known(known_at).order_by("source", "recorded_at")
    if source is not None:
        rows = rows.filter(source=source)
    return [mapping_row(row) for row in rows]
