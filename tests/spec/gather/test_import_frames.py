"""4-1: a source's own reader brings every published version, through the same spool and commit."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from salus.base.errors import SalusError
from salus.gather.imports import import_frames
from salus.gather.imports.reporting import JobCancelled
from salus.gather.models import Import
from salus.gather.selectors import observations_as_of, parked_list, series_get, series_list
from salus.gather.services import parked_row_fix
from salus.gather.store import counts
from tests.spec.gather.support import BY, CASES, SOURCE

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
SHAPE = {
    "series": pl.String(),
    "zone": pl.String(),
    "valid_on": pl.Date(),
    "known_at": pl.Datetime("us", "UTC"),
    "value": pl.Float64(),
}


def published(day: int, *values: tuple[str, float | None]) -> pl.DataFrame:
    """What was said on one day of October 2020 about the first of that month."""
    moment = datetime(2020, 10, day, 18, tzinfo=UTC)
    rows = [(CASES, zone, date(2020, 10, 1), moment, value) for zone, value in values]
    return pl.DataFrame(rows, schema=SHAPE, orient="row")


def bring(chunks: list[pl.DataFrame], digest: str = "d1", **options: object) -> Import:
    return import_frames(
        source=SOURCE,
        chunks=iter(chunks),
        label="vintages",
        content_digest=digest,
        by=BY,
        **options,  # type: ignore[arg-type]
    )


CHUNKS = [published(2, ("A1", 1.0), ("A2", 2.0)), published(3, ("A1", 1.5), ("A2", None)), published(9, ("A1", 4.0))]


def at(day: int) -> list[float | None]:
    moment = datetime(2020, 10, day, 23, tzinfo=UTC)
    return observations_as_of(viewer=BY, series=CASES, known_at=moment)["value"].to_list()


def test_every_version_is_shown_at_its_own_moment(place: Path) -> None:
    row = bring(CHUNKS)
    assert (row.status, row.rows_written) == ("committed", 5)
    assert (at(2), at(3), at(9)) == ([1.0, 2.0], [1.5, None], [4.0, None])


def test_a_series_is_known_from_the_day_of_its_first_publication(place: Path) -> None:
    before = datetime(2020, 10, 2, 18, tzinfo=UTC)
    assert series_list(viewer=BY, known_at=before) == []
    bring(CHUNKS)
    assert [row.code for row in series_list(viewer=BY, known_at=before)] == [CASES]
    assert series_get(viewer=BY, code=CASES, known_at=before).first_known == before
    assert series_list(viewer=BY, known_at=before - timedelta(microseconds=1)) == []


def test_the_same_digest_changes_nothing(place: Path) -> None:
    first = bring(CHUNKS)

    def untouched() -> Iterator[pl.DataFrame]:
        raise AssertionError("read again")
        yield

    again = import_frames(source=SOURCE, chunks=untouched(), label="x", content_digest="d1", by=BY)
    assert again.id == first.id
    assert Import.objects.count() == 1


def test_an_interrupted_load_goes_on_where_it_was(place: Path) -> None:
    def stop(done: int, total: int | None, message: str) -> None:
        if done >= 4:
            raise JobCancelled

    with pytest.raises(JobCancelled):
        bring(CHUNKS, progress=stop)
    assert counts() == {}
    seen: list[int] = []
    row = bring(CHUNKS, progress=lambda done, total, message: "read" in message and seen.append(done))
    assert (row.status, row.rows_written, seen) == ("committed", 5, [5])


def test_doubtful_rows_wait_and_can_be_mended(place: Path) -> None:
    future = published(2, ("A1", 1.0)).with_columns(pl.lit(date(2020, 12, 1)).alias("valid_on"))
    row = bring([published(2, ("A1", 1.0), ("Z9", 2.0)), future])
    assert (row.rows_written, row.rows_parked) == (1, 2)
    unknown, early = parked_list(viewer=BY)
    assert [parked.defects[0].code for parked in (unknown, early)] == ["unknown_zone", "known_before_valid"]

    parked_row_fix(row=unknown.id, values={"zone": "A2"}, by=BY)
    assert at(2) == [1.0, 2.0]


def test_a_frame_of_an_unknown_series_is_refused_whole(place: Path) -> None:
    strange = published(2, ("A1", 1.0)).with_columns(pl.lit("other.cases").alias("series"))
    with pytest.raises(SalusError, match=r"no series other\.cases"):
        bring([CHUNKS[0], strange])
    assert counts() == {}
    assert Import.objects.get().status == "failed"
