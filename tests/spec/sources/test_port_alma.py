"""Port Alma comes in through the same door, and its clock replays it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from salus.city import selectors as city
from salus.gather.selectors import observations_as_of, observations_versions
from salus.gather.sources.loading import LoadReport
from salus.trust import selectors as trust
from salus.trust.selectors import system_viewer
from tests.spec.sources.conftest import DEMO

pytestmark = [pytest.mark.both_databases, pytest.mark.usefixtures("port_alma")]
VIEWER = system_viewer("test")


def test_it_is_quick(port_alma: LoadReport) -> None:
    assert port_alma.seconds < 20
    assert port_alma.written > 200_000


def test_it_has_zones_people_and_places() -> None:
    zones = city.zone_list(viewer=VIEWER)
    assert {level: sum(zone.level == level for zone in zones) for level in ("city", "district", "zone")} == {
        "city": 1,
        "district": 6,
        "zone": 40,
    }
    (root,) = [zone for zone in zones if zone.level == "city"]
    assert root.population == pytest.approx(640_000, abs=500)
    assert root.name["ar"] == "بورت ألما"
    assert city.city_get(viewer=VIEWER).help_phone
    hospitals = city.facility_list(viewer=VIEWER, kind="hospital")
    assert len(hospitals) == 5
    whole = city.facility_get(viewer=VIEWER, facility=hospitals[0].id)
    assert {space.kind for space in whole.spaces} == {"beds", "icu_beds", "isolation_rooms"}
    assert {row.code for row in trust.organisation_list(viewer=VIEWER)} >= {"health", "west_hospitals"}
    assert len(city.territory_list(viewer=VIEWER)) == 3


def test_the_clock_shows_only_what_was_published() -> None:
    now = observations_as_of(viewer=VIEWER, series="alma.cases")
    assert now["known_at"].max() <= DEMO  # type: ignore[operator]
    assert now["valid_on"].max() == date(2026, 5, 29)
    later = observations_as_of(viewer=VIEWER, series="alma.cases", known_at=DEMO + timedelta(days=30))
    assert len(later) > len(now)


def test_there_is_a_reporting_triangle_for_the_city_and_districts() -> None:
    frame = observations_versions(
        viewer=VIEWER, series="alma.hospital_admissions", known_at=datetime(2026, 5, 1, tzinfo=UTC)
    )
    assert frame["zone"].n_unique() == 7
    per_cell = frame.group_by("zone", "valid_on").len()
    assert per_cell["len"].max() > 5  # type: ignore[operator]


def test_every_zone_reports_daily_before_the_demonstration() -> None:
    frame = observations_as_of(
        viewer=VIEWER, series="alma.zone_cases_reported", valid_from=date(2026, 4, 1), valid_to=date(2026, 5, 30)
    )
    assert len(frame) == 40 * 60
