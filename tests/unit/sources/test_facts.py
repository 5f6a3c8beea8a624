"""Pure functions from tables to facts."""

from __future__ import annotations

from datetime import date, time, timedelta

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from salus.gather.sources.chunks import FACTS, KEY
from salus.gather.sources.facts import as_facts, changes_only, daily_from_cumulative, moment_on, suppressed_where_null

START = date(2021, 3, 1)


def _moment(day: date, zone: str = "America/New_York") -> str:
    frame = pl.DataFrame({"day": [day]}).select(moment_on(pl.col("day"), time(18), zone))
    return str(frame.item())


def test_a_day_is_known_from_the_evening_in_its_own_city_in_summer_and_winter() -> None:
    assert _moment(date(2021, 7, 1)) == "2021-07-01 22:00:00+00:00"
    assert _moment(date(2021, 12, 1)) == "2021-12-01 23:00:00+00:00"
    assert _moment(date(2021, 3, 14)) == "2021-03-14 22:00:00+00:00"


def test_facts_get_the_same_columns_and_no_value_without_observation() -> None:
    frame = pl.DataFrame(
        {
            "zone": ["A", "B"],
            "valid_on": [START, START],
            "value": [1.0, -1.0],
            "status": [0, 3],
            "known_at": [pl.datetime(2021, 3, 2, time_zone="UTC")] * 0 or [None, None],
        }
    )
    facts = as_facts(frame, series="x.y")
    assert dict(facts.schema) == FACTS
    assert facts["value"].to_list() == [1.0, None]
    assert facts["stratum"].to_list() == ["all", "all"]


def test_an_empty_cell_is_suppressed_where_the_source_holds_back() -> None:
    frame = suppressed_where_null(pl.DataFrame({"n": [3.0, None]}), "n")
    assert frame["status"].to_list() == [0, 2]


version = st.tuples(
    st.integers(0, 2), st.integers(0, 3), st.integers(0, 5), st.sampled_from([0, 0, 1, 3]), st.integers(0, 4)
)


@given(st.lists(version, max_size=40, unique_by=lambda row: row[:3]))
def test_leaving_out_repeats_changes_nothing_that_was_known(rows: list[tuple[int, int, int, int, int]]) -> None:
    frame = pl.DataFrame(
        [("s", f"z{z}", "all", START + timedelta(d), k, float(v) if s == 0 else None, s) for z, d, k, s, v in rows],
        schema={**{name: FACTS[name] for name in KEY}, "known_at": pl.Int64, "value": pl.Float64, "status": pl.Int8},
        orient="row",
    )
    kept = changes_only(frame)
    for moment in range(6):
        assert _as_of(kept, moment).equals(_as_of(frame, moment))


def _as_of(frame: pl.DataFrame, moment: int) -> pl.DataFrame:
    known = frame.filter(pl.col("known_at") <= moment).sort([*KEY, "known_at"])
    return known.unique(KEY, keep="last", maintain_order=True).drop("known_at").sort(KEY)


totals = st.lists(st.tuples(st.integers(1, 9), st.integers(0, 500)), min_size=2, max_size=30)


@given(totals)
def test_additions_and_corrections_add_up_to_the_totals(steps: list[tuple[int, int]]) -> None:
    day, rows = START, []
    for gap, total in steps:
        day += timedelta(gap)
        rows.append(("A", day, total))
    table = pl.DataFrame(rows, schema=["zone", "published_on", "total"], orient="row")
    days = daily_from_cumulative(table)
    assert days["added"].min() >= 0  # type: ignore[operator]
    assert days["correction"].max() <= 0  # type: ignore[operator]
    assert days["valid_on"].to_list() == sorted(days["valid_on"].to_list())
    assert days["valid_on"].n_unique() == (rows[-1][1] - rows[0][1]).days
    assert (days["valid_on"] <= days["published_on"]).all()
    running = 0
    for _, published, total in rows[1:]:
        part = days.filter(pl.col("published_on") == published)
        running += int(part["added"].sum() + part["correction"].sum())
        assert rows[0][2] + running == total
        assert part["added"].max() - part["added"].min() <= 1  # type: ignore[operator]
