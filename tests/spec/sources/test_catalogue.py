"""The catalogue: freshness, completeness, readers and gaps, as known at a moment."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from salus.base import clock
from salus.base.errors import Refused
from salus.gather.catalogue import reads
from salus.gather.catalogue.health import freshness
from salus.gather.models import SeriesRead
from salus.gather.selectors import catalogue, observations_as_of, source_list
from salus.trust.schemas import Grant, Viewer
from salus.trust.selectors import system_viewer
from tests.spec.sources.conftest import DEMO

pytestmark = [pytest.mark.both_databases, pytest.mark.usefixtures("port_alma")]
VIEWER = system_viewer("test")
EVENING = datetime(2026, 1, 1, 18, 30, tzinfo=UTC)


def day(number: int) -> datetime:
    return EVENING + timedelta(days=number)


def test_a_source_that_published_today_is_fresh() -> None:
    (source,) = source_list(viewer=VIEWER)
    assert source.source.slug == "builtin_city"
    assert source.freshness == "fresh"
    assert source.late_by is None
    assert source.completeness == pytest.approx(1.0, abs=0.01)
    assert source.last_import is not None


@pytest.mark.parametrize(("number", "state"), [(229, "fresh"), (231, "late"), (234, "fresh"), (560, "silent")])
def test_freshness_follows_what_was_known(number: int, state: str) -> None:
    (source,) = source_list(viewer=VIEWER, known_at=day(number))
    assert source.freshness == state
    assert (source.late_by is not None) == (state != "fresh")
    assert source.last_known_at is not None
    assert source.last_known_at <= day(number)


def test_a_silent_laboratory_lowers_completeness_until_it_reports() -> None:
    def zones(number: int) -> tuple[int, int, int]:
        (source,) = source_list(viewer=VIEWER, known_at=day(number))
        (health,) = [row for row in source.series if row.series.code == "alma.zone_cases_reported"]
        return health.expected, health.observed, health.missing

    assert zones(160) == (40 * 28, 40 * 28, 0)
    assert zones(175) == (40 * 28, 40 * 28 - 8, 8)
    assert zones(185) == (40 * 28, 40 * 28, 0)


def test_held_back_cells_count_as_told() -> None:
    (source,) = source_list(viewer=VIEWER, known_at=day(60))
    (health,) = [row for row in source.series if row.series.code == "alma.zone_cases"]
    assert health.suppressed > 0
    assert health.completeness == pytest.approx(1.0)


def test_gaps_are_named() -> None:
    page = catalogue(viewer=VIEWER)
    assert page.gaps == ("transport_logistics",)
    assert {row.kind for row in page.coverage} >= {"demographics", "vulnerable_groups", "geospatial"}


def test_before_anything_was_published_there_is_nothing() -> None:
    assert catalogue(viewer=VIEWER, known_at=datetime(2025, 12, 1, tzinfo=UTC)).sources == ()


def test_readers_are_counted_by_role_and_by_part_of_the_product() -> None:
    reads.flush()
    SeriesRead.objects.all().delete()
    epidemiologist = Viewer(
        id=VIEWER.id,
        kind="person",
        name="Ines",
        grants=(Grant("epidemiologist", frozenset({"series.view", "observation.view"})),),
    )
    with clock.fixed_at(DEMO):
        for viewer in (epidemiologist, epidemiologist, system_viewer("assess")):
            observations_as_of(viewer=viewer, series="alma.cases", valid_from=date(2026, 5, 29))
    assert reads.flush() == 2
    (source,) = source_list(viewer=VIEWER)
    assert [(row.kind, row.name, row.reads) for row in source.readers] == [
        ("role", "epidemiologist", 2),
        ("system", "assess", 1),
    ]
    (before,) = source_list(viewer=VIEWER, known_at=DEMO - timedelta(days=2))
    assert before.readers == ()
    assert not SeriesRead.objects.filter(reader__contains="Ines").exists()


def test_counts_add_up_over_several_writes() -> None:
    reads.flush()
    SeriesRead.objects.all().delete()
    for _ in range(3):
        reads.note_read(system_viewer("assess"), "alma.deaths")
        reads.flush()
    assert SeriesRead.objects.get().reads == 3


def test_who_may_not_see_sources_sees_no_catalogue() -> None:
    with pytest.raises(Refused):
        catalogue(viewer=Viewer(id=VIEWER.id, kind="person", name="nobody"))


def test_a_series_without_facts_is_empty() -> None:
    assert freshness(None, 24, DEMO) == "empty"
