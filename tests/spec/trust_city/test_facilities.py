"""Facilities and spaces with capacity and the history of their status; who is responsible where."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from salus.base.chain import Ref, describe
from salus.base.errors import Conflict, Invalid, NotFound, Refused
from salus.base.models import AuditEntry, Event
from salus.city import selectors, services
from salus.trust import services as trust
from salus.trust.schemas import Viewer
from salus.trust.selectors import viewer_for
from tests.spec.trust_city.conftest import START, SYSTEM, ids_of, small_city

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
Make = Callable[..., Viewer]
Move = Callable[..., None]


@pytest.fixture
def zones(db: None, at: Move) -> dict[str, Any]:
    services.generation_import(name="first", valid_from=date(2020, 1, 1), zones=small_city(), by=SYSTEM)
    return ids_of(SYSTEM)


def hospital(code: str = "H1", location: tuple[float, float] = (0.5, 0.5), **fields: Any) -> Any:
    given = {"name": {"en": f"Hospital {code}"}, "kind": "hospital", "capacity": 120, "by": SYSTEM}
    return services.facility_create(code=code, location=location, **{**given, **fields})


def test_a_facility_is_put_into_the_zone_in_which_it_stands(zones: dict[str, Any]) -> None:
    made = hospital()
    (row,) = selectors.facility_list(viewer=SYSTEM)
    assert (row.id, row.zone_id, row.capacity, row.status) == (made.id, zones["W1"], 120, "open")


def test_its_status_and_capacity_have_a_history(zones: dict[str, Any], at: Move) -> None:
    made = hospital()
    at(START + timedelta(hours=1))
    services.facility_status_set(facility=made.id, status="limited", note_text="flooded ward", by=SYSTEM)
    at(START + timedelta(hours=2))
    services.facility_revise(facility=made.id, capacity=80, by=SYSTEM)
    at(START + timedelta(hours=3))
    services.facility_revise(facility=made.id, name={"en": "General"}, by=SYSTEM)
    row = selectors.facility_get(viewer=SYSTEM, facility=made.id)
    assert [(step.status, step.capacity) for step in row.history] == [("open", 120), ("limited", 120), ("limited", 80)]
    assert row.history[1].note == "flooded ward"
    then = selectors.facility_get(viewer=SYSTEM, facility=made.id, known_at=START + timedelta(minutes=90))
    assert (then.status, len(then.history)) == ("limited", 2)
    with pytest.raises(NotFound):
        selectors.facility_get(viewer=SYSTEM, facility=made.id, known_at=START - timedelta(seconds=1))


def test_spaces_say_what_is_in_use(zones: dict[str, Any], at: Move) -> None:
    made = hospital()
    services.space_set(facility=made.id, code="icu", kind="intensive_care", capacity=12, in_use=3, by=SYSTEM)
    at(START + timedelta(hours=1))
    services.space_set(facility=made.id, code="icu", kind="intensive_care", capacity=10, in_use=12, by=SYSTEM)
    (now,) = selectors.space_list(viewer=SYSTEM, facility=made.id)
    assert (now.capacity, now.in_use) == (10, 12)
    (then,) = selectors.space_list(viewer=SYSTEM, facility=made.id, known_at=START)
    assert (then.capacity, then.in_use) == (12, 3)


@pytest.mark.parametrize(
    "wrong",
    [
        {"location": (50.0, 50.0)},
        {"location": (200.0, 0.5)},
        {"status": "burning"},
        {"capacity": -1},
        {"capacity": 10**9},
    ],
)
def test_what_cannot_be_is_refused(wrong: dict[str, Any], zones: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        hospital(**wrong)


def test_swapped_coordinates_are_recognised(zones: dict[str, Any]) -> None:
    drafts = small_city()
    moved = []
    for draft in drafts:
        geometry = draft.geometry
        if geometry is not None:
            geometry = {
                "type": "Polygon",
                "coordinates": [[[x, y + 40] for x, y in ring] for ring in geometry["coordinates"]],
            }
        moved.append(type(draft)(draft.code, draft.name, draft.level, draft.parent_code, geometry))
    services.generation_import(name="north", valid_from=date(2021, 1, 1), zones=moved, by=SYSTEM)
    with pytest.raises(Invalid, match="swapped"):
        hospital(location=(40.5, 0.5))


def test_a_code_is_taken_once(zones: dict[str, Any]) -> None:
    hospital()
    with pytest.raises(Conflict):
        hospital()


def test_facilities_are_filtered_and_seen_zone_by_zone(zones: dict[str, Any], somebody: Make) -> None:
    hospital("H1", (0.5, 0.5))
    hospital("H2", (1.5, 0.5))
    clinic = hospital("C1", (0.5, 1.5), kind="clinic")
    assert [row.code for row in selectors.facility_list(viewer=SYSTEM, zone=zones["W"])] == ["C1", "H1"]
    assert [row.code for row in selectors.facility_list(viewer=SYSTEM, kind="hospital")] == ["H1", "H2"]
    east = somebody("east", "viewer", zone_id=zones["E"])
    assert [row.code for row in selectors.facility_list(viewer=east)] == ["H2"]
    with pytest.raises(NotFound):
        selectors.facility_get(viewer=east, facility=clinic.id)


def test_who_manages_facilities_in_a_zone_does_so_in_that_zone_only(zones: dict[str, Any], somebody: Make) -> None:
    west = somebody("west", "logistics_lead", zone_id=zones["W"])
    inside = hospital("H1", (0.5, 0.5), by=west)
    services.facility_status_set(facility=inside.id, status="full", by=west)
    with pytest.raises(Refused):
        hospital("H2", (1.5, 0.5), by=west)


def test_a_hospital_reports_for_itself_and_for_no_other(zones: dict[str, Any], somebody: Make) -> None:
    own = trust.organisation_create(name={"en": "Own"}, kind="hospital", by=SYSTEM)
    made, other = hospital("H1", organisation_id=own.id), hospital("H2", (1.5, 0.5))
    person = trust.person_create(username="nurse", name="Nurse", organisation_id=own.id, by=SYSTEM)
    somebody()
    trust.role_assign(person=person.id, role="partner", by=SYSTEM)
    nurse = viewer_for(person=person.id)
    services.facility_status_set(facility=made.id, status="full", by=nurse)
    services.space_set(facility=made.id, code="beds", kind="beds", capacity=9, by=nurse)
    for attempt in (
        lambda: services.facility_status_set(facility=other.id, status="closed", by=nurse),
        lambda: services.facility_revise(facility=made.id, capacity=5, by=nurse),
    ):
        with pytest.raises(Refused):
            attempt()


def test_every_change_is_told_and_audited_once(zones: dict[str, Any]) -> None:
    made = hospital()
    for write in (
        lambda: services.facility_status_set(facility=made.id, status="closed", by=SYSTEM),
        lambda: services.space_set(facility=made.id, code="a", kind="beds", capacity=1, by=SYSTEM),
        lambda: services.facility_revise(facility=made.id, capacity=1, by=SYSTEM),
    ):
        rows, told = AuditEntry.objects.count(), Event.objects.count()
        write()
        assert (AuditEntry.objects.count(), Event.objects.count()) == (rows + 1, told + 1)


def test_territories_say_who_is_responsible_where(zones: dict[str, Any], at: Move) -> None:
    health = trust.organisation_create(name={"en": "Health West"}, by=SYSTEM)
    services.territory_set(organisation=health.id, kind="health", zones=[zones["W"]], by=SYSTEM)
    (row,) = selectors.territory_list(viewer=SYSTEM, zone=zones["W1"])
    assert (row.organisation_id, row.kind, row.zone_ids) == (health.id, "health", (zones["W"],))
    assert selectors.territory_list(viewer=SYSTEM, zone=zones["E1"]) == []
    at(START + timedelta(days=1))
    services.territory_set(organisation=health.id, kind="health", zones=[], by=SYSTEM)
    assert selectors.territory_list(viewer=SYSTEM) == []
    assert len(selectors.territory_list(viewer=SYSTEM, known_at=START)) == 1
    with pytest.raises(NotFound):
        services.territory_set(organisation=zones["W"], kind="health", zones=[], by=SYSTEM)


def test_the_chain_knows_zones_and_facilities_by_name(zones: dict[str, Any], somebody: Make) -> None:
    made = hospital("H2", (1.5, 0.5))
    refs = [Ref("zone", zones["W1"], START), Ref("facility", made.id, START), Ref("zone", made.id, START)]
    found = describe(refs, viewer=SYSTEM)
    assert found[zones["W1"]].title == "Old Harbour"
    assert found[zones["W1"]].url == f"/ops/zones/{zones['W1']}/"
    assert (found[made.id].title, found[made.id].status) == ("Hospital H2", "open")
    west = somebody("west", "viewer", zone_id=zones["W"])
    assert made.id not in describe(refs[:2], viewer=west)
