"""Reading training records: one's own always, everybody's with the right."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.utils.translation import gettext as _

from salus.base import clock
from salus.base.errors import NotFound
from salus.learn.models import TrainingRecord
from salus.learn.permissions import TRAINING_VIEW
from salus.learn.trainees.rows import training_rows
from salus.learn.trainees.schemas import TrainingRow
from salus.trust import policy
from salus.trust.schemas import Viewer


def _day(known_at: datetime | None) -> date:
    return (known_at or clock.now()).astimezone(clock.city_zone()).date()


def _sees_all(viewer: Viewer) -> bool:
    return policy.may(viewer, TRAINING_VIEW)


def training_list(
    *, viewer: Viewer, person: UUID | None = None, run: UUID | None = None, known_at: datetime | None = None
) -> list[TrainingRow]:
    """Return records, what ends first at the top; without the right only one's own."""
    rows = TrainingRecord.objects.known(known_at).order_by("expires_on", "created_at", "id")
    if not _sees_all(viewer):
        rows = rows.filter(person_id=viewer.id)
    if person is not None:
        rows = rows.filter(person_id=person)
    if run is not None:
        rows = rows.filter(run_id=run)
    return training_rows(rows, _day(known_at))


def training_get(*, viewer: Viewer, record: UUID, known_at: datetime | None = None) -> TrainingRow:
    """Return one record; that of somebody else does not exist for whoever may not see it."""
    row: TrainingRecord = TrainingRecord.objects.one(record, known_at)
    if row.person_id != viewer.id and not _sees_all(viewer):
        raise NotFound(_("There is no such training record."), remedy=_("It may not have been known at that moment."))
    return training_rows([row], _day(known_at))[0]


def training_history(*, viewer: Viewer, record: UUID, known_at: datetime | None = None) -> list[TrainingRow]:
    """Return every version of one record, oldest first."""
    training_get(viewer=viewer, record=record, known_at=known_at)
    return training_rows(TrainingRecord.objects.history(record, known_at), _day(known_at))
