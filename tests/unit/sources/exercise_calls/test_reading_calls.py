"""Calls are counted by what they are about, once each; of who calls nothing is kept."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl
import pytest

from salus.gather.sources import registry
from salus.gather.sources.chunks import FactsChunk, MendedLine
from salus.gather.sources.exercise_calls.classifier import classify
from salus.gather.sources.exercise_calls.reader import SURE
from salus.gather.sources.exercise_calls.scrubbing import scrub
from salus.gather.sources.exercise_calls.topics import topics
from salus.gather.sources.exercise_calls.wording import labelled
from salus.world.feeds.sayings import SPOKEN, TOPICS, say

SOURCE = registry.get("exercise_calls")


def chunks(**options: object) -> list[FactsChunk]:
    return [chunk for chunk in SOURCE.read()(SOURCE.fixture, **options) if isinstance(chunk, FactsChunk)]


def counted(found: list[FactsChunk], zone: str, topic: str, day: date) -> float | None:
    frame = pl.concat([chunk.frame for chunk in found]).filter(
        pl.col("zone") == zone, pl.col("stratum") == topic, pl.col("valid_on") == day
    )
    return frame.sort("known_at")["value"].last() if len(frame) else None


MONDAY = date(2026, 3, 2)


def test_calls_are_counted_by_topic_once_each_in_three_languages() -> None:
    assert counted(chunks()[:1], "ALMA", "water", MONDAY) == 1.0
    assert counted(chunks(), "OLD", "water", MONDAY) == 2.0
    assert counted(chunks(), "OLD-1", "shortage", MONDAY) == 1.0
    assert counted(chunks(), "HAR-1", "symptoms", date(2026, 3, 3)) == 1.0
    assert counted(chunks(), "HAR", "rumour", MONDAY) == 0.0
    assert {one.code: one.params["n"] for one in chunks()[0].remarks} == {"duplicates": 2, "personal_data": 1}


def test_a_call_from_nowhere_or_about_nothing_clear_waits_with_its_words_scrubbed() -> None:
    first, second = (list(chunk.parked) for chunk in chunks())
    assert [(line.raw["call_id"], line.defects[0].code) for line in first] == [("Q3", "empty")]
    assert first[0].raw["topic"] == "heat"
    assert [(line.raw["call_id"], line.defects[-1].code) for line in second] == [("Q5", "unsure_topic")]
    assert "zzz" not in second[0].raw["text"]


def test_a_call_that_was_put_right_counts_in_what_later_files_say() -> None:
    raw = {"call_id": "Q3", "received_at": "2026-03-02T10:00", "zone": "OLD-1", "topic": "heat", "text": ""}
    found = chunks(mended=[MendedLine("calls-2026-03-02", 6, raw, date(2026, 3, 3))])
    assert counted(found[:1], "OLD-1", "heat", MONDAY) is None
    assert counted(found, "OLD-1", "heat", MONDAY) == 1.0


def calls_of(seed: int, count: int) -> list[tuple[str, str, tuple[str, ...]]]:
    rng = np.random.default_rng([seed, 99])
    found = []
    for number in range(count):
        topic = TOPICS[number % len(TOPICS)]
        said = say(topic, SPOKEN[number // 9 % 3], rng, syndrome="respiratory", zone="Quai Paloma")
        found.append((topic, said.text, said.personal))
    return found


def test_calls_of_other_seeds_are_read_well_and_what_is_sure_is_right() -> None:
    tried = calls_of(seed=77, count=810)
    read = classify([text for _topic, text, _personal in tried])
    right = [topic == found for (topic, *_rest), (found, _share) in zip(tried, read, strict=True)]
    sure = [share >= SURE for _found, share in read]
    assert np.mean(right) > 0.85
    assert np.mean([ok for ok, is_sure in zip(right, sure, strict=True) if is_sure]) > 0.94


@pytest.mark.parametrize("seed", range(3))
def test_nothing_of_who_calls_is_left(seed: int) -> None:
    told = [(text, part) for _topic, text, personal in calls_of(seed, 1500) for part in personal]
    assert len(told) > 200
    left = [(text, part) for text, part in told if part in scrub(text)[0]]
    assert left == []


@pytest.mark.parametrize(
    "text",
    ["call me on +44 20 7946 0958 please", "ring 0999-123-4567", "رقمي ٠٩٩٩ ١٢٣ ٤٥٦٧", "mail me at jo.bloggs@example.org",
     "Zebediah Crumpet has a fever", "come to 12 Marigold Street", "j'habite 5 rue Auguste-Perret"],
)  # fmt: skip
def test_numbers_addresses_and_names_are_taken_out(text: str) -> None:
    left = scrub(text)[0]
    for part in ("7946", "123", "١٢٣", "bloggs", "Zebediah", "Crumpet", "Marigold", "Perret"):
        assert part not in left


def test_the_labelled_calls_name_every_topic_alike() -> None:
    counts = {topic: sum(one == topic for one, _text in labelled()) for topic in TOPICS}
    assert set(TOPICS) == set(topics()) - {"unclear"}
    assert min(counts.values()) > 50
