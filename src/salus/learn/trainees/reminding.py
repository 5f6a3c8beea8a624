"""Reminding people whose training soon ends: a task in their own list, once for each end."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from salus.act.selectors import task_list
from salus.act.services import task_create
from salus.base import clock
from salus.base.texts import LocalText
from salus.learn.models import TrainingRecord
from salus.learn.trainees.rows import SOON_DAYS, state_of
from salus.learn.trainees.schemas import SOON
from salus.trust.actors import system_viewer

_TITLE = {
    "en": "Renew your training: {name}",
    "fr": "Renouvelez votre formation : {name}",
    "ar": "جدّد تدريبك: {name}",
}
_DETAIL = {
    "en": "It counts until {day}. Take part in an exercise before then, or ask for a renewal.",
    "fr": "Elle est valable jusqu’au {day}. Participez à un exercice d’ici là, ou demandez un renouvellement.",
    "ar": "يسري حتى {day}. شارك في تمرين قبل ذلك أو اطلب التجديد.",
}


def training_remind() -> int:
    """Give everybody whose training soon ends a task to renew it; return how many were new."""
    due = [row for row in _ending() if state_of(row.status, row.expires_on, clock.today()) == SOON]
    if not due:
        return 0
    by = system_viewer("learn")
    reminded = {task.template for task in task_list(viewer=by, limit=100_000)}
    new = [row for row in due if _key(row) not in reminded]
    for row in new:
        task_create(
            title=_worded(_TITLE, row),
            detail=_worded(_DETAIL, row),
            due_at=_end(row.expires_on),
            template=_key(row),
            owner=row.person_id,
            by=by,
        )
    return len(new)


def _ending() -> list[TrainingRecord]:
    rows = TrainingRecord.objects.known()
    return list(rows.filter(expires_on__lte=clock.today() + timedelta(days=SOON_DAYS)))


def _key(row: TrainingRecord) -> str:
    """Name the reminder of one end of one record: a renewal ends another day, and is another reminder."""
    return f"training:{row.id}:{row.expires_on}"


def _worded(words: LocalText, row: TrainingRecord) -> dict[str, str]:
    names = {**dict.fromkeys(words, next(iter(row.title.values()), "")), **row.title}
    return {language: text.format(name=names[language], day=row.expires_on) for language, text in words.items()}


def _end(day: date) -> datetime:
    return clock.day_start(day)
