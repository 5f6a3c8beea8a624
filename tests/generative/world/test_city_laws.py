"""Whatever the seed and the size: a city of exactly that many people, whole and the same again."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from salus.world.city.daily import travel_matrix
from salus.world.city.ground import make_ground
from salus.world.city.hours import BLOCKS
from salus.world.city.pack import build
from salus.world.city.people import make_people
from salus.world.truth.place import read_place


@given(seed=st.integers(0, 10_000), people=st.integers(2_000, 60_000))
@settings(max_examples=25, deadline=None)
def test_any_seed_makes_a_city_of_exactly_its_size(seed: int, people: int) -> None:
    rng = np.random.default_rng(seed)
    ground = make_ground(people, rng)
    made = make_people(ground, people, rng)
    assert made.count == people
    assert shapely.coverage_is_valid(list(ground.zones))
    assert all(area.is_valid and not area.is_empty for area in (*ground.zones, *ground.districts, ground.city))
    assert np.isclose(sum(area.area for area in ground.zones), ground.city.area)
    assert np.allclose(travel_matrix(ground).sum(axis=1), 1.0)
    assert (np.bincount(made.household, minlength=made.kind.size) > 0).all()
    assert set(np.unique(made.decile)) <= set(range(1, 11))


@given(seed=st.integers(0, 500), people=st.integers(2_000, 30_000))
@settings(max_examples=5, deadline=None)
def test_everybody_is_somewhere_at_every_hour_and_most_are_at_home_by_night(seed: int, people: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        place = read_place(build(Path(folder) / "city", seed=seed, people=people))
    living = place.people.sum(axis=1)
    assert all(sum(block.holds(hour) for block in BLOCKS) == 1 for hour in range(24))
    assert np.isclose(sum(block.meetings for block in BLOCKS), 1.0)
    assert np.allclose(place.presence.sum(axis=2), 1.0)
    assert place.presence.min() >= 0
    assert all(np.isclose(place.people_at(hour).sum(), living.sum()) for hour in range(24))
    home = [float(living @ np.diag(share)) for share in place.presence]
    assert max(home) == home[0]
    assert home[0] > 0.9 * living.sum()


@given(seed=st.integers(0, 500))
@settings(max_examples=4, deadline=None)
def test_the_same_seed_makes_the_same_bytes(seed: int) -> None:
    with tempfile.TemporaryDirectory() as place:
        one, two = (build(Path(place) / name, seed=seed, people=2_000) for name in ("one", "two"))
        files = sorted(path.relative_to(one) for path in one.rglob("*") if path.is_file())
        assert files == sorted(path.relative_to(two) for path in two.rglob("*") if path.is_file())
        assert all((one / name).read_bytes() == (two / name).read_bytes() for name in files)
