"""Settling a row that waits: found once, settled once, with an import of its own for what it brought."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext as _

from salus.base import clock
from salus.base.errors import Conflict, NotFound
from salus.gather.models import Import, ParkedRow, Source
from salus.gather.permissions import IMPORT_REVIEW
from salus.trust import policy
from salus.trust.schemas import Tier, Viewer


def open_row(row: UUID, by: Viewer) -> tuple[ParkedRow, Import]:
    """Return a row that still waits, and what brought it, to somebody who may work its source off."""
    policy.require(by, IMPORT_REVIEW)
    parked, brought = waiting_row(row)
    tier = Source.objects.known().filter(slug=parked.source).values_list("tier", flat=True).first()
    policy.require(by, IMPORT_REVIEW, tier=Tier.OPERATIONAL if tier is None else Tier(tier))
    return parked, brought


def waiting_row(row: UUID) -> tuple[ParkedRow, Import]:
    """Return a row that still waits, held until the end of the transaction, and what brought it."""
    parked = ParkedRow.objects.select_for_update().filter(id=row).first()
    if parked is None:
        raise NotFound(_("There is no such row in the queue."))
    if parked.status != "open":
        raise Conflict(
            _("This row has been settled already (%(status)s).") % {"status": parked.status},
            remedy=_("Look at the newest state of the queue."),
        )
    return parked, Import.objects.get(number=parked.import_number)


def settle(parked: ParkedRow, by: Viewer) -> None:
    """Keep what became of a row."""
    parked.resolved_at, parked.resolved_by = clock.now(), by.id
    parked.save()


def review_batch(parked: ParkedRow, brought: Import, by: Viewer) -> Import:
    """Return the import that carries what a row brought."""
    label = _("%(label)s, line %(line)s") % {"label": brought.label[:200], "line": parked.line}
    return batch_of_one(source=parked.source, kind="review", label=label, by=by)


def batch_of_one(*, source: str, kind: str, label: str, by: Viewer) -> Import:
    """Return an import of one row that a person brought by hand."""
    moment = clock.now()
    return Import.objects.create(
        source=source,
        kind=kind,
        label=label,
        status="committed",
        rows_read=1,
        rows_good=1,
        recorded_at=moment,
        recorded_by=by.id,
        committed_at=moment,
        ended_at=moment,
    )
