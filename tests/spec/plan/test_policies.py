"""Measures and playbooks are versioned policy that a city edits on screen (5.2.3-e, 5.2.4-b)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from salus.base import clock
from salus.base.errors import Invalid, NotFound, Refused
from salus.plan.models import Measure
from salus.plan.schemas import MeasureDraft
from salus.plan.selectors import measure_get, measure_list, playbook_get
from salus.plan.services import measure_save, pack_load, playbook_save
from salus.trust.actors import system_viewer
from tests.fixtures.town import NOW, Town

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
SYSTEM = system_viewer("tests")
DRAFT = MeasureDraft(
    code="quiet-hours",
    title={"en": "Quiet shopping hours"},
    public_text={"en": "Shops open one hour earlier for people over 65."},
    category="social",
    task_templates=({"key": "shops", "title": {"en": "Ask the shops"}, "role": "duty_officer", "due_hours": 24},),
    expected={"role": "cases", "horizon_days": 14, "change_low": -0.1, "change_mid": -0.05, "change_high": 0.0},
)


def test_a_measure_is_written_read_and_revised_and_its_past_stays(town: Town) -> None:
    head = town.viewer("henri")
    first = measure_save(draft=DRAFT, by=head)
    with clock.fixed_at(NOW + timedelta(days=1)):
        second = measure_save(draft=replace(DRAFT, title={"en": "Early shopping"}), by=head)
    assert first.id == second.id
    assert measure_get(viewer=head, code="quiet-hours").title["en"] == "Early shopping"
    assert measure_get(viewer=head, code="quiet-hours", known_at=NOW).title["en"] == "Quiet shopping hours"
    with pytest.raises(NotFound):
        measure_get(viewer=head, code="quiet-hours", known_at=NOW - timedelta(seconds=1))


def test_saving_the_same_again_makes_no_version(town: Town) -> None:
    head = town.viewer("henri")
    assert measure_save(draft=DRAFT, by=head).version == measure_save(draft=DRAFT, by=head).version


@pytest.mark.parametrize(
    "changes",
    [
        {"category": "magic"},
        {"title": {"fr": "Heures calmes"}},
        {"response_type": "Panic"},
        {"expected": {**DRAFT.expected, "change_low": 0.5}},
        {"expected": {**DRAFT.expected, "change_low": -2.0}},
        {"expected": {**DRAFT.expected, "horizon_days": 400}},
        {"task_templates": (*DRAFT.task_templates, *DRAFT.task_templates)},
    ],
)
def test_a_wrong_measure_is_refused_with_what_to_do(town: Town, changes: dict[str, object]) -> None:
    with pytest.raises(Invalid) as refusal:
        measure_save(draft=replace(DRAFT, **changes), by=town.viewer("henri"))
    assert refusal.value.remedy
    assert not Measure.objects.filter(code="quiet-hours").exists()


def test_only_who_may_edits_policy(town: Town) -> None:
    for name in ("olga", "vera", "samira"):
        with pytest.raises(Refused):
            measure_save(draft=DRAFT, by=town.viewer(name))


def test_loading_a_pack_again_keeps_what_the_city_edited(town: Town) -> None:
    head = town.viewer("henri")
    kept = measure_get(viewer=head, code="masks-advised")
    own = MeasureDraft(kept.code, {**kept.title, "en": "Masks, please"}, kept.public_text, kept.category)
    measure_save(draft=own, by=head)
    loaded = pack_load(by=SYSTEM)
    assert (loaded.measures_new, loaded.measures_revised, loaded.playbook_changed) == (0, 0, False)
    assert measure_get(viewer=head, code="masks-advised").title["en"] == "Masks, please"
    assert len(measure_list(viewer=head)) == 18
    with pytest.raises(NotFound):
        pack_load(pack="../../etc/passwd", by=SYSTEM)


def test_a_playbook_names_measures_that_exist_and_levels_in_order(town: Town) -> None:
    head = town.viewer("henri")
    kept = playbook_get(viewer=head)
    assert kept is not None and [step.level for step in kept.levels] == [0, 1, 2, 3]
    phrases = {key: dict(text) for key, text in kept.phrases.items()}
    calm = {"level": 0, "name": {"en": "Calm"}, "measures": []}
    for levels in ([{**calm, "measures": ["no-such"]}], [{**calm, "level": 1}]):
        with pytest.raises(Invalid):
            playbook_save(code="own", title={"en": "Own"}, levels=levels, phrases=phrases, by=head)
    playbook_save(code="own", title={"en": "Own"}, levels=[calm], phrases=phrases, by=head)
    found = playbook_get(viewer=head, code="own")
    assert found is not None and found.name_of(0) == {"en": "Calm"} and found.name_of(7) == {"en": "–"}
