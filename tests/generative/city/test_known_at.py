"""Whatever happened, every read at a moment shows exactly what was recorded by then."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from salus.base import clock
from salus.city import selectors, services
from salus.city.schemas import PopulationDraft, ZoneDraft
from salus.trust.selectors import assignment_list, system_viewer
from salus.trust.services import person_create, role_assign, role_withdraw, roles_load

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
BY = system_viewer("tests")
START = datetime(2021, 11, 15, 23, 30, tzinfo=UTC)
steps = st.lists(st.tuples(st.integers(0, 5000), st.integers(0, 2), st.integers(0, 9)), min_size=1, max_size=8)
moments = st.lists(st.integers(-100, 45_000), min_size=1, max_size=6)
relaxed = settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])


class _Undo(Exception):
    pass


@pytest.fixture(autouse=True)
def own_folder(settings: Any, tmp_path: Path) -> None:
    settings.SALUS_DATA_DIR = tmp_path


def replayed(steps: list[tuple[int, int, int]], write: Any, check: Any, prepare: Any) -> None:
    """Write the steps on a held clock, let the check look, and undo it all."""
    try:
        with transaction.atomic():
            with clock.fixed_at(START):
                prepare()
            at, log = START, []
            for seconds, which, value in steps:
                at += timedelta(seconds=seconds)
                with clock.fixed_at(at):
                    write(which, value)
                log.append((at, which, value))
            with clock.fixed_at(at + timedelta(days=30)):
                check(log)
            raise _Undo
    except _Undo:
        pass


def box(west: float) -> dict[str, Any]:
    ring = [[west, 0], [west + 1, 0], [west + 1, 1], [west, 1], [west, 0]]
    return {"type": "Polygon", "coordinates": [ring]}


def city() -> None:
    zones = [ZoneDraft("c", "C", "city"), *(ZoneDraft(f"z{n}", "Z", "zone", "c", box(n)) for n in range(3))]
    services.generation_import(name="g", valid_from=date(2020, 1, 1), zones=zones, by=BY)


def known(log: list[tuple[datetime, int, int]], moment: datetime) -> dict[int, int]:
    return {which: value for at, which, value in log if at <= moment}


@relaxed
@given(steps, moments)
def test_populations(steps: list[tuple[int, int, int]], moments: list[int]) -> None:
    def write(which: int, value: int) -> None:
        services.population_import(rows=[PopulationDraft(f"z{which}", value)], valid_on=date(2021, 1, 1), by=BY)

    def check(log: list[tuple[datetime, int, int]]) -> None:
        for moment in [START + timedelta(seconds=s) for s in moments] + [at for at, _, _ in log]:
            rows = selectors.zone_list(viewer=BY, level="zone", known_at=moment)
            found = {int(row.code[1:]): row.population for row in rows if row.population is not None}
            assert found == known(log, moment)
            root = selectors.zone_list(viewer=BY, level="city", known_at=moment)
            expected = sum(known(log, moment).values()) if known(log, moment) else None
            assert [row.population for row in root] == ([expected] if moment >= START else [])

    replayed(steps, write, check, city)


@relaxed
@given(steps, moments)
def test_facilities(steps: list[tuple[int, int, int]], moments: list[int]) -> None:
    made: dict[int, Any] = {}

    def write(which: int, value: int) -> None:
        if which not in made:
            place = (which + 0.5, 0.5)
            made[which] = services.facility_create(
                code=f"f{which}", name={"en": "F"}, kind="hospital", location=place, capacity=value, by=BY
            ).id
        else:
            services.facility_revise(facility=made[which], capacity=value, by=BY)

    def check(log: list[tuple[datetime, int, int]]) -> None:
        for moment in [START + timedelta(seconds=s) for s in moments] + [at for at, _, _ in log]:
            rows = selectors.facility_list(viewer=BY, known_at=moment)
            assert {int(row.code[1:]): row.capacity for row in rows} == known(log, moment)
            for row in rows:
                steps = selectors.facility_get(viewer=BY, facility=row.id, known_at=moment).history
                assert steps[-1].capacity == row.capacity
                assert all(step.at <= moment for step in steps)

    made.clear()
    replayed(steps, write, check, city)


@relaxed
@given(steps, moments)
def test_roles(steps: list[tuple[int, int, int]], moments: list[int]) -> None:
    people: list[Any] = []

    def prepare() -> None:
        people.clear()
        roles_load(by=BY)
        people.extend(person_create(username=f"p{n}", name="P", password="x" * 12, demo=True, by=BY) for n in range(3))

    def write(which: int, value: int) -> None:
        held = assignment_list(viewer=BY, person=people[which].id)
        if held:
            role_withdraw(assignment=held[0].id, by=BY)
        else:
            role_assign(person=people[which].id, role="viewer", by=BY)

    def check(log: list[tuple[datetime, int, int]]) -> None:
        for moment in [START + timedelta(seconds=s) for s in moments] + [at for at, _, _ in log]:
            for which in range(3):
                times = sum(1 for at, other, _ in log if other == which and at <= moment)
                assert len(assignment_list(viewer=BY, person=people[which].id, known_at=moment)) == times % 2

    replayed(steps, write, check, prepare)
