"""A line list gives counts by day and zone, each report once, and the lines themselves for the sealed list."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from salus.base.errors import Invalid
from salus.gather.cases.schemas import CasesChunk
from salus.gather.sources import registry
from salus.gather.sources.chunks import Chunk, FactsChunk

SOURCE = registry.get("exercise_cases")


def read(folder: Path) -> list[Chunk]:
    return list(SOURCE.read()(folder))


def lines(chunks: list[Chunk]) -> list[str]:
    return [line.reference for chunk in chunks if isinstance(chunk, CasesChunk) for line in chunk.lines]


def reported(chunks: list[Chunk], zone: str) -> dict[date, float]:
    frame = pl.concat([chunk.frame for chunk in chunks if isinstance(chunk, FactsChunk)])
    rows = frame.filter(pl.col("zone") == zone, pl.col("series") == "exercise.complaints")
    return dict(rows.select("valid_on", "value").iter_rows())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(SOURCE.fixture, tmp_path / "feeds")
    return tmp_path / "feeds"


def test_each_report_counts_once_on_the_day_on_which_it_came(folder: Path) -> None:
    chunks = read(folder)
    cases = sum(reported(chunks, "ALMA").values())
    text = "\n".join(path.read_text(encoding="utf-8") for path in sorted((folder / "cases").glob("*.csv")))
    told = {row.split(",")[0] for row in text.splitlines() if ",case," in row}
    assert cases == len(told) > 5


def test_a_report_that_comes_again_is_no_second_case(folder: Path) -> None:
    before = sum(reported(read(folder), "ALMA").values())
    files = sorted((folder / "cases").glob("*.csv"))
    row = files[0].read_text(encoding="utf-8").splitlines()[1]
    last = files[-1].read_text(encoding="utf-8")
    files[-1].write_text(last + row + "\n", encoding="utf-8")
    again = read(folder)
    assert sum(reported(again, "ALMA").values()) == before
    assert lines(again).count(row.split(",")[0]) == 2


def test_lines_that_say_nothing_wait_for_a_person_and_a_broken_file_is_refused(folder: Path) -> None:
    file = sorted((folder / "cases").glob("*.csv"))[0]
    head, first, *rest = file.read_text(encoding="utf-8").splitlines()
    before = lines(read(folder)).count(first.split(",")[0])
    file.write_text("\n".join([head, first.replace(",case,", ",perhaps,"), *rest]) + "\n", encoding="utf-8")
    chunks = read(folder)
    [waiting] = [row for chunk in chunks if isinstance(chunk, CasesChunk) for row in chunk.parked]
    assert (waiting.line, [(fault.column, fault.code) for fault in waiting.defects]) == (
        2,
        [("asked_as", "no_such_word")],
    )
    assert not any(fault.value for fault in waiting.defects)
    assert lines(chunks).count(first.split(",")[0]) == before - 1
    file.write_text("report_id,zone\nC1,SAL-3\n", encoding="utf-8")
    with pytest.raises(Invalid):
        read(folder)


def test_each_water_main_serves_its_zone() -> None:
    chunk = next(chunk for chunk in read(SOURCE.fixture) if isinstance(chunk, CasesChunk))
    assert {area.network for area in chunk.areas} == {"water"}
    assert all(area.zones and area.upstream.startswith("WAT-") for area in chunk.areas)
