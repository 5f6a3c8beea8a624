"""The law of idea 1 on whole assessments: whatever becomes known later, nothing said before changes.

Each example draws a history of publications with gaps, corrections and withdrawals, and compares the
assessment of a moment in a store that ends there with one in a store that goes on.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import polars as pl
import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from salus.assess.rule_store import document_of, rule_table_in_force
from salus.assess.run.compute import Computed, Phases, compute
from salus.base import clock
from salus.gather import store
from tests.spec.assess import support as s

DAYS = 75
_MICROS = 1_000_000
_DAY = 86_400


class _Undo(Exception):
    pass


@st.composite
def histories(draw: st.DrawFn) -> tuple[pl.DataFrame, datetime]:
    """Return facts of all series with both their times, and a moment inside their history."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    mean = draw(st.sampled_from([0.5, 5.0, 60.0]))
    missing = draw(st.sampled_from([0.0, 0.1, 0.5]))
    late = draw(st.sampled_from([0, 3, 20]))
    start = datetime(2021, 8, 1, tzinfo=UTC)
    rows: list[dict[str, Any]] = []
    for series in (1, 2, 3):
        zones = (4, 5, 6, 7, 8, 9) if series == 2 else (1, 2, 3)
        for zone in zones:
            for day in np.flatnonzero(rng.random(DAYS) >= missing):
                rows += _versions(rng, start, series, zone, int(day), mean, late)
    moment = start + timedelta(days=draw(st.integers(20, DAYS + 5)), seconds=draw(st.integers(0, _DAY - 1)))
    return pl.DataFrame(rows, schema=store.SCHEMA).sample(fraction=1, shuffle=True, seed=1), moment


def _versions(
    rng: np.random.Generator, start: datetime, series: int, zone: int, day: int, mean: float, late: int
) -> list[dict[str, Any]]:
    first = clock.to_micros(start + timedelta(days=day))
    known, rows = first, []
    for _ in range(int(rng.integers(1, 5))):
        known += int(rng.integers(1, (late + 2) * _DAY)) * _MICROS
        status = int(rng.choice([0, 0, 0, 0, 0, 1, 2, 3]))
        value = float(rng.poisson(mean)) if status == 0 else None
        rows.append(
            {
                "series": series,
                "zone": zone,
                "stratum": 0,
                "valid_at": first // _MICROS,
                "known_at": known,
                "value": value,
                "status": status,
            }
        )
    return rows


def assessed(facts: pl.DataFrame, moment: datetime) -> Computed:
    """Return the assessment of a moment in a store that holds these facts alone."""
    found: list[Computed] = []
    try:
        with transaction.atomic():
            if len(facts):
                store.append(facts, batch=1)
            document = document_of(rule_table_in_force())
            found.append(compute(document=document, known_at=moment, viewer=s.BY, phases=Phases(None)))
            raise _Undo
    except _Undo:
        pass
    return found[0]


@pytest.fixture(scope="module")
def town(django_db_setup: None, django_db_blocker: Any) -> Any:
    """The city alone, for all examples; each of them takes its facts back."""
    with django_db_blocker.unblock():
        try:
            with transaction.atomic():
                s.build_city(harbour=100.0)
                yield
                raise _Undo
        except _Undo:
            pass


@pytest.mark.usefixtures("town")
@settings(max_examples=25)
@given(histories())
def test_later_knowledge_changes_no_assessment(history: tuple[pl.DataFrame, datetime]) -> None:
    facts, moment = history
    known = facts.filter(pl.col("known_at") <= clock.to_micros(moment))
    then, later = assessed(known, moment), assessed(facts, moment)
    assert then.inputs == later.inputs
    assert then.results_digest == later.results_digest
    assert [draft.content for draft in then.estimates] == [draft.content for draft in later.estimates]
    newest = max((row["valid_to"] for row in then.inputs if row["valid_to"]), default="")
    assert newest <= moment.date().isoformat()
    for readings in then.readings:
        for reading in readings.values():
            assert reading.value is None or np.isfinite(reading.value)
            assert (reading.value is None) == bool(reading.why)


@pytest.mark.usefixtures("town")
@settings(max_examples=10)
@given(histories())
def test_the_order_of_arrival_in_the_store_changes_nothing(history: tuple[pl.DataFrame, datetime]) -> None:
    facts, moment = history
    one, other = assessed(facts, moment), assessed(facts.reverse(), moment)
    assert one.results_digest == other.results_digest
    assert one.seed == other.seed
