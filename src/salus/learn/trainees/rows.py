"""From table rows to training records as others see them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from salus.learn.models import TrainingRecord
from salus.learn.trainees.schemas import EXPIRED, SOON, VALID, WITHDRAWN, Trained, TrainingRow
from salus.trust import privacy, vault
from salus.trust.privacy import PersonalField, PrivacyClass

REMARK = "training remark"
# So long before the end a renewal is asked for.
SOON_DAYS = 60

for _entry in (
    PersonalField(
        "learn.trainingrecord",
        "remark_sealed",
        PrivacyClass.USAGE,
        "What was written about somebody's part in an exercise",
        privacy.mask_all,
    ),
    PersonalField(
        "learn.trainingrecord",
        "person_id",
        PrivacyClass.USAGE,
        "Who took part in an exercise (a pseudonym)",
        privacy.mask_all,
        sealed=False,
    ),
):
    privacy.register(_entry)


def state_of(status: str, expires_on: date, today: date) -> str:
    """Return whether a record counts on a day."""
    if status == WITHDRAWN:
        return WITHDRAWN
    if expires_on <= today:
        return EXPIRED
    return SOON if expires_on <= today + timedelta(days=SOON_DAYS) else VALID


def training_rows(rows: Iterable[TrainingRecord], today: date) -> list[TrainingRow]:
    """Return records with what was written about people opened; what was erased stays empty."""
    found = list(rows)
    seals = vault.seals_of(list({row.person_id for row in found}))
    return [_row(row, seals.get(row.person_id), today) for row in found]


def _row(row: TrainingRecord, seal: vault.Seal | None, today: date) -> TrainingRow:
    return TrainingRow(
        id=row.id,
        person_id=row.person_id,
        run_id=row.run_id,
        title=row.title,
        team=row.team,
        role=row.role,
        objectives=tuple(Trained(one["title"], one["reached"]) for one in row.objectives),
        completed_on=row.completed_on,
        expires_on=row.expires_on,
        attested_by=row.attested_by,
        remark=seal.open(REMARK, bytes(row.remark_sealed)) if seal else "",
        state=state_of(row.status, row.expires_on, today),
        reason=row.reason,
        created_at=row.created_at,
        recorded_at=row.recorded_at,
        recorded_by=row.recorded_by,
    )
