"""The store's promises beside its laws: nobody changes a fact, and a fact is corrected by another."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest
from django.db import DatabaseError, connection, transaction

from salus.base import clock
from salus.base.errors import SalusError
from salus.base.models import AuditEntry
from salus.city.selectors import zone_by_code
from salus.gather.schemas import Status
from salus.gather.selectors import observation_history, observations_as_of, series_freshness
from salus.gather.services import observation_correct
from salus.gather.store import SCHEMA, append, as_of, latest_known, latest_valid
from tests.spec.gather.support import BY, CASES, NOW, SOURCE

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
DAY = date(2021, 11, 15)


def fact(**fields: object) -> pl.DataFrame:
    base = {"series": 1, "valid_at": 0, "zone": 1, "stratum": 0, "known_at": 10, "value": 1.0, "status": 0}
    return pl.DataFrame([{**base, **fields}], schema=SCHEMA)


CHANGES = {
    "update": "UPDATE gather_observation SET value = 9",
    "delete": "DELETE FROM gather_observation",
    "replace": (
        "INSERT OR REPLACE INTO gather_observation (series, valid_at, zone, stratum, known_at, value, status, batch) "
        "VALUES (1, 0, 1, 0, 10, 9, 0, 1)"
    ),
    "truncate": "TRUNCATE gather_observation",
    "truncate a partition": "TRUNCATE gather_observation_00",
}


@pytest.mark.parametrize("change", CHANGES)
def test_the_database_itself_refuses_to_change_a_fact(change: str) -> None:
    only = {"replace": "sqlite", "truncate": "postgresql", "truncate a partition": "postgresql"}.get(change)
    if only not in {None, connection.vendor}:
        pytest.skip(f"a statement of {only}")
    append(fact(), batch=1)
    with pytest.raises(DatabaseError, match="observations are never"), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(CHANGES[change])
    assert as_of(series=1, known_at=99)["value"].to_list() == [1.0]


def test_a_failed_append_leaves_nothing() -> None:
    def half() -> None:
        with transaction.atomic():
            append(fact(), batch=1)
            append(fact(value=None), batch=1)

    with pytest.raises(SalusError):
        half()
    assert as_of(series=1, known_at=99).is_empty()


def test_the_newest_period_and_moment_are_those_known_then() -> None:
    append(pl.concat([fact(), fact(valid_at=86400, known_at=20), fact(known_at=30)]), batch=1)
    assert [latest_valid(1, moment) for moment in (5, 10, 20, 40)] == [None, 0, 86400, 86400]
    assert [latest_known(1, moment) for moment in (5, 10, 20, 40)] == [None, 10, 20, 30]


def test_zones_and_strata_can_be_chosen_few_or_many() -> None:
    append(pl.concat([fact(zone=zone, stratum=zone % 2) for zone in range(1, 6)]), batch=1)
    assert as_of(series=1, known_at=99, zones=[2, 4])["zone"].to_list() == [2, 4]
    assert as_of(series=1, known_at=99, zones=list(range(2, 900)))["zone"].to_list() == [2, 3, 4, 5]
    assert as_of(series=1, known_at=99, zones=[]).is_empty()
    assert as_of(series=1, known_at=99, strata=[0])["zone"].to_list() == [2, 4]


def test_a_correction_is_a_new_fact_with_its_reason(place: Path) -> None:
    zone = zone_by_code(viewer=BY, code="A1")
    observation_correct(series=CASES, zone=zone.id, valid_on=DAY, value=3, reason="first count", by=BY)
    with clock.fixed_at(NOW + timedelta(days=1)):
        row = observation_correct(series=CASES, zone=zone.id, valid_on=DAY, value=5, reason="two were missed", by=BY)
    with clock.fixed_at(NOW + timedelta(days=2)):
        observation_correct(
            series=CASES, zone=zone.id, valid_on=DAY, status=Status.WITHDRAWN, reason="another city", by=BY
        )
        seen = [
            observations_as_of(viewer=BY, series=CASES, known_at=NOW + timedelta(days=days))["value"].to_list()
            for days in (0, 1, 2)
        ]
        history = observation_history(viewer=BY, series=CASES, zone=zone.number, valid_on=DAY)
    assert seen == [[3.0], [5.0], []]
    assert [(version.value, version.status) for version in history] == [
        (3.0, Status.OBSERVED),
        (5.0, Status.OBSERVED),
        (None, Status.WITHDRAWN),
    ]
    assert history[1].import_label == "A1 2021-11-15: two were missed"
    assert (row.source, row.kind) == (SOURCE, "correction")
    assert AuditEntry.objects.filter(action="observation.correct").count() == 3


def test_two_corrections_at_one_moment_stand_in_order_and_the_last_one_shows(place: Path) -> None:
    zone = zone_by_code(viewer=BY, code="A1").id
    for value in (3, 4):
        observation_correct(series=CASES, zone=zone, valid_on=DAY, value=value, reason="counted again", by=BY)
    assert observations_as_of(viewer=BY, series=CASES)["value"].to_list() == [4.0]
    assert observations_as_of(viewer=BY, series=CASES, known_at=NOW)["value"].to_list() == [3.0]
    assert series_freshness(viewer=BY, series=CASES)[0] == DAY


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"value": 3, "reason": " "}, "needs a reason"),
        ({"value": -3}, "below zero"),
        ({"value": 1.5}, "whole number"),
        ({"value": None}, "needs a value"),
        ({"value": 3, "status": Status.MISSING}, "needs a value"),
        ({"value": 3, "valid_on": date(2021, 12, 24)}, "future"),
        ({"value": 3, "stratum": "nobody"}, "no stratum 'nobody'"),
        ({"value": 3, "series": "clinic.ghosts"}, "no series 'clinic.ghosts'"),
    ],
)
def test_a_correction_that_cannot_be(place: Path, fields: dict[str, object], words: str) -> None:
    zone = zone_by_code(viewer=BY, code="A1").id
    given = {"series": CASES, "zone": zone, "valid_on": DAY, "reason": "because", **fields}
    with pytest.raises(SalusError, match=words):
        observation_correct(**given, by=BY)  # type: ignore[arg-type]
    assert not AuditEntry.objects.filter(action="observation.correct").exists()
