"""What an exercise's world says comes in once, and nothing of it was known before it was heard."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection

from salus.base import clock
from salus.city.selectors import zone_by_code
from salus.config.processes.world import go_on, take_in
from salus.gather.models import Import
from salus.gather.selectors import observations_as_of
from salus.gather.sources.loading import load
from salus.trust.selectors import system_viewer
from salus.world.city.pack import build
from salus.world.truth.run import Run
from salus.world.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
START = date(2026, 3, 2)
BY = system_viewer("test")


def evening(days: int) -> datetime:
    return datetime(START.year, START.month, START.day, 18, 30, tzinfo=UTC) + timedelta(days=days)


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("exercise") / "pack", seed=5, people=4_000)


@pytest.fixture
def world(pack: Path, tmp_path: Path) -> World:
    with clock.fixed_at(evening(0)):
        load(slug="exercise_city", path=pack, by=BY)
    return World(Run.begin(tmp_path / "run", pack=pack, emergency="respiratory", start=START, seed=2))


def facts() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT COUNT(*) FROM gather_observation")
        return int(cursor.fetchone()[0])


def cases(known_at: datetime) -> list[float | None]:
    root = zone_by_code(viewer=BY, code="ALMA").number
    frame = observations_as_of(viewer=BY, series="exercise.cases", zones=[root], known_at=known_at)
    return frame["value"].to_list()


@pytest.mark.requirement("4-1")
def test_each_evening_brings_a_day_and_hearing_it_twice_changes_nothing(world: World) -> None:
    for day in range(4):
        with clock.fixed_at(evening(day)):
            assert go_on(world) == 1
            assert go_on(world) == 0
    before, imports = facts(), Import.objects.count()
    assert before > 0
    with clock.fixed_at(evening(4)):
        take_in(World(Run.open(world.run.folder)), heard_at=clock.now())
    assert (facts(), Import.objects.count()) == (before, imports)


def test_in_the_morning_the_day_has_not_been_told(world: World) -> None:
    with clock.fixed_at(evening(0).replace(hour=9)):
        assert go_on(world) == 0


def test_what_was_heard_late_was_not_known_before(world: World) -> None:
    with clock.fixed_at(evening(0)):
        go_on(world)
    first = cases(evening(0))
    # The clock ran ahead: three days are heard at once, on the morning after.
    late = evening(3) + timedelta(hours=14)
    with clock.fixed_at(late):
        assert go_on(world) == 3
    assert cases(evening(3)) == first
    assert len(cases(late)) > len(first)
