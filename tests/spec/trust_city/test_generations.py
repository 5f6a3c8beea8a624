"""5.2.3-e: zones nest, boundaries change, and geometry is valid or clearly refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from salus.base.errors import Invalid, NotFound, Refused
from salus.base.models import AuditEntry, Event
from salus.city import selectors, services
from salus.city.geometry.boundaries import BoundariesRefused
from salus.city.models import Crosswalk, Generation, Zone, ZoneShapes
from salus.city.schemas import ZoneDraft
from salus.trust.schemas import Viewer
from salus.trust.selectors import ANONYMOUS
from tests.spec.trust_city.conftest import START, SYSTEM, box, small_city

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
Move = Callable[..., None]


def bring_in(zones: list[ZoneDraft] | None = None, **fields: Any) -> Any:
    given = {"name": "first", "valid_from": date(2020, 1, 1), "zones": zones or small_city(), "by": SYSTEM}
    return services.generation_import(**{**given, **fields})


def codes(**fields: Any) -> list[str]:
    return [row.code for row in selectors.zone_list(viewer=SYSTEM, **fields)]


def test_zones_come_in_nested_and_numbered() -> None:
    made = bring_in()
    assert (made.zone_count, made.repairs) == (7, ())
    rows = {row.code: row for row in selectors.zone_list(viewer=SYSTEM)}
    assert (rows["city"].number, rows["city"].level, rows["city"].parent_id) == (1, "city", None)
    assert rows["W1"].path == (rows["W1"].id, rows["W"].id, rows["city"].id)
    assert [row.number for row in rows.values()] == [1, 2, 3, 4, 5, 6, 7]
    assert rows["W1"].centroid == pytest.approx((0.5, 0.5))
    assert codes(level="zone") == ["W1", "W2", "E1", "E2"]
    assert codes(inside=rows["W"].id) == ["W1", "W2"]
    assert selectors.level_list(viewer=SYSTEM) == ["city", "district", "zone"]


def test_a_zone_without_an_outline_is_the_union_of_those_inside() -> None:
    bring_in()
    found = selectors.zone_geojson(viewer=SYSTEM, level="district")
    west = next(f for f in found["features"] if f["properties"]["code"] == "W")
    xs = [x for x, _ in west["geometry"]["coordinates"][0]]
    assert (min(xs), max(xs)) == (0, 1)


def test_a_broken_outline_is_refused_and_nothing_is_written() -> None:
    zones = small_city()
    crossing = {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]]}
    zones[3] = replace(zones[3], geometry=crossing)
    with pytest.raises(BoundariesRefused) as refused:
        bring_in(zones)
    assert [(d.code, d.kind, d.where) for d in refused.value.defects] == [("W1", "crosses itself", (0.5, 0.5))]
    for model in (Generation, Zone, ZoneShapes, Crosswalk, AuditEntry, Event):
        assert not model.objects.exists()
    made = bring_in(zones, repair=True)
    assert [(r.code, r.kind) for r in made.repairs] == [("W1", "crosses itself")]


def test_the_same_boundaries_again_change_nothing() -> None:
    first, again = bring_in(), bring_in()
    assert first.id == again.id
    assert Generation.objects.count() == 1
    assert Zone.objects.count() == 7


def test_no_zones_and_no_right_are_refused(somebody: Callable[..., Viewer]) -> None:
    with pytest.raises(Invalid):
        services.generation_import(name="x", valid_from=date(2020, 1, 1), zones=[], by=SYSTEM)
    with pytest.raises(Refused):
        bring_in(by=somebody())
    with pytest.raises(Refused):
        selectors.zone_list(viewer=ANONYMOUS)


def test_the_city_stands_in_as_root_where_the_file_names_none() -> None:
    services.city_define(
        slug="testville", name={"en": "Testville"}, time_zone="UTC", languages=["en"], centre=(1, 1), by=SYSTEM
    )
    bring_in([replace(zone, parent_code=None) if zone.parent_code == "city" else zone for zone in small_city()[1:]])
    root = selectors.zone_by_code(viewer=SYSTEM, code="testville")
    assert (root.number, root.level) == (1, "city")


def test_new_boundaries_begin_on_their_day_and_are_not_known_before(at: Move) -> None:
    bring_in()
    before = {row.code: row for row in selectors.zone_list(viewer=SYSTEM)}
    at(START + timedelta(days=1))
    zones = small_city()
    zones[5] = replace(zones[5], geometry=box(1, 0, 2, 0.5))
    zones.insert(6, ZoneDraft("E3", {"en": "New"}, "zone", "E", box(1, 0.5, 2, 1)))
    made = bring_in(zones, name="second", valid_from=date(2021, 12, 1))
    assert "E3" not in codes()
    at(START + timedelta(days=20))
    rows = {row.code: row for row in selectors.zone_list(viewer=SYSTEM)}
    assert "E3" in rows
    assert "E3" not in codes(known_at=START)
    assert "E3" not in codes(known_at=START + timedelta(days=2))
    # A place that stayed as it was keeps its identity, and with it its history.
    assert {code for code in before if rows[code].id == before[code].id} == {"city", "W", "E", "W1", "W2", "E2"}
    assert rows["city"].number == 1
    assert rows["E1"].number > 7
    assert len({row.number for row in rows.values()} | {before["E1"].number}) == 9
    first = selectors.generation_list(viewer=SYSTEM)[0]
    shares = selectors.crosswalk(viewer=SYSTEM, from_generation=first.id, to_generation=made.id)
    gone = {row.to_number: row.share for row in shares if row.from_number == before["E1"].number}
    assert gone == {rows["E1"].number: pytest.approx(0.5), rows["E3"].number: pytest.approx(0.5)}
    old = selectors.zone_get(viewer=SYSTEM, zone=before["E1"].id)
    assert old.generation_id == first.id
    assert selectors.zone_by_number(viewer=SYSTEM, number=before["E1"].number).id == old.id
    then = START + timedelta(hours=1)
    assert selectors.crosswalk(viewer=SYSTEM, from_generation=first.id, to_generation=made.id, known_at=then) == []
    with pytest.raises(NotFound):
        selectors.zone_get(viewer=SYSTEM, zone=rows["E3"].id, known_at=then)
    with pytest.raises(NotFound):
        selectors.zone_by_number(viewer=SYSTEM, number=rows["E3"].number, known_at=then)


def test_nothing_is_known_before_it_was_recorded(at: Move) -> None:
    bring_in()
    early = START - timedelta(seconds=1)
    assert selectors.zone_list(viewer=SYSTEM, known_at=early) == []
    assert selectors.zone_features(viewer=SYSTEM, level="zone", known_at=early) == []
    assert selectors.zone_geojson(viewer=SYSTEM, level="zone", known_at=early)["features"] == []
    assert selectors.zone_search(viewer=SYSTEM, text="harbour", known_at=early) == []
    assert selectors.zone_at(viewer=SYSTEM, lon=0.5, lat=0.5, known_at=early) is None
    assert selectors.generation_current(viewer=SYSTEM, known_at=early) is None
    assert selectors.population_of(viewer=SYSTEM, known_at=early) == {}


def test_a_correction_of_the_same_day_takes_its_place(at: Move) -> None:
    bring_in()
    zones = small_city()
    zones[3] = replace(zones[3], name={"en": "Harbour"})
    bring_in(zones, name="corrected")
    assert selectors.zone_by_code(viewer=SYSTEM, code="W1").name == {"en": "Harbour"}


def test_before_the_first_boundaries_begin_those_stand_in(at: Move) -> None:
    bring_in(valid_from=date(2030, 1, 1))
    assert len(codes()) == 7


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("W1", "W1"),
        ("1001", "W1"),
        ("1002", "W1"),
        ("10 02", "W1"),
        ("ile saint etienne", "W2"),
        ("ÉTOILE", "E2"),
        ("vieux port", "W1"),
        ("harb", "W1"),
        ("مدينة", "E1"),
        ("city", "city"),
    ],
)
def test_a_zone_is_found_by_code_postcode_or_name(typed: str, code: str) -> None:
    bring_in()
    assert selectors.zone_search(viewer=SYSTEM, text=typed)[0].zone.code == code


@pytest.mark.parametrize("typed", ["", "   ", "zzz", "%", "' OR 1=1", "x" * 10_000])
def test_what_fits_nothing_finds_nothing(typed: str) -> None:
    bring_in()
    assert selectors.zone_search(viewer=SYSTEM, text=typed) == []


def test_a_place_lies_in_its_innermost_zone() -> None:
    bring_in()
    found = selectors.zone_at(viewer=SYSTEM, lon=1.5, lat=1.5)
    assert found is not None
    assert found.code == "E2"
    assert selectors.zone_at(viewer=SYSTEM, lon=5, lat=5) is None
    assert selectors.zone_at(viewer=SYSTEM, lon=1, lat=1) is not None


def test_outlines_are_read_in_one_query_and_kept(django_assert_num_queries: Any) -> None:
    bring_in()
    selectors.zone_features(viewer=SYSTEM, level="zone")
    with django_assert_num_queries(1):
        found = selectors.zone_features(viewer=SYSTEM, level="zone")
    assert [feature.code for feature in found] == ["W1", "W2", "E1", "E2"]
    assert found[0].rings[0][0] == found[0].rings[0][-1]
    with pytest.raises(Invalid):
        selectors.zone_features(viewer=SYSTEM, level="zone", detail="huge")


def test_a_generation_is_told_and_audited_once() -> None:
    made = bring_in()
    (row,) = AuditEntry.objects.all()
    assert (row.action, row.record_id, row.detail["zones"]) == ("city.generation_import", made.id, 7)
    assert Event.objects.filter(topic="city.generation_imported", record_id=made.id).count() == 1


@pytest.mark.parametrize(
    "wrong",
    [{"time_zone": "Mars/Olympus"}, {"time_zone": "../etc"}, {"centre": (10, 100)}, {"languages": []}, {"name": {}}],
)
def test_a_city_that_cannot_be_is_refused(wrong: dict[str, Any]) -> None:
    given = {"slug": "t", "name": {"en": "T"}, "time_zone": "UTC", "languages": ["en"], "centre": (1, 1), "by": SYSTEM}
    with pytest.raises(Invalid):
        services.city_define(**{**given, **wrong})
    with pytest.raises(NotFound):
        selectors.city_get(viewer=SYSTEM)


def test_the_city_has_a_history(at: Move) -> None:
    given = {"slug": "t", "time_zone": "UTC", "languages": ["en"], "centre": (1, 1), "by": SYSTEM}
    services.city_define(name={"en": "Old"}, **given)
    at(START + timedelta(days=1))
    services.city_define(name={"en": "New"}, **given)
    assert selectors.city_get(viewer=SYSTEM).name == {"en": "New"}
    assert selectors.city_get(viewer=SYSTEM, known_at=START).name == {"en": "Old"}
