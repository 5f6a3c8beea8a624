"""What we claim of ISO 37113 is shown by tests, and the page says what the tests say."""

from __future__ import annotations

from salus.config.tools.conformance import STATES, TARGET, claims, page, proofs


def test_every_row_has_a_state_and_says_what_there_is() -> None:
    rows = [row for clause in claims() for row in clause["rows"]]
    assert len(rows) == 84 and len({row["id"] for row in rows}) == 84
    bad = [row["id"] for row in rows if row["state"] not in STATES]
    silent = [row["id"] for row in rows if row["state"] != "not yet" and not row.get("now")]
    unfinished = [row["id"] for row in rows if row["state"] == "begun" and not row.get("missing")]
    assert not bad and not silent and not unfinished


def test_a_row_that_works_is_shown_by_a_spec_test() -> None:
    shown = proofs()
    claimed = [row["id"] for clause in claims() for row in clause["rows"] if row["state"] == "works"]
    assert [row for row in claimed if not shown.get(row)] == []


def test_tests_name_rows_that_exist() -> None:
    known = {row["id"] for clause in claims() for row in clause["rows"]}
    assert set(proofs()) <= known


def test_the_page_is_up_to_date() -> None:
    assert TARGET.read_text(encoding="utf-8") == page(), "Run ./salus docs: docs/conformance.md is out of date."
