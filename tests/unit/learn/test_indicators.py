"""Every indicator gives on its own facts the hours that its fixture says."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import pytest

from salus.learn.indicators import registry
from salus.learn.indicators.facts import STEPS, Facts, Step

ENTRIES = registry.entries()


def step(kept: dict[str, Any]) -> Step:
    moments = {name: datetime.fromisoformat(kept[name]) for name in ("source_at", "target_at")}
    return Step(**{**kept, **moments})


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.slug)
def test_an_indicator_gives_what_its_fixture_says(entry: registry.Entry) -> None:
    fixture = json.loads((registry.FOLDER / entry.slug / "fixture.json").read_text())
    facts = Facts(tuple(step(kept) for kept in fixture["steps"]))
    assert sorted(one.hours for one in entry.values(facts)) == pytest.approx(sorted(fixture["hours"]))
    row = entry.row(facts)
    assert row.count == len(fixture["hours"]) and row.median is not None and row.p90 is not None


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.slug)
def test_an_indicator_says_what_it_is_in_every_language_and_what_is_aimed_at(entry: registry.Entry) -> None:
    assert set(entry.title) == set(entry.definition) == {"en", "fr", "ar"}
    assert entry.target_hours and entry.clauses


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.slug)
def test_without_facts_there_is_no_figure(entry: registry.Entry) -> None:
    row = entry.row(Facts(()))
    assert (row.count, row.median, row.p90, row.within_target, row.pairs) == (0, None, None, None, ())


def test_every_step_that_is_read_from_the_chain_is_used() -> None:
    fixtures = [json.loads((registry.FOLDER / entry.slug / "fixture.json").read_text()) for entry in ENTRIES]
    used = {(s["source_kind"], s["target_kind"], s["relation"]) for fixture in fixtures for s in fixture["steps"]}
    assert set(STEPS) <= used | {("alert", "release", "published"), ("outcome", "proposal", "reopened")}
