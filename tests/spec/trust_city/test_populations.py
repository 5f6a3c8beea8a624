"""Population by age and by segment, per zone, as known at a moment."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from salus.base.errors import Invalid, NotFound, Refused
from salus.city import selectors, services
from salus.city.models import Population
from salus.city.schemas import PopulationDraft
from salus.trust.schemas import Viewer
from tests.spec.trust_city.conftest import START, SYSTEM, ids_of, small_city

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
DAY = date(2020, 7, 1)


@pytest.fixture
def city(db: None, at: Callable[..., None]) -> dict[str, Any]:
    services.generation_import(name="first", valid_from=date(2020, 1, 1), zones=small_city(), by=SYSTEM)
    return ids_of(SYSTEM)


def people() -> dict[str, float | None]:
    return {row.code: row.population for row in selectors.zone_list(viewer=SYSTEM)}


def bring_in(*rows: PopulationDraft, **fields: Any) -> Any:
    return services.population_import(**{"rows": rows, "valid_on": DAY, "by": SYSTEM, **fields})


def test_zones_around_have_the_sum_unless_they_have_their_own(city: dict[str, Any]) -> None:
    bring_in(PopulationDraft("W1", 100), PopulationDraft("W2", 50), PopulationDraft("E1", 30), PopulationDraft("E", 70))
    assert people() == {"city": 220, "W": 150, "E": 70, "W1": 100, "W2": 50, "E1": 30, "E2": None}
    assert selectors.population_of(viewer=SYSTEM, zones=[city["W"], city["E2"]]) == {2: 150.0}


def test_ages_add_up_where_there_is_no_total(city: dict[str, Any]) -> None:
    bring_in(
        PopulationDraft("W1", 20, age_from=0, age_to=17),
        PopulationDraft("W1", 60, age_from=18, age_to=64),
        PopulationDraft("W1", 10, age_from=65),
        PopulationDraft("W1", 7, segment="care_home", age_from=65),
        PopulationDraft("W2", 40),
    )
    assert people()["W1"] == 90
    bands = selectors.population_by_age(viewer=SYSTEM, zones=[city["W1"], city["W2"]])
    assert [(band.age_from, band.age_to, band.persons) for band in bands] == [
        (0, 17, 20),
        (18, 64, 60),
        (65, None, 10),
        (None, None, 40),
    ]
    (care,) = selectors.population_by_age(viewer=SYSTEM, segment="care_home")
    assert (care.number, care.persons) == (4, 7)
    assert selectors.segment_list(viewer=SYSTEM) == ["all", "care_home"]


def test_the_same_again_changes_nothing_and_a_correction_is_a_new_version(
    city: dict[str, Any], at: Callable[..., None]
) -> None:
    first = bring_in(PopulationDraft("W1", 100), PopulationDraft("W2", 50))
    again = bring_in(PopulationDraft("W1", 100), PopulationDraft("W2", 50))
    assert ((first.written, first.unchanged), (again.written, again.unchanged)) == ((2, 0), (0, 2))
    at(START + timedelta(days=1))
    bring_in(PopulationDraft("W1", 110), PopulationDraft("W2", 50))
    assert Population.objects.count() == 3
    assert people()["W1"] == 110


def test_what_was_known_then_is_still_known_then(city: dict[str, Any], at: Callable[..., None]) -> None:
    at(START + timedelta(days=1))
    bring_in(PopulationDraft("W1", 100))
    at(START + timedelta(days=2))
    bring_in(PopulationDraft("W1", 110))
    for days, expected in ((0, {}), (1, {"W1": 100}), (2, {"W1": 110}), (9, {"W1": 110})):
        rows = selectors.zone_list(viewer=SYSTEM, level="zone", known_at=START + timedelta(days=days))
        assert {row.code: row.population for row in rows if row.population} == expected


def test_the_figure_of_the_day_holds(city: dict[str, Any], at: Callable[..., None]) -> None:
    bring_in(PopulationDraft("W1", 100))
    bring_in(PopulationDraft("W1", 130), valid_on=date(2021, 12, 1))
    assert people()["W1"] == 100
    at(START + timedelta(days=30))
    assert people()["W1"] == 130


@pytest.mark.parametrize(
    "row",
    [
        PopulationDraft("W1", -1),
        PopulationDraft("W1", math.nan),
        PopulationDraft("W1", math.inf),
        PopulationDraft("W1", 1e12),
        PopulationDraft("W1", 1, age_from=-3),
        PopulationDraft("W1", 1, age_from=40, age_to=30),
        PopulationDraft("W1", 1, age_to=400),
        PopulationDraft("W1", 1, segment=""),
        PopulationDraft("nowhere", 1),
        PopulationDraft("W2", 2),
    ],
)
def test_one_bad_row_refuses_all_and_is_named(row: PopulationDraft, city: dict[str, Any]) -> None:
    with pytest.raises(Invalid, match="row 3"):
        bring_in(PopulationDraft("W2", 5), PopulationDraft("E1", 5), row)
    assert not Population.objects.exists()


def test_populations_need_zones_and_the_right(somebody: Callable[..., Viewer]) -> None:
    with pytest.raises(NotFound):
        bring_in(PopulationDraft("W1", 5))
    with pytest.raises(Refused):
        bring_in(PopulationDraft("W1", 5), by=somebody())
