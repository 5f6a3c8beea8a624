"""Laws of crowding: against a plain count, in any order, with any number of threads."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime
from itertools import pairwise

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from salus.epi import to_frame
from salus.epi.crowding import CrowdingCounter, count_crowding, count_crowding_files, expected_crowding

DAY = 86_400


@st.composite
def pings(draw):
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    rows, people = draw(st.integers(1, 400)), draw(st.integers(1, 30))
    zones = draw(st.integers(1, 9))
    names = rng.integers(-(2**62), 2**62, size=people)
    person = names[rng.integers(0, people, rows)]
    # Few distinct seconds, so that many rows of a person fall together.
    time = rng.integers(-3, 4, rows) * draw(st.sampled_from([900, 3600, 50_000])) + rng.integers(0, 2, rows)
    zone = rng.integers(-1 if rows > 1 else 0, zones, rows)
    zone[0] = 0
    return person, time, zone, zones


def plainly(person, time, zone, zones, gap=None):
    """The definition, row by row."""
    inside = zone >= 0
    rows = sorted(zip(person[inside].tolist(), time[inside].tolist(), zone[inside].tolist(), strict=True))
    start = min(row[1] for row in rows) // DAY * DAY
    last = max(row[1] for row in rows) - start
    seen = {(who, (when - start) // 3600, where) for who, when, where in rows}
    occupancy = np.zeros((last // 3600 + 1, zones), dtype=np.int64)
    for _, hour, where in seen:
        occupancy[hour, where] += 1
    flows = np.zeros((last // DAY + 1, zones, zones), dtype=np.int64)
    for before, after in pairwise(rows):
        near = gap is None or after[1] - before[1] <= gap
        if before[0] == after[0] and before[2] != after[2] and near:
            flows[(after[1] - start) // DAY, before[2], after[2]] += 1
    return occupancy, flows, start


@given(pings(), st.sampled_from([None, 0, 1000]))
@settings(max_examples=60, deadline=None)
def test_counts_are_those_of_the_definition(data, gap):
    person, time, zone, zones = data
    found = count_crowding(person, time, zone, zones=zones, longest_gap=gap)
    occupancy, flows, start = plainly(person, time, zone, zones, gap)
    np.testing.assert_array_equal(found.occupancy, occupancy)
    np.testing.assert_array_equal(found.flows, flows)
    assert (found.start, found.rows, found.outside) == (start, (zone >= 0).sum(), (zone < 0).sum())
    assert found.people == np.unique(person[zone >= 0]).size


@given(pings(), st.integers(0, 1000), st.integers(1, 5))
@settings(max_examples=40, deadline=None)
def test_order_pieces_and_threads_change_no_byte(data, seed, cuts):
    person, time, zone, zones = data
    whole = count_crowding(person, time, zone, zones=zones)
    order = np.random.default_rng(seed).permutation(person.size)
    with ThreadPoolExecutor(2) as executor:
        counter = CrowdingCounter(zones=zones, executor=executor)
        for part in np.array_split(order, cuts):
            counter.add(person[part], time[part], zone[part].astype(np.int32))
        again = counter.counts()
    assert whole.occupancy.tobytes() == again.occupancy.tobytes()
    assert whole.flows.tobytes() == again.flows.tobytes()
    assert (whole.people, whole.rows, whole.outside) == (again.people, again.rows, again.outside)


@given(pings())
@settings(max_examples=20, deadline=None)
def test_repeated_rows_change_nothing_but_their_number(data):
    person, time, zone, zones = data
    once = count_crowding(person, time, zone, zones=zones)
    twice = count_crowding(np.tile(person, 2), np.tile(time, 2), np.tile(zone, 2), zones=zones)
    np.testing.assert_array_equal(once.occupancy, twice.occupancy)
    np.testing.assert_array_equal(once.flows, twice.flows)
    assert twice.rows == 2 * once.rows


def test_files_count_as_arrays_do(tmp_path):
    rng = np.random.default_rng(5)
    person, time, zone = rng.integers(0, 300, 5000), rng.integers(0, 3 * DAY, 5000), rng.integers(-1, 20, 5000)
    whole = count_crowding(person, time, zone, zones=20)
    paths = []
    for name, part in enumerate(np.array_split(np.arange(5000), 3)):
        paths.append(tmp_path / f"{name}.parquet")
        moments = time[part].astype("datetime64[s]").astype("datetime64[us]")
        pl.DataFrame({"zone": zone[part], "time": moments, "person": person[part]}).write_parquet(paths[-1])
    found = count_crowding_files(paths[::-1], zones=20)
    assert whole.occupancy.tobytes() == found.occupancy.tobytes()
    assert whole.flows.tobytes() == found.flows.tobytes()


def simulated(seed, weeks, scale, dispersion, drift):
    """A city whose zones have a daily and weekly pattern, a wandering level and noise."""
    rng = np.random.default_rng(seed)
    hours, zones = np.arange(weeks * 168), 15
    size, peak = rng.lognormal(np.log(scale), 1.0, zones), rng.uniform(8, 16, zones)
    pattern = 1 + 0.8 * np.cos((hours[:, None] % 24 - peak) / 24 * 2 * np.pi)
    weekend = np.where((hours // 24 % 7 >= 5)[:, None], rng.uniform(0.4, 1.5, zones), 1.0)
    level = np.exp(np.repeat(rng.normal(0, drift, (weeks * 7, zones)).cumsum(axis=0), 24, axis=0))
    mean = size * pattern * weekend * level + 0.01
    return rng.negative_binomial(1 / dispersion, 1 / (1 + dispersion * mean))


@pytest.mark.parametrize(("scale", "dispersion", "drift"), [(100, 0.05, 0.03), (50, 0.3, 0.07), (1000, 0.02, 0.1)])
def test_intervals_hold_what_they_promise(scale, dispersion, drift):
    inside, narrow = [], []
    for seed in range(3):
        counts = simulated(seed, 9, scale, dispersion, drift)
        ahead = expected_crowding(counts[:-168], start=datetime(2024, 1, 1), horizon=168)
        truth, quantiles = counts[-168:], ahead.quantiles
        inside.append((truth >= quantiles[..., 0]) & (truth <= quantiles[..., -1]))
        narrow.append((truth >= quantiles[..., 2]) & (truth <= quantiles[..., -3]))
    assert 0.91 <= np.mean(inside) <= 0.985
    assert 0.42 <= np.mean(narrow) <= 0.62


@given(st.integers(0, 1000))
@settings(max_examples=5, deadline=None)
def test_zones_in_another_order_have_the_same_forecast(seed):
    counts = simulated(seed, 4, 40, 0.1, 0.02)
    order = np.random.default_rng(seed).permutation(counts.shape[1])
    one = expected_crowding(counts, start=datetime(2024, 1, 1), horizon=30)
    other = expected_crowding(counts[:, order], start=datetime(2024, 1, 1), horizon=30)
    np.testing.assert_allclose(one.mean[:, order], other.mean, rtol=1e-9)
    assert np.mean(one.quantiles[:, order] == other.quantiles) > 0.999


def test_a_city_that_repeats_itself_is_foretold():
    hours = np.arange(6 * 168)
    counts = (20 + 10 * (hours % 24) + 50 * (hours // 24 % 7 == 2))[:, None] * np.ones((1, 3))
    ahead = expected_crowding(counts, start=datetime(2024, 1, 1), horizon=168)
    np.testing.assert_allclose(ahead.mean, counts[:168], rtol=0.15)
    assert ahead.start == datetime(2024, 2, 12)
    frame = to_frame(ahead, reference_date=date(2024, 2, 12), target="people", locations=["a", "b", "c"])
    assert frame.height == 168 * 3 * ahead.quantile_levels.size


def test_a_holiday_is_like_a_sunday():
    hours = np.arange(8 * 168)
    counts = np.where(hours // 24 % 7 == 6, 10.0, 100.0)
    plain = expected_crowding(counts, start=datetime(2024, 1, 1), horizon=24)
    holiday = expected_crowding(counts, start=datetime(2024, 1, 1), horizon=24, holidays=[date(2024, 2, 26)])
    assert plain.mean.mean() > 80
    assert holiday.mean.mean() < 35
