"""Proposals: raised by people and levels, seen by area, closed with a reason."""

from __future__ import annotations

from uuid import UUID

import pytest

from salus.base.errors import Conflict, Invalid, NotFound, Refused
from salus.plan.scope import cover
from salus.plan.selectors import proposal_get, proposal_list
from salus.plan.services import proposal_drop, proposal_raise
from salus.trust.actors import system_viewer
from tests.fixtures.town import Town

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
SYSTEM = system_viewer("tests")


def test_a_person_raises_a_proposal_with_its_options(town: Town) -> None:
    made = proposal_raise(zone_ids=[town.zones["E1"]], level_to=2, by=town.viewer("henri"))
    row = proposal_get(viewer=SYSTEM, proposal=made.id)
    assert [option.key for option in row.options] == ["none", "health", "playbook", "stronger"]
    assert row.title["en"] == "E1: risk has risen to High" and row.title["ar"]
    # No forecast was known: nothing is projected, and nothing is made up.
    assert row.baseline is None and all(option.projected is None for option in row.options)
    assert row.options[2].sides["economic"] and row.options[2].task_count > 10


def test_a_cause_raises_one_proposal(town: Town) -> None:
    ids = {proposal_raise(zone_ids=[town.zones["E1"]], level_to=2, cause="x", by=SYSTEM).id for _ in range(3)}
    assert len(ids) == 1


def test_a_proposal_needs_areas_that_exist_and_a_right_in_each(town: Town) -> None:
    with pytest.raises(Invalid):
        proposal_raise(zone_ids=[], level_to=2, by=SYSTEM)
    with pytest.raises(Invalid):
        proposal_raise(zone_ids=[UUID(int=5)], level_to=2, by=SYSTEM)
    local = town.person("elke", "head", zone="E")
    assert proposal_raise(zone_ids=[town.zones["E2"]], level_to=1, by=local)
    with pytest.raises(Refused):
        proposal_raise(zone_ids=[town.zones["E2"], town.zones["W1"]], level_to=1, by=local)
    with pytest.raises(Refused):
        proposal_raise(zone_ids=[town.zones["E2"]], level_to=1, by=town.viewer("vera"))


def test_each_sees_what_concerns_their_area(town: Town) -> None:
    root = next(zone for code, zone in town.zones.items() if code not in ("E", "W", "E1", "E2", "W1", "W2"))
    east = proposal_raise(zone_ids=[town.zones["E1"]], level_to=1, by=SYSTEM)
    west = proposal_raise(zone_ids=[town.zones["W1"]], level_to=1, by=SYSTEM)
    local = town.person("elke", "viewer", zone="E")
    assert {row.id for row in proposal_list(viewer=local)} == {east.id}
    with pytest.raises(NotFound):
        proposal_get(viewer=local, proposal=west.id)
    whole = proposal_raise(zone_ids=[root], level_to=3, by=SYSTEM)
    assert whole.id in {row.id for row in proposal_list(viewer=local)}


def test_a_wider_proposal_takes_the_place_of_those_inside_it(town: Town) -> None:
    first = proposal_raise(zone_ids=[town.zones["E1"]], level_to=1, by=SYSTEM)
    other = proposal_raise(zone_ids=[town.zones["W1"]], level_to=1, by=SYSTEM)
    proposal_raise(zone_ids=[town.zones["E"]], level_to=2, by=SYSTEM)
    assert proposal_get(viewer=SYSTEM, proposal=first.id).status == "replaced"
    assert proposal_get(viewer=SYSTEM, proposal=other.id).status == "open"


def test_a_proposal_is_dropped_with_a_reason_and_once(town: Town) -> None:
    made = proposal_raise(zone_ids=[town.zones["E1"]], level_to=1, by=SYSTEM)
    head = town.viewer("henri")
    with pytest.raises(Invalid):
        proposal_drop(proposal=made.id, reason="", by=head)
    proposal_drop(proposal=made.id, reason="A data error.", by=head)
    row = proposal_get(viewer=SYSTEM, proposal=made.id)
    assert (row.status, row.status_reason["en"]) == ("dropped", "A data error.")
    with pytest.raises(Conflict):
        proposal_drop(proposal=made.id, reason="Again.", by=head)


def test_areas_that_fill_a_larger_one_become_that_one(town: Town) -> None:
    def codes(*wanted: str) -> list[str]:
        return sorted(zone.code for zone in cover([town.zones[code] for code in wanted]))

    assert codes("E1") == ["E1"]
    assert codes("E1", "E2") == ["E"]
    assert codes("E", "E1", "W2") == ["E", "W2"]
    (whole,) = cover([town.zones[code] for code in ("E1", "E2", "W1", "W2")])
    assert whole.level == "city"
