"""A design that contradicts itself is refused with every fault named."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from salus.plan.exercises import documents
from salus.plan.exercises.rules import Contradiction, defects
from salus.plan.exercises.schemas import ExerciseDraft, InjectDraft, MemberDraft, Targets, TeamDraft, When
from salus.plan.exercises.timing import circles, days_known

TARGETS = Targets(
    zones={"OLD-1": "Old Town"}, facilities={"H-1": "General"}, suppliers={"S-1": "Atlas"}, feeds={"lab": "lab"}
)
TEAM = TeamDraft("centre", {"en": "The centre"}, (MemberDraft("duty_officer", "amira", "Amira"),))
DRAFT = ExerciseDraft(title={"en": "Winter"}, start_on=date(2026, 3, 2), days=30, teams=(TEAM,))


def inject(key: str, kind: str = "staff_ill", *, day: int | None = 5, **fields: object) -> InjectDraft:
    when = fields.pop("when", When(day=day))
    return InjectDraft(key, {"en": key}, kind, when=when, **fields)  # type: ignore[arg-type]


def told(*injects: InjectDraft, targets: Targets | None = TARGETS, **changes: object) -> list[str]:
    draft = replace(DRAFT, injects=injects, **changes)  # type: ignore[arg-type]
    return [f"{row.field}: {row.message}" for row in defects(draft, targets, frozenset({"masks-required"}))]


def test_a_sound_design_has_no_defect() -> None:
    found = told(
        inject("flood", "hospital_floods", facility="H-1", days=4),
        inject("again", "hospital_floods", facility="H-1", day=9, days=2),
        inject("silence", "feed_silent", feed="lab", when=When(trigger="signal", delay_days=2)),
        inject(
            "press",
            "press_calls",
            words={"en": "Is it true?"},
            to_team="centre",
            when=When(trigger="after", value="flood"),
        ),
        inject("rumour", "rumour", words={"fr": "On dit..."}, when=When(trigger="before", value="again", delay_days=3)),
        inject("network", "network_lost", zones=("OLD-1",), when=When(trigger="measure", value="masks-required")),
    )
    assert found == []


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        (inject("x", "locusts"), "nothing that can befall"),
        (inject("x", "hospital_floods"), "does not say which facility"),
        (inject("x", "hospital_floods", facility="H-9"), "no facility of this city"),
        (inject("x", "supplier_fails", supplier="S-9"), "no supplier of this city"),
        (inject("x", "network_lost", zones=("NEW-1",)), "no zone of this city"),
        (inject("x", "feed_silent", feed="tam-tam"), "no feed of this city"),
        (inject("x", size=2.0), "has the size 2"),
        (inject("x", days=0), "cannot last 0 days"),
        (inject("x", "press_calls"), "does not say what people say"),
        (inject("x", to_team="ghosts"), "no team 'ghosts'"),
        (inject("x", day=31), "falls on day 31"),
        (inject("x", day=0), "falls on day 0"),
        (inject("x", day=None), "needs a day or a trigger"),
        (inject("x", when=When(trigger="full moon")), "triggers nothing"),
        (inject("x", when=When(trigger="level", value="9")), "waits for the level '9'"),
        (inject("x", when=When(trigger="measure", value="prayers")), "waits for the measure 'prayers'"),
        (inject("x", when=When(trigger="after", value="y")), "waits for the inject 'y'"),
        (inject("x", when=When(trigger="signal", delay_days=99)), "cannot wait 99 days"),
    ],
)
def test_a_bad_inject_is_named(bad: InjectDraft, words: str) -> None:
    assert any(words in line for line in told(bad)), told(bad)


def test_the_same_hospital_is_not_flooded_twice_at_once() -> None:
    first = inject("first", "hospital_floods", facility="H-1", days=5)
    later = inject("later", "hospital_floods", facility="H-1", when=When(trigger="after", value="first", delay_days=4))
    assert any("befall the same at the same time" in line for line in told(first, later))
    assert told(first, replace(later, when=When(trigger="after", value="first", delay_days=5))) == []
    assert told(first, replace(later, when=When(trigger="signal"))) == []


def test_a_silent_feed_sends_no_rubbish() -> None:
    assert told(inject("a", "feed_silent", feed="lab", days=3), inject("b", "feed_rubbish", feed="lab", day=6))
    assert not told(inject("a", "feed_silent", feed="lab", days=3), inject("b", "feed_rubbish", feed="lab", day=8))


def test_injects_that_wait_for_each_other_are_refused() -> None:
    round_ = [inject(a, when=When(trigger="after", value=b)) for a, b in (("a", "b"), ("b", "c"), ("c", "a"))]
    assert circles(round_) == [("a", "b", "c")]
    assert any("wait for each other" in line for line in told(*round_))
    assert any("wait for each other" in line for line in told(inject("a", when=When(trigger="after", value="a"))))


def test_before_needs_a_day_that_can_be_told() -> None:
    unsure = inject("a", when=When(trigger="signal"))
    assert any(
        "whose day nobody can tell" in line
        for line in told(unsure, inject("b", when=When(trigger="before", value="a", delay_days=2)))
    )
    early = inject("b", when=When(trigger="before", value="a", delay_days=5))
    assert any("falls on day 0" in line for line in told(inject("a"), early))


def test_days_follow_from_one_another() -> None:
    rows = [inject("a"), inject("b", when=When(trigger="after", value="a", delay_days=2)),
            inject("c", when=When(trigger="before", value="b", delay_days=3)), inject("d", when=When(trigger="signal"))]  # fmt: skip
    assert days_known(rows) == {"a": 5, "b": 7, "c": 4}


def test_teams_are_looked_at() -> None:
    assert any("named 2 times" in line for line in told(teams=(TEAM, replace(TEAM, key="other"))))
    assert any("Two teams" in line for line in told(teams=(TEAM, TEAM)))
    assert any("nobody in it" in line for line in told(teams=(replace(TEAM, members=()),)))
    bad = replace(TEAM, members=(MemberDraft("wizard"),))
    assert any(
        "no role 'wizard'" in row.message for row in defects(replace(DRAFT, teams=(bad,)), roles=frozenset({"head"}))
    )


def test_numbers_and_the_emergency_are_looked_at() -> None:
    assert told(people=10) and told(days=0) and told(speed="fast") and told(lead_in_days=999) and told(title={})
    assert any("no emergency 'dragons'" in line for line in told(emergency="dragons"))
    assert any("emergency_text" in line for line in told(emergency_text="slug: [broken"))
    assert told(also=("heat_wave",)) == []
    assert told(also=("respiratory",)) and told(also=("dragons",)) and told(also=("heat_wave", "heat_wave"))


def test_every_fault_is_kept_with_the_refusal() -> None:
    found = defects(replace(DRAFT, people=1, days=0))
    refusal = Contradiction(found)
    assert refusal.defects == tuple(found)
    assert refusal.remedy


def test_a_design_survives_its_document() -> None:
    draft = replace(DRAFT, injects=(inject("a", zones=("OLD-1",), words={"en": "!"}),), objectives=({"en": "Learn"},))
    assert documents.from_json(documents.to_json(draft)) == draft
