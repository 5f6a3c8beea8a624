"""The rule table judges, refuses what does not hold together, and proves itself."""

import copy
from pathlib import Path
from typing import Any

import pytest
import yaml

from salus.assess.rules.document import RuleDocument, parse_document, read_document
from salus.assess.rules.examples import failing_examples
from salus.assess.rules.judge import Reading, judge
from salus.assess.services.rule_tables import PACKS, checked, pack_text
from salus.base.errors import Invalid

TEXT = (PACKS / "respiratory.yaml").read_text(encoding="utf-8")


@pytest.fixture
def raw() -> dict[str, Any]:
    return copy.deepcopy(yaml.safe_load(TEXT))


@pytest.fixture(scope="module")
def table() -> RuleDocument:
    return parse_document(TEXT, name="respiratory")


def level(table: RuleDocument, area: str = "zone", **values: float | None) -> int | None:
    return judge(table, area, {key: Reading(value) for key, value in values.items()}).level


@pytest.mark.parametrize("path", sorted(PACKS.glob("*.yaml")), ids=lambda path: path.name)
def test_a_pack_proves_itself_and_speaks_three_languages(path: Path) -> None:
    document = checked(pack_text(path.stem), name=path.name)
    assert failing_examples(document) == []
    texts = [one.name for one in document.levels] + [one.text for one in document.levels]
    texts += [part for row in document.indicators for part in (row.name, row.unit, row.above, row.below)]
    for text in [document.title, document.basis, *document.phrases.values(), *texts]:
        assert set(text) >= {"en", "fr", "ar"}


@pytest.mark.parametrize(
    ("rate", "expected"), [(0, 0), (50, 0), (50.1, 1), (200, 1), (200.1, 2), (500.1, 3), (None, None)]
)
def test_a_bound_must_be_passed(table: RuleDocument, rate: float | None, expected: int | None) -> None:
    assert level(table, case_rate_7d=rate) == expected


def test_the_highest_indicator_decides(table: RuleDocument) -> None:
    assert level(table, case_rate_7d=60, case_growth_7d=2.5) == 2
    assert level(table, "city", case_rate_7d=60, admission_rate_7d=25) == 3


def test_growth_of_few_cases_is_not_counted(table: RuleDocument) -> None:
    found = judge(table, "zone", {"case_rate_7d": Reading(10), "case_growth_7d": Reading(4.0)})
    outcome = {row.indicator: row for row in found.outcomes}
    assert found.level == 0
    assert (outcome["case_growth_7d"].outcome, outcome["case_growth_7d"].why) == ("not_counted", "case_rate_7d")


def test_a_handful_of_people_is_no_great_wave(table: RuleDocument) -> None:
    few = judge(table, "zone", {"case_rate_7d": Reading(900, count=4)})
    many = judge(table, "zone", {"case_rate_7d": Reading(900, count=40)})
    assert (few.level, few.outcomes[0].threshold) == (1, 50)
    assert many.level == 3


def test_an_indicator_of_another_area_is_left_out(table: RuleDocument) -> None:
    assert level(table, "zone", case_rate_7d=60, admission_rate_7d=90) == 1


def test_undefined_is_not_calm(table: RuleDocument) -> None:
    found = judge(table, "zone", {"case_rate_7d": Reading(None, "no_population")})
    assert (found.level, found.why) == (None, "no_population")
    assert judge(table, "harbour", {}).why == "no_rule"
    assert judge(table, "zone", {}).why == "not_computed"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda raw: raw["indicators"][0]["thresholds"].update({2: 40}), "rise with the level"),
        (lambda raw: raw["indicators"][0]["thresholds"].update({7: 4000}), "no level 7"),
        (lambda raw: raw["indicators"][1].update(only_if={"ghost": 1}), "ghost"),
        (lambda raw: raw["indicators"].append(raw["indicators"][0]), "used twice"),
        (lambda raw: raw["levels"].pop(1), "levels must be 0, 1, 2"),
        (lambda raw: raw["phrases"].pop("held"), "held missing"),
        (lambda raw: raw["levels"][0].update(name={"fr": "Calme"}), "'en'"),
        (lambda raw: raw.update(colour="red"), "colour"),
        (lambda raw: raw["hysteresis"].update(lower_after_days=-1), "lower_after_days"),
    ],
)
def test_what_does_not_hold_together_is_refused_in_plain_words(raw: dict[str, Any], change: Any, words: str) -> None:
    change(raw)
    with pytest.raises(Invalid) as refused:
        read_document(raw, name="draft")
    assert words in refused.value.message
    assert refused.value.remedy


def test_a_table_that_contradicts_its_examples_is_refused(raw: dict[str, Any]) -> None:
    raw["indicators"][0]["thresholds"] = {1: 50, 2: 300, 3: 500}
    with pytest.raises(Invalid, match="Cases above the second bound"):
        checked(raw)


def test_a_history_that_flaps_is_refused(raw: dict[str, Any]) -> None:
    raw["hysteresis"]["lower_after_days"] = 1
    with pytest.raises(Invalid, match="Raised at once, lowered after a week"):
        checked(raw)


def test_broken_yaml_names_the_line() -> None:
    with pytest.raises(Invalid, match="line 4"):
        parse_document("slug: x\nlevels:\n  - [unclosed\n", name="draft")
    with pytest.raises(Invalid, match="no fields"):
        parse_document("just words", name="draft")
