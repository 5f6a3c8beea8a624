"""New York's reader on made-up files of the same shape."""

from __future__ import annotations

import shutil
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest

from salus.base.errors import Invalid
from salus.gather.sources import registry
from salus.gather.sources.chunks import FactsChunk, PopulationChunk, ZonesChunk
from salus.gather.sources.nyc.reader import read
from salus.gather.sources.nyc.windows import window_end

FIXTURE = registry.get("nyc").fixture
CHUNKS = list(read(FIXTURE))


def facts(series: str) -> pl.DataFrame:
    frame = pl.concat([chunk.frame for chunk in CHUNKS if isinstance(chunk, FactsChunk)])
    return frame.filter(pl.col("series") == series)


def test_zones_have_parents_and_postcodes_and_no_park() -> None:
    zones = {spec.code: spec for chunk in CHUNKS if isinstance(chunk, ZonesChunk) for spec in chunk.zones}
    assert set(zones) == {"NYC", "BX", "QN", "10451", "10452", "11101", "UHF101", "UHF401"}
    assert zones["10452"].parent_code == "BX"
    assert zones["10452"].aliases == ("10450", "10452", "10499")
    assert zones["UHF101"].level == "neighbourhood"
    codes = list(zones)
    assert codes.index("11101") < codes.index("UHF101")


def test_people_live_in_zones() -> None:
    (people,) = [chunk for chunk in CHUNKS if isinstance(chunk, PopulationChunk)]
    assert sum(row.people for row in people.rows) == pytest.approx(123_000.5)


def test_a_withdrawn_value_is_withdrawn_from_its_day_on() -> None:
    cell = facts("nyc.cases").filter(pl.col("zone") == "NYC", pl.col("valid_on") == date(2021, 3, 2))
    assert cell["status"].to_list() == [0, 0, 0, 3]
    assert cell["value"].to_list() == [5.0, 8.0, 9.0, None]
    assert cell["known_at"][3] == datetime(2021, 3, 8, 23, tzinfo=UTC)


def test_new_cases_share_a_gap_and_clip_a_fall() -> None:
    frame = facts("nyc.zone_cases_reported").filter(pl.col("zone") == "10451")
    days = {
        row["valid_on"].day: (row["value"], row["status"], row["known_at"].day) for row in frame.iter_rows(named=True)
    }
    assert days[4] == (7.0, 0, 4)
    assert days[5] == days[6] == days[7] == (None, 1, 7)  # addresses were placed anew
    assert [days[day] for day in (9, 10, 11)] == [(3.0, 0, 11), (3.0, 0, 11), (4.0, 0, 11)]
    assert days[12] == (0.0, 0, 12)
    taken = facts("nyc.zone_cases_corrections").filter(pl.col("zone") == "10451")
    assert dict(zip(taken["valid_on"].dt.day().to_list(), taken["value"].to_list(), strict=True)) == {
        7: -17.0,
        12: -2.0,
    }


def test_a_postcode_of_nowhere_is_left_out_and_told() -> None:
    (totals,) = [chunk for chunk in CHUNKS if isinstance(chunk, FactsChunk) and chunk.label == "zone totals"]
    assert "11096" in totals.notes[0]
    assert "11096" not in totals.frame["zone"]


def test_windows_end_in_the_right_year() -> None:
    frame = pl.DataFrame(
        {
            "as_of": ["2021-01-04", "2022-01-05", "2021-12-31"],
            "daterange": ["December 26-January 1", "December 4-December 31", "December 20-December 29"],
        }
    )
    ends = window_end(frame).sort("as_of")["valid_on"].to_list()
    assert ends == [date(2021, 1, 1), date(2021, 12, 29), date(2021, 12, 31)]


def test_an_unchanged_window_is_not_told_twice_and_small_deaths_are_suppressed() -> None:
    deaths = facts("nyc.zone_deaths_28d")
    assert len(deaths) == 3
    assert deaths.filter(pl.col("zone") == "10451")["status"].to_list() == [2]


def test_files_without_versions_are_known_only_after_their_delay() -> None:
    visits = facts("nyc.emergency_visits_per_100k")
    assert visits["valid_on"].unique().to_list() == [date(2021, 3, 1)]
    assert visits["known_at"].unique().to_list() == [datetime(2021, 3, 4, 23, tzinfo=UTC)]
    rates = facts("nyc.case_rate_by_age")
    assert rates["valid_on"].unique().to_list() == [date(2021, 2, 28)]
    assert (rates["known_at"].dt.date() > date(2021, 3, 6)).all()
    marked = {row.code for row in registry.manifest("nyc").series if row.reconstructed_known_at}
    assert {"nyc.emergency_visits_per_100k", "nyc.case_rate_by_age"} <= marked


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    return Path(shutil.copytree(FIXTURE, tmp_path / "nyc"))


@pytest.mark.parametrize("name", sorted(path.name for path in FIXTURE.iterdir()))
def test_a_missing_file_is_named(copied: Path, name: str) -> None:
    (copied / name).unlink()
    with pytest.raises(Invalid, match=name.replace(".", r"\.")):
        list(read(copied))


@pytest.mark.parametrize("name", sorted(path.name for path in FIXTURE.iterdir()))
def test_a_broken_file_is_named(copied: Path, name: str) -> None:
    path = copied / name
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2] if path.suffix != ".csv" else b"\xff\xfe\x00")
    with pytest.raises(Invalid, match=name.replace(".", r"\.")):
        list(read(copied))


def test_another_table_under_the_same_name_is_told_by_its_columns(copied: Path) -> None:
    pl.DataFrame({"a": [1]}).write_parquet(copied / "daily_vintages.parquet")
    with pytest.raises(Invalid, match="no column as_of, area, metric, date, value; it has a"):
        list(read(copied))


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="There is no folder"):
        list(read(tmp_path / "nowhere"))
