"""Reasons in plain words, in three languages, from data."""

from datetime import date

import pytest

from salus.assess.rules.document import parse_document
from salus.assess.rules.hysteresis import Standing
from salus.assess.rules.sentences import fill, number
from salus.assess.services.rule_tables import PACKS
from salus.assess.shaping.rows import reasons_of

TABLE = parse_document((PACKS / "respiratory.yaml").read_text(encoding="utf-8"), name="respiratory")


def say(stored: dict[str, object], language: str = "en", standing: Standing | None = None, why: str = "") -> list[str]:
    reasons = reasons_of([stored] if stored else [], TABLE, standing or Standing(2), why)
    return [reason.sentence(language) for reason in reasons]


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "Cases: 1,215 per 100,000 in 7 days, above 500"),
        ("fr", "Cas : 1 215 pour 100 000 en 7 jours, au-dessus de 500"),
        ("ar", "فوق 500"),
    ],
)
def test_a_reason_in_each_language(language: str, words: str) -> None:
    stored = {"indicator": "case_rate_7d", "outcome": "above", "level": 3, "value": 1215.4, "threshold": 500.0}
    [sentence] = say(stored, language)
    assert words in sentence.replace("\u202f", " ").replace("\xa0", " ")


def test_decimals_follow_the_rule_and_the_threshold() -> None:
    stored = {"indicator": "case_growth_7d", "outcome": "above", "level": 1, "value": 1.8349, "threshold": 1.5}
    assert say(stored) == ["Growth: 1.8 times the cases of the week before, above 1.5"]


def test_what_is_not_counted_names_why() -> None:
    stored = {"indicator": "case_growth_7d", "outcome": "not_counted", "value": 3.0, "why": "case_rate_7d"}
    assert say(stored) == ["Growth of cases: 3.0, not counted because Cases is low"]


def test_undefined_is_said_with_its_reason() -> None:
    stored = {"indicator": "case_rate_7d", "outcome": "undefined", "why": "stale", "on": "2021-12-01"}
    assert say(stored, standing=Standing(None), why="stale") == ["Cases: the newest figure, of Dec 1, 2021, is too old"]
    unknown = {"indicator": "case_rate_7d", "outcome": "undefined", "why": "a_reason_of_tomorrow"}
    assert say(unknown) == ["Cases: nothing was known at that moment"]


def test_a_zone_without_people_says_so_once() -> None:
    stored = {"indicator": "case_rate_7d", "outcome": "undefined", "why": "no_population"}
    [sentence] = say(stored, standing=Standing(None), why="no_population")
    assert sentence.startswith("No level, because the number of people")


def test_a_level_that_is_held_says_until_when() -> None:
    [sentence] = say({}, standing=Standing(2, date(2022, 1, 3), 1))
    assert sentence == "Held at High until Jan 10, 2022 at the earliest: conditions have been lower since Jan 3, 2022"


def test_what_nobody_measures_is_no_reason() -> None:
    assert say({"indicator": "positive_share_7d", "outcome": "undefined", "why": "no_series"}) == []


def test_templates_are_no_format_strings() -> None:
    template = {"en": "{value.__class__} {value!r} {0} {value}"}
    assert fill(template, "en", value="7") == "{value.__class__} {value!r} {0} 7"


def test_numbers() -> None:
    assert number(None, "en") == "–"
    assert number(1234.5, "en") in {"1,234", "1,235"}
    assert number(0.0, "en", 1) == "0.0"
    assert number(2.5, "xx-no-such", 1) == "2.5"
