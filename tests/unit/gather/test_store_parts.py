"""The parts of the store that need no database: the order of the key, the checks, the binary rows."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from salus.gather.store import SCHEMA, StoreError, postgres
from salus.gather.store.columns import KEY, checked
from salus.gather.store.ordering import key_order

WIDE = st.integers(-(2**31), 2**31 - 1)
FACT = st.tuples(
    WIDE, st.integers(-(2**40), 2**40).map(lambda n: n * 86400), WIDE, st.integers(0, 3),
    st.integers(0, 2**53), st.none() | st.floats(allow_nan=False, allow_infinity=False),
)  # fmt: skip


def frame(rows: list[tuple[object, ...]]) -> pl.DataFrame:
    return pl.DataFrame([(*row, 0 if row[5] is not None else 1) for row in rows], schema=SCHEMA, orient="row")


@given(rows=st.lists(FACT, max_size=60))
def test_the_order_is_that_of_the_key_and_keeps_ties_as_they_came(rows: list[tuple[object, ...]]) -> None:
    facts = frame(rows).with_row_index("row")
    order = key_order(facts)
    ours = facts if order is None else facts[order]
    assert ours.rows() == facts.sort(KEY, maintain_order=True).rows()


def test_what_is_in_order_is_not_sorted_again() -> None:
    facts = frame([(1, day * 86400, 2, 0, 5, 1.0) for day in range(10)])
    assert key_order(facts) is None


@given(rows=st.lists(FACT, max_size=60))
def test_binary_rows_read_back_as_they_were(rows: list[tuple[object, ...]]) -> None:
    facts = frame(rows)
    # PostgreSQL answers with a value in place of none, so that all rows are of one length.
    filled = facts.with_columns(pl.col("value").fill_null(0.0))
    payload = postgres.HEADER + bytes(postgres.encode(filled, 7)) + postgres.TRAILER
    schema = {name: {**SCHEMA, "batch": pl.Int64()}[name] for name in postgres.WIDTHS}
    back = postgres.decode(payload, schema)
    assert back.select(list(SCHEMA)).rows() == filled.rows()
    assert set(back["batch"]) <= {7}


def test_a_row_without_a_value_says_so_in_its_length() -> None:
    with_value, without = (postgres.encode(frame([(1, 0, 1, 0, 1, value)]), 1) for value in (1.0, None))
    assert len(with_value) - len(without) == 8


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"value": float("nan")}, "finite value"),
        ({"value": float("inf")}, "finite value"),
        ({"value": None}, "finite value"),
        ({"status": 1}, "any other fact has none"),
        ({"status": 9}, "outside 0 to 3"),
        ({"zone": None}, "empty cells"),
    ],
)
def test_facts_that_the_store_cannot_take(change: dict[str, object], words: str) -> None:
    fact = {"series": 1, "valid_at": 0, "zone": 1, "stratum": 0, "known_at": 1, "value": 1.0, "status": 0, **change}
    with pytest.raises(StoreError, match=words):
        checked(pl.DataFrame([fact], schema=SCHEMA))


def test_a_column_that_is_missing_or_of_the_wrong_kind() -> None:
    facts = frame([(1, 0, 1, 0, 1, 1.0)])
    with pytest.raises(StoreError, match="lack the columns zone"):
        checked(facts.drop("zone"))
    with pytest.raises(StoreError, match="wrong type"):
        checked(facts.with_columns(pl.lit("west").alias("zone")))
