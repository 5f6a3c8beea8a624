"""5.2.2-a: one clear place for each right; roles are data with a history."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from salus.base import outbox
from salus.base.errors import Conflict, Invalid, NotFound, Refused
from salus.base.ids import new_id
from salus.base.models import Event
from salus.trust import policy
from salus.trust.models import Role
from salus.trust.roles import read_pack
from salus.trust.schemas import Tier, Viewer
from salus.trust.selectors import assignment_list, organisation_list, role_get, role_list, viewer_for
from salus.trust.services import (
    organisation_create,
    organisation_revise,
    person_create,
    role_assign,
    role_define,
    role_withdraw,
    roles_load,
)
from tests.spec.trust_city.conftest import START, SYSTEM

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
Make = Callable[..., Viewer]


def test_the_pack_is_loaded_once_and_edits_outlive_the_next_start() -> None:
    assert len(roles_load(by=SYSTEM)) == len(read_pack())
    role_define(code="viewer", name={"en": "Looker"}, permissions=["city.view"], by=SYSTEM)
    assert roles_load(by=SYSTEM) == []
    assert role_get(viewer=SYSTEM, code="viewer").permissions == ("city.view",)


def test_a_role_has_a_history(at: Callable[..., None]) -> None:
    roles_load(by=SYSTEM)
    at(START + timedelta(days=1))
    role_define(code="viewer", name={"en": "Looker"}, permissions=["city.view"], max_tier=Tier.PUBLIC, by=SYSTEM)
    assert "signal.view" in role_get(viewer=SYSTEM, code="viewer", known_at=START).permissions
    assert role_get(viewer=SYSTEM, code="viewer").max_tier == Tier.PUBLIC
    assert role_list(viewer=SYSTEM, known_at=START - timedelta(seconds=1)) == []


@pytest.mark.parametrize("right", ["*", "*.view", "", ".view", "signal.*x", "signal*.view"])
def test_no_role_carries_everything(right: str) -> None:
    with pytest.raises(Invalid):
        role_define(code="god", name={"en": "God"}, permissions=[right], by=SYSTEM)
    assert not Role.objects.exists()


def test_a_role_is_held_in_a_zone_until_a_moment(somebody: Make, at: Callable[..., None]) -> None:
    zone = new_id()
    amira = somebody(zone_id=zone, until=START + timedelta(days=3))
    assert policy.may(amira, "signal.triage", zone=(new_id(), zone))
    assert not policy.may(amira, "signal.triage")
    at(START + timedelta(days=3))
    assert viewer_for(person=amira.id).grants == ()


def test_two_zones_of_one_role_are_one_grant_and_the_city_swallows_both(somebody: Make) -> None:
    north, south = new_id(), new_id()
    amira = somebody(zone_id=north)
    role_assign(person=amira.id, role="duty_officer", zone_id=south, by=SYSTEM)
    (grant,) = viewer_for(person=amira.id).grants
    assert grant.zones == {north, south}
    role_assign(person=amira.id, role="duty_officer", by=SYSTEM)
    (grant,) = viewer_for(person=amira.id).grants
    assert grant.zones is None


def test_rights_are_kept_until_they_change(somebody: Make, django_assert_num_queries: Callable[..., object]) -> None:
    amira = somebody()
    with django_assert_num_queries(1):  # type: ignore[attr-defined]
        assert viewer_for(person=amira.id) == amira
    (held,) = assignment_list(viewer=SYSTEM, person=amira.id)
    role_withdraw(assignment=held.id, by=SYSTEM)
    assert viewer_for(person=amira.id).grants == ()


def test_who_held_what_is_known_for_every_moment(somebody: Make, at: Callable[..., None]) -> None:
    amira = somebody()
    at(START + timedelta(days=1))
    (held,) = assignment_list(viewer=SYSTEM, person=amira.id)
    role_withdraw(assignment=held.id, by=SYSTEM)
    assert assignment_list(viewer=SYSTEM, person=amira.id) == []
    (gone,) = assignment_list(viewer=SYSTEM, person=amira.id, include_withdrawn=True)
    assert gone.status == "withdrawn"
    (then,) = assignment_list(viewer=SYSTEM, person=amira.id, known_at=START)
    assert (then.status, then.role) == ("active", "duty_officer")
    with pytest.raises(Conflict):
        role_withdraw(assignment=held.id, by=SYSTEM)


def test_a_role_is_not_given_twice_nor_to_nobody_nor_into_the_past(somebody: Make, at: Callable[..., None]) -> None:
    amira = somebody()
    with pytest.raises(Conflict):
        role_assign(person=amira.id, role="duty_officer", by=SYSTEM)
    with pytest.raises(NotFound):
        role_assign(person=new_id(), role="duty_officer", by=SYSTEM)
    with pytest.raises(NotFound):
        role_assign(person=amira.id, role="wizard", by=SYSTEM)
    with pytest.raises(Invalid):
        role_assign(person=amira.id, role="head", until=START, by=SYSTEM)


def test_who_manages_roles_in_a_zone_gives_them_in_that_zone_only(somebody: Make) -> None:
    zone = new_id()
    role_define(code="deputy", name={"en": "Deputy"}, permissions=["role.manage"], by=SYSTEM)
    deputy = somebody("deputy", "deputy", zone_id=zone)
    amira = person_create(username="amira", name="Amira", by=SYSTEM)
    role_assign(person=amira.id, role="viewer", zone_id=zone, by=deputy)
    for where in (None, new_id()):
        with pytest.raises(Refused):
            role_assign(person=amira.id, role="viewer", zone_id=where, by=deputy)
    with pytest.raises(Refused):
        role_define(code="viewer", name={"en": "V"}, permissions=["city.view"], by=deputy)


def test_a_change_of_roles_is_told(somebody: Make) -> None:
    somebody()
    told = Event.objects.filter(topic="trust.assignment_changed").get()
    assert told.payload["role"] == "duty_officer"
    assert "Haddad" not in str(told.payload)
    outbox.deliver_all()


def test_organisations_nest_and_never_under_themselves() -> None:
    city = organisation_create(name={"en": "City"}, by=SYSTEM)
    health = organisation_create(name={"en": "Health"}, parent_id=city.id, by=SYSTEM)
    clinic = organisation_create(code="clinic", name={"en": "Clinic"}, parent_id=health.id, kind="hospital", by=SYSTEM)
    rows = {row.code: row for row in organisation_list(viewer=SYSTEM)}
    assert rows["clinic"].path == (clinic.id, health.id, city.id)
    assert [row.code for row in organisation_list(viewer=SYSTEM, kind="hospital")] == ["clinic"]
    with pytest.raises(Invalid, match="under itself"):
        organisation_revise(organisation=city.id, parent_id=clinic.id, by=SYSTEM)
    with pytest.raises(NotFound):
        organisation_create(name={"en": "X"}, parent_id=new_id(), by=SYSTEM)
    with pytest.raises(Invalid, match="taken"):
        organisation_create(code="clinic", name={"en": "Other"}, by=SYSTEM)
    assert organisation_create(name={"en": "Health"}, by=SYSTEM).code == "health-2"
