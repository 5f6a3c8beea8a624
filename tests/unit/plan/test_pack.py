"""The respiratory pack: complete in every language, simple words, sensible numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from salus.plan.services.policies import PACKS, RESPONSE_TYPES
from salus.trust.roles import read_pack

PACK: dict[str, Any] = yaml.safe_load((PACKS / "respiratory.yaml").read_text(encoding="utf-8"))
LANGUAGES = {"en", "fr", "ar"}
MEASURES = PACK["measures"]


def texts(value: Any, path: str = "") -> Iterator[tuple[str, dict[str, str]]]:
    """Every text of the pack with its place."""
    if isinstance(value, dict):
        if "en" in value:
            yield path, value
        for key, inner in value.items():
            yield from texts(inner, f"{path}/{key}")
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from texts(inner, f"{path}/{place}")


def test_every_text_stands_in_every_language() -> None:
    for path, text in texts(PACK):
        assert set(text) == LANGUAGES, path
        assert all(words.strip() for words in text.values()), path


def test_phrases_keep_their_places_in_every_language() -> None:
    for key, phrase in PACK["phrases"].items():
        places = {language: set(re.findall(r"\{(\w+)\}", words)) for language, words in phrase.items()}
        assert places["en"] == places["fr"] or key == "curve_same", key
        assert places["en"] == places["ar"] or key == "curve_same", key


def test_arabic_is_written_in_arabic_letters() -> None:
    for path, text in texts(PACK):
        said = re.sub(r"\{\w+\}|[\s:;,.–-]", "", text["ar"])
        assert not said or re.search(r"[\u0600-\u06ff]", said), path


@pytest.mark.parametrize("measure", MEASURES, ids=lambda measure: measure["code"])
def test_public_words_are_short_enough_for_a_reader_of_nine(measure: dict[str, Any]) -> None:
    for sentence in re.split(r"(?<=[.!?])\s+", measure["public_text"]["en"]):
        words = re.findall(r"[A-Za-z']+", sentence)
        assert len(words) <= 20, sentence
    letters = re.findall(r"[A-Za-z']+", measure["public_text"]["en"])
    assert sum(map(len, letters)) / len(letters) < 5.0


@pytest.mark.parametrize("measure", MEASURES, ids=lambda measure: measure["code"])
def test_a_measure_says_its_sides_its_tasks_and_what_its_numbers_rest_on(measure: dict[str, Any]) -> None:
    assert set(measure["sides"]) == {"health", "social", "economic"}
    assert measure["response_type"] in RESPONSE_TYPES
    assert measure["task_templates"]
    known = {role.code for role in read_pack()}
    for template in measure["task_templates"]:
        assert template["role"] in known and 1 <= template["due_hours"] <= 24 * 14
    if measure["expected"]:
        expected = measure["expected"]
        assert -0.5 <= expected["change_low"] <= expected["change_mid"] <= expected["change_high"] <= 0
        assert expected["basis"]["en"]


def test_levels_bring_measures_that_exist_and_ask_something_of_people() -> None:
    codes = {measure["code"] for measure in MEASURES}
    assert [level["level"] for level in PACK["levels"]] == [0, 1, 2, 3]
    for level in PACK["levels"]:
        assert set(level["measures"]) <= codes and 3 <= len(level["what_to_do"]) <= 5
