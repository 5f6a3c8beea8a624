"""Ways that are closed and doses that a zone's own sites give."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from salus.epi.errors import InvalidParameterError, NegativeInputError, ShapeMismatchError
from salus.epi.scenario import InForce, Measure, State, advance, begin
from salus.epi.scenario.mixing import transmissibility, zone_mixing
from tests.generative.epi.scenario_models import busy_city, city

ZONES = 4


def days_of(model, days=40, **more):
    state, found = begin(model), []
    for _ in range(days):
        state, course = advance(model, state, **more)
        found.append(course.total("infections")[0])
    return np.array(found), state


def test_open_ways_change_nothing_and_closed_ones_lessen_what_is_met_elsewhere_but_not_r0():
    plain = city()
    free = replace(plain, passable=np.ones((ZONES, ZONES)))
    shut = replace(plain, passable=np.eye(ZONES))
    assert (transmissibility(shut) == transmissibility(plain)).all()
    assert (days_of(free)[0] == days_of(plain)[0]).all()
    # With every way closed the city is one in which everybody stays in their zone: as a whole measure of travel says.
    stay = replace(plain, measures=(Measure("stay", travel=1.0),))
    ordered = days_of(stay, orders=[InForce("stay", 0)])[0]
    assert days_of(shut)[0] == pytest.approx(ordered, rel=1e-12)


def test_one_closed_way_keeps_two_zones_apart_and_the_others_as_they_were():
    model, residents = city(), city().people.sum(axis=1)
    out = model.settings[1]
    way = np.ones((ZONES, ZONES))
    way[0, 1] = way[1, 0] = 0.0
    usual, less = (zone_mixing(out, residents, remain) for remain in (np.ones(ZONES), way))
    assert less[0, 1] < usual[0, 1]
    # Who stays at home instead is met there.
    assert less[0, 0] > usual[0, 0]
    assert (zone_mixing(out, residents, np.ones(ZONES)) == zone_mixing(out, residents, np.ones((ZONES, ZONES)))).all()


def test_the_sites_of_a_zone_give_doses_to_its_people_alone_up_to_what_they_have():
    model = busy_city()
    zones = model.people.shape[0]
    sites = np.zeros(zones)
    sites[2] = 5.0
    for rng in (None, np.random.default_rng(3)):
        state, course = advance(model, begin(model, rng=rng), days=4, sites=np.tile(sites, (4, 1)))
        given = course.path("doses").reshape(4, zones, -1).sum(axis=2)
        assert given[:, 2] == pytest.approx(np.full(4, 5.0)) and given.sum() == pytest.approx(20.0)
        assert (state.block.stock == 0).all()
        again, _ = advance(model, State.from_bytes(state.to_bytes()), sites=sites)
        assert again.day == 5


def test_nobody_is_given_more_doses_than_ask_for_them():
    model = busy_city()
    sites = np.full(model.people.shape[0], 1e9)
    _state, course = advance(model, begin(model), sites=sites)
    uptake = np.asarray(model.vaccine.uptake)
    assert course.total("doses")[0] <= (model.people * uptake).sum() + 1e-6


def test_bad_input_is_named():
    with pytest.raises(ShapeMismatchError, match="passable"):
        city(passable=np.ones((2, 2)))
    with pytest.raises(InvalidParameterError, match="passable"):
        city(passable=np.full((ZONES, ZONES), 1.5))
    model = busy_city()
    with pytest.raises(ShapeMismatchError, match="sites"):
        advance(model, begin(model), sites=[1.0, 2.0, 3.0])
    with pytest.raises(NegativeInputError, match="sites"):
        advance(model, begin(model), sites=-1.0)
    with pytest.raises(InvalidParameterError, match="no vaccine"):
        advance(city(), begin(city()), sites=1.0)
