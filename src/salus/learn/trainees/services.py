"""Attesting that somebody was trained, and for how long it counts."""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from datetime import date
from uuid import UUID

from django.utils.translation import gettext as _

from salus.base import clock, outbox
from salus.base.audit import audited, note
from salus.base.errors import Conflict, Invalid
from salus.base.texts import LocalText
from salus.base.versioned import record_create, record_revise
from salus.learn import events
from salus.learn.models import TrainingRecord
from salus.learn.permissions import TRAINING_ATTEST
from salus.learn.trainees.rows import REMARK
from salus.learn.trainees.schemas import REACHED, WITHDRAWN, Trained
from salus.trust import policy, vault
from salus.trust.schemas import Viewer
from salus.trust.selectors import person_get

RECORD = "training_record"
# How long an exercise counts where nobody says otherwise.
MONTHS = 24


def months_later(day: date, months: int = MONTHS) -> date:
    """Return the same day some months later, or the last of that month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _checked(person: UUID, completed_on: date, expires_on: date, by: Viewer) -> None:
    policy.require(by, TRAINING_ATTEST)
    person_get(viewer=by, person=person)
    if by.id == person:
        raise Invalid(_("Nobody attests their own training."), remedy=_("Ask a colleague with the same right."))
    if completed_on > clock.today():
        raise Invalid(_("The training is not over yet."), remedy=_("Give a day that has come."))
    if expires_on <= completed_on:
        raise Invalid(_("It would end before it began to count."), remedy=_("Give a day after that of the training."))


def _judged(objectives: Sequence[Trained]) -> list[dict[str, object]]:
    for one in objectives:
        if one.reached not in REACHED:
            raise Invalid(
                _("'%(word)s' is no way to reach an objective.") % {"word": one.reached},
                remedy=_("Choose one of %(value)s.") % {"value": ", ".join(REACHED[:-1])},
            )
    return [{"title": dict(one.title), "reached": one.reached} for one in objectives]


def _sealed(person: UUID, remark: str) -> bytes:
    seal = vault.seals_of([person]).get(person)
    if seal is None:
        raise Conflict(_("This person's data was erased."), remedy=_("Nothing can be written about them any more."))
    return seal.close(REMARK, remark.strip())


@audited("training.attest")
def training_attest(
    *,
    person: UUID,
    title: LocalText,
    completed_on: date,
    expires_on: date | None = None,
    run: UUID | None = None,
    team: str = "",
    role: str = "",
    objectives: Sequence[Trained] = (),
    remark: str = "",
    by: Viewer,
) -> TrainingRecord:
    """Write that somebody took part; of a run that was attested before, the record stays as it is."""
    ends = expires_on or months_later(completed_on)
    _checked(person, completed_on, ends, by)
    kept = _of_run(person, run)
    if kept is not None and kept.status != WITHDRAWN:
        note(unchanged=True)
        return kept
    about = {"title": _named(title), "team": team, "role": role, "objectives": _judged(objectives)}
    days = {"completed_on": completed_on, "expires_on": ends, "status": "attested", "reason": ""}
    fields = {**about, **days, "attested_by": by.id, "remark_sealed": _sealed(person, remark)}
    if kept is not None:
        return _told(record_revise(kept, by=by, **fields), by)
    return _told(record_create(TrainingRecord, by=by, person_id=person, run_id=run, **fields), by)


def _of_run(person: UUID, run: UUID | None) -> TrainingRecord | None:
    if run is None:
        return None
    found: TrainingRecord | None = TrainingRecord.objects.known().filter(person_id=person, run_id=run).first()
    return found


def _named(title: LocalText) -> dict[str, str]:
    if not any(text.strip() for text in title.values()):
        raise Invalid(_("A training needs a name."), remedy=_("Write what was practised."))
    return dict(title)


def _told(row: TrainingRecord, by: Viewer) -> TrainingRecord:
    outbox.publish(topic=events.TRAINING_CHANGED, record_kind=RECORD, record_id=row.id, by=by)
    return row


@audited("training.renew")
def training_renew(*, record: UUID, expires_on: date, reason: str, by: Viewer) -> TrainingRecord:
    """Let a record count for longer, with the reason: a refresher, a real emergency, another course."""
    row: TrainingRecord = TrainingRecord.objects.one(record)
    _checked(row.person_id, row.completed_on, expires_on, by)
    if row.status == WITHDRAWN:
        raise Conflict(_("This record was withdrawn."), remedy=_("Attest the training anew."))
    if expires_on <= row.expires_on:
        raise Invalid(_("A renewal reaches further than before."), remedy=_("Give a later day."))
    if not reason.strip():
        raise Invalid(_("A renewal needs a reason."), remedy=_("Say what was practised since."))
    return _told(
        record_revise(row, by=by, expires_on=expires_on, reason=reason.strip(), attested_by=by.id),
        by,
    )


@audited("training.withdraw")
def training_withdraw(*, record: UUID, reason: str, by: Viewer) -> TrainingRecord:
    """Take a record back that was wrong; its versions stay."""
    policy.require(by, TRAINING_ATTEST)
    row: TrainingRecord = TrainingRecord.objects.one(record)
    if row.status == WITHDRAWN:
        raise Conflict(_("This record was withdrawn already."))
    if not reason.strip():
        raise Invalid(_("Say why it is taken back."), remedy=_("One sentence."))
    return _told(record_revise(row, by=by, status=WITHDRAWN, reason=reason.strip()), by)
