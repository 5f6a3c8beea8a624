"""A desk of an exercise for tests: people, a design, a run whose stage has spoken, and its score."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.test import Client, TestCase

from salus.base import clock, outbox
from salus.learn.scores.schemas import (
    PLAYED,
    POLICY,
    UNCHECKED,
    CountFigure,
    Curve,
    OrderRow,
    OutcomeFigure,
    ScoreSheet,
    Spread,
    TimeFigure,
)
from salus.learn.scores.services import score_keep
from salus.plan.exercises import documents
from salus.plan.exercises.schemas import (
    ExerciseDraft,
    FiredRow,
    InjectDraft,
    MemberDraft,
    StageStatus,
    TeamDraft,
    When,
)
from salus.plan.exercises.selectors import run_get
from salus.plan.exercises.services import exercise_design, run_prepare, run_start, run_state_record
from salus.plan.exercises.stages import stage_at, status_to, write_json
from salus.trust.models import Person
from salus.trust.schemas import Viewer
from salus.trust.selectors import system_viewer, viewer_for
from salus.trust.services import person_create, role_assign, roles_load

NOBODY = UUID(int=0)
NOW = datetime(2031, 3, 3, 9, tzinfo=UTC)
SYSTEM = system_viewer("tests")
PEOPLE = {
    "ines": "administrator",
    "dora": "director",
    "amira": "duty_officer",
    "marta": "head",
    "vera": "viewer",
    "otto": "auditor",
    "paula": "partner",
    "nina": "",
}
TARGETS = {
    "zones": {"OLD-1": "Old Town", "OLD-2": "Harbour"},
    "facilities": {"H-1": "Riverside Hospital"},
    "suppliers": {"S-1": "Medica"},
    "feeds": {"laboratory": "Laboratory reports"},
}
DRAFT = ExerciseDraft(
    title={"en": "Spring exercise", "fr": "Exercice de printemps", "ar": "تمرين الربيع"},
    objectives=({"en": "Detect within three weeks", "fr": "Détecter en trois semaines"}, {"en": "Warn in time"}),
    start_on=date(2031, 4, 1),
    lead_in_days=30,
    teams=(
        TeamDraft(
            "watch",
            {"en": "Night watch"},
            (MemberDraft("duty_officer", "amira", "Amira Test"), MemberDraft("head", "", "Guest of the county")),
        ),
    ),
    injects=(
        InjectDraft("flood", {"en": "The river rises"}, "hospital_floods", When(day=12), days=6, facility="H-1"),
        InjectDraft("talk", {"en": "A rumour of bad water"}, "rumour", When(day=3), words={"en": "The water is bad."}),
        InjectDraft(
            "calls",
            {"en": "The paper asks"},
            "press_calls",
            When(trigger="after", value="flood", delay_days=2),
            words={"en": "Why was the ward not moved?"},
            to_team="watch",
        ),
    ),
)


@dataclass
class Desk:
    """What is on it."""

    people: dict[str, UUID] = field(default_factory=dict)
    exercise: UUID = NOBODY
    run: UUID = NOBODY

    def viewer(self, name: str) -> Viewer:
        """A person with the rights that they hold."""
        return viewer_for(person=self.people[name])

    def client(self, name: str = "", **options: Any) -> Client:
        """A browser in which a person has signed in, or nobody."""
        client = Client(**options)
        if name:
            person = Person.objects.get(id=self.people[name])
            client.force_login(person, "allauth.account.auth_backends.AuthenticationBackend")
        return client


def made() -> Desk:
    """Open the desk: people, the design, and a run that waits for its start."""
    roles_load(by=SYSTEM)
    desk = Desk()
    for username, role in PEOPLE.items():
        row = person_create(
            username=username, name=f"{username.title()} Test", password="correct horse battery", demo=True, by=SYSTEM
        )
        if role:
            role_assign(person=row.id, role=role, by=SYSTEM)
        desk.people[username] = row.id
    dora = desk.viewer("dora")
    desk.exercise = exercise_design(draft=DRAFT, by=dora).id
    desk.run = prepared(desk)
    return desk


def prepared(desk: Desk) -> UUID:
    """Have a run made, as its job would."""
    with TestCase.captureOnCommitCallbacks(execute=False):
        row = run_prepare(exercise=desk.exercise, by=desk.viewer("dora"))
        run_state_record(run=row.id, state="prepared", by=SYSTEM)
    stage = stage_at(row.folder)
    write_json(stage.plan, {"exercise": documents.to_json(DRAFT)})
    write_json(stage.targets, TARGETS)
    who = {"team": "watch", "username": "amira", "name": "Amira Test", "role": "duty_officer"}
    write_json(stage.handover, {"people": [{**who, "password": "one-time-word-7"}]}, secret=True)
    return row.id


def played(desk: Desk, **change: Any) -> None:
    """Start the run and let its stage speak."""
    with TestCase.captureOnCommitCallbacks(execute=True):
        run_start(run=desk.run, by=desk.viewer("dora"))
    speak(desk, **change)


def speak(desk: Desk, **change: Any) -> None:
    """Let the stage say how it stands."""
    fired = FiredRow("talk", {"en": "A rumour of bad water"}, "rumour", "day", date(2031, 4, 3), 3, "")
    status = StageStatus(
        state="running",
        clock=datetime(2031, 4, 9, 18, tzinfo=UTC),
        day=9,
        days=60,
        speed="1d/2m",
        whole_days=38,
        counts={"signals_new": 4, "proposals_open": 1, "tasks_overdue": 2, "cases_known": 1312, "days_behind": 0},
        measures=("masks-required",),
        level=2,
        fired=(fired,),
        evenings=tuple(range(30, 39)),
        written_at=clock.wall_now(),
    )
    stage = stage_at(run_get(viewer=SYSTEM, run=desk.run).folder)
    write_json(stage.status, status_to(replace(status, **change)))


def delivered() -> None:
    """Let the events do what they wake."""
    for _ in range(10):
        with TestCase.captureOnCommitCallbacks(execute=True):
            if not outbox.deliver_all():
                return


def _wave(top: float, at: float, days: int) -> tuple[float, ...]:
    return tuple(round(top * math.exp(-(((day - at) / 18) ** 2)), 3) for day in range(days))


def _curves(days: int) -> tuple[Curve, ...]:
    waves = {PLAYED: (310.0, 55.0), UNCHECKED: (820.0, 48.0), POLICY: (240.0, 60.0)}
    found = []
    for code, share in (("infections", 1.0), ("beds", 0.08), ("deaths", 0.004)):
        for course, (top, at) in waves.items():
            values = _wave(top * share, at, days)
            more = {"low": tuple(v * 0.8 for v in values), "high": tuple(v * 1.3 for v in values)}
            title = {"en": f"{code.title()} a day", "fr": f"{code} par jour", "ar": "في اليوم"}
            found.append(Curve(code, title, course, values, **(more if course == PLAYED else {})))
    return tuple(found)


OUTCOMES = (
    ("infections", "people", {"en": "People infected", "fr": "Personnes infectées", "ar": "المصابون"}, 9211.0),
    ("deaths", "people", {"en": "Deaths", "fr": "Décès", "ar": "الوفيات"}, 41.0),
    ("economic_loss", "money", {"en": "Economic loss", "fr": "Perte économique", "ar": "الخسارة"}, 5_310_000.0),
    ("gap_deaths", "ratio", {"en": "Deaths: deprived beside well-off", "fr": "Écart", "ar": "الفجوة"}, 1.61),
)
ALONE = {"en": "Only an installation can tell.", "ar": "لا يعرف ذلك إلا تثبيت."}
NOT_YET = {"en": "It has not come about.", "ar": "لم يحدث ذلك."}
TIMES = (
    TimeFigure("detection", {"en": "First signal known", "fr": "Premier signal", "ar": "أول إشارة"}, NOW, 26.0, {}),
    TimeFigure("effect", {"en": "Effect", "fr": "Effet", "ar": "الأثر"}, None, None, NOT_YET),
)
COUNTS = (
    CountFigure("false_alerts", {"en": "Alerts that were false", "ar": "تنبيهات خاطئة"}, 1, 3, {}),
    CountFigure("tasks_overdue", {"en": "Tasks late or overdue", "ar": "مهام متأخرة"}, None, None, ALONE),
)
ORDERS = (
    OrderRow(PLAYED, "masks-required", date(2031, 4, 20), None, ("OLD-1",)),
    OrderRow(POLICY, "schools-closed", date(2031, 4, 2), date(2031, 5, 2), ()),
)


def _outcome(code: str, unit: str, title: dict[str, str], v: float) -> OutcomeFigure:
    many = {PLAYED: Spread(v * 0.8, v, v * 1.3, 20), UNCHECKED: Spread(v * 2, v * 2.4, v * 3, 20)}
    return OutcomeFigure(code, title, unit, v, v * 2.4, v * 0.8, many, 0.87)


def score_of(run: UUID, days: int = 90) -> ScoreSheet:
    """A sheet as a score would give it."""
    start = date(2031, 3, 2)
    return ScoreSheet(
        id=None, run=f"stages/{run.hex[-8:]}", exercise_run=run,
        emergency={"en": "Respiratory pandemic", "fr": "Pandémie respiratoire", "ar": "جائحة تنفسية"},
        start=start, end=start + timedelta(days=days - 1), first_infection_on=date(2031, 3, 7),
        seed=1, people=20_000, days=days, seeds=20, currency="EUR",
        policy={"en": "Close early, open by steps", "fr": "Fermer tôt", "ar": "أغلق مبكرًا"},
        outcomes=tuple(_outcome(*row) for row in OUTCOMES), times=TIMES, counts=COUNTS, orders=ORDERS,
        dates=tuple(start + timedelta(days=n) for n in range(days)), curves=_curves(days),
        capacity={"beds": 20.0, "icu": 3.0},
        notes=({"en": "All courses have the same chance.", "fr": "Même hasard.", "ar": "الصدفة نفسها."},),
    )  # fmt: skip


def scored(desk: Desk) -> None:
    """Keep the score of the run."""
    score_keep(sheet=score_of(desk.run), by=SYSTEM)
