"""The laws of the store: what was known at a moment never changes, whatever is learnt later.

Each example lives in its own transaction, rolled back at its end; the same laws hold on both databases.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import polars as pl
import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from salus.gather.store import SCHEMA, append, append_files, appending, as_of, counts, versions

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
DAY = 86_400
LATEST = 60

Fact = tuple[int, int, int, int, int, float | None, int]


def content() -> st.SearchStrategy[tuple[float | None, int]]:
    """A value, or one of the three ways of having none."""
    observed = st.sampled_from([0.0, 1.0, 2.5, -0.0, 1e300]).map(lambda value: (value, 0))
    return observed | st.sampled_from([(None, 1), (None, 2), (None, 3)])


MOMENTS = st.integers(0, 50)


@st.composite
def facts(draw: Callable[..., Any], known: st.SearchStrategy[int] = MOMENTS) -> Fact:
    cell = [draw(st.integers(1, 2)), draw(st.integers(0, 2)) * DAY, draw(st.integers(1, 2)), draw(st.integers(0, 1))]
    return (*cell, draw(known), *draw(content()))


def frame(rows: list[Fact]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def batches(least: int = 0) -> st.SearchStrategy[list[list[Fact]]]:
    return st.lists(st.lists(facts(), max_size=12), min_size=least, max_size=4)


class _Undo(Exception):
    pass


def undone(test: Callable[..., None]) -> Callable[..., None]:
    """Run each example in a transaction that leaves nothing."""

    @functools.wraps(test)
    def wrapped(*args: Any, **kwargs: Any) -> None:
        try:
            with transaction.atomic():
                test(*args, **kwargs)
                raise _Undo
        except _Undo:
            pass

    return wrapped


def state(moment: int, **options: Any) -> list[tuple[Any, ...]]:
    return as_of(series=[1, 2], known_at=moment, **options).rows()


def fill(parts: list[list[Fact]]) -> None:
    for number, rows in enumerate(parts, start=1):
        append(frame(rows), batch=number)


def expected(parts: list[list[Fact]], moment: int) -> list[tuple[Any, ...]]:
    """What a dictionary would say, for facts whose moments differ."""
    latest: dict[tuple[int, ...], Fact] = {}
    for fact in sorted((fact for rows in parts for fact in rows), key=lambda fact: fact[4]):
        if fact[4] <= moment:
            latest[fact[:4]] = fact
    return [fact for _cell, fact in sorted(latest.items()) if fact[6] != 3]


def distinct(parts: list[list[Fact]]) -> list[list[Fact]]:
    """Keep one fact for each cell and moment."""
    seen: set[tuple[int, ...]] = set()

    def is_first(fact: Fact) -> bool:
        first = fact[:5] not in seen
        seen.add(fact[:5])
        return first

    return [[fact for fact in rows if is_first(fact)] for rows in parts]


@given(parts=batches(), moment=st.integers(0, LATEST))
@undone
def test_nothing_is_visible_before_it_was_known(parts: list[list[Fact]], moment: int) -> None:
    fill(parts)
    assert all(row[4] <= moment for row in state(moment, include_withdrawn=True))
    assert all(row[4] <= moment for row in versions(series=[1, 2], known_at=moment).rows())


@given(before=batches(), moment=st.integers(0, 50), data=st.data())
@undone
def test_what_is_learnt_later_changes_no_earlier_view(before: list[list[Fact]], moment: int, data: Any) -> None:
    fill(before)
    seen = state(moment, include_withdrawn=True)
    later = data.draw(st.lists(facts(known=st.integers(moment + 1, moment + 9)), max_size=12))
    append(frame(later), batch=99)
    assert state(moment, include_withdrawn=True) == seen


@given(parts=batches(), moment=st.integers(0, LATEST))
@undone
def test_the_store_says_what_a_dictionary_would(parts: list[list[Fact]], moment: int) -> None:
    parts = distinct(parts)
    fill(parts)
    assert state(moment) == expected(parts, moment)


@given(parts=batches(1), data=st.data())
@undone
def test_an_append_twice_is_an_append_once(parts: list[list[Fact]], data: Any) -> None:
    fill(parts)
    before = versions(series=[1, 2], known_at=LATEST).rows()
    number = data.draw(st.integers(0, len(parts) - 1))
    done = append(frame(parts[number]), batch=99)
    assert (done.written, done.unchanged) == (0, len(parts[number]))
    assert versions(series=[1, 2], known_at=LATEST).rows() == before


@given(parts=batches(1), order=st.randoms(use_true_random=False), moment=st.integers(0, LATEST))
def test_the_order_of_batches_and_rows_does_not_matter(parts: list[list[Fact]], order: Any, moment: int) -> None:
    parts = distinct(parts)

    @undone
    def one(found: list[Any], filled: list[list[Fact]]) -> None:
        fill(filled)
        found.append(state(moment))

    found: list[Any] = []
    one(found, parts)
    shuffled = [order.sample(rows, len(rows)) for rows in order.sample(parts, len(parts))]
    one(found, shuffled)
    assert found[0] == found[1]


@given(rows=st.lists(facts(known=st.just(7)), min_size=1, max_size=20))
@undone
def test_no_content_is_lost_where_moments_are_equal(rows: list[Fact]) -> None:
    done = append(frame(rows), batch=1)
    stored = versions(series=[1, 2], known_at=LATEST).rows()
    assert {(row[:4], row[5:7]) for row in stored} == {(row[:4], row[5:]) for row in rows}
    assert done.written == len(stored)
    assert done.written + done.unchanged == len(rows)
    # The first one keeps its moment; each other one follows a microsecond later.
    cells: dict[Any, list[int]] = {}
    for row in stored:
        cells.setdefault(row[:4], []).append(row[4])
    assert all(moments == list(range(7, 7 + len(moments))) for moments in cells.values())


@given(value=st.sampled_from([0.0, 5.0]))
@undone
def test_zero_missing_suppressed_and_withdrawn_are_four_things(value: float) -> None:
    rows: list[Fact] = [
        (1, 0, 1, 0, 10, value, 0),
        (1, 0, 2, 0, 10, None, 1),
        (1, DAY, 1, 0, 10, None, 2),
        (1, DAY, 2, 0, 10, 4.0, 0),
        (1, DAY, 2, 0, 20, None, 3),
    ]
    append(frame(rows), batch=1)
    assert [(row[5], row[6]) for row in state(15)] == [(value, 0), (None, 1), (None, 2), (4.0, 0)]
    assert [(row[5], row[6]) for row in state(25)] == [(value, 0), (None, 1), (None, 2)]
    assert state(25, include_withdrawn=True)[-1][6] == 3
    assert counts() == {1: 5}


@given(parts=batches(1), slice_rows=st.integers(1, 9), moment=st.integers(0, LATEST))
@undone
def test_slices_and_files_append_what_one_piece_would(parts: list[list[Fact]], slice_rows: int, moment: int) -> None:
    import tempfile
    from pathlib import Path
    from unittest import mock

    parts = distinct(parts)
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder) / f"{number}.parquet" for number in range(len(parts))]
        for path, rows in zip(files, parts, strict=True):
            frame(rows).write_parquet(path)
        with mock.patch.multiple(appending, SLICE=slice_rows, BUCKET=slice_rows):
            done = append_files(files, batch=1)
    assert done.written == sum(len(rows) for rows in parts)
    assert state(moment) == expected(parts, moment)
