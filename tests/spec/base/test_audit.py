"""Every write leaves exactly one audit row, and any tampering is found and named."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

import pytest
from django.db import connection

from salus.base import ids
from salus.base.audit import audited, keys, note
from salus.base.audit.sealing import checkpoint, seal_pending
from salus.base.audit.verifying import verify
from salus.base.models import AuditEntry

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]


@audited("thing.do")
def thing_do(*, thing: UUID, fail: bool = False, by: object) -> UUID:
    note(colour="blue")
    if fail:
        raise ValueError("no")
    return thing


@pytest.fixture(autouse=True)
def own_keys(tmp_path: Path, settings: object) -> None:
    settings.SALUS_DATA_DIR = tmp_path  # type: ignore[attr-defined]


@pytest.fixture
def sealed(somebody: object) -> list[int]:
    for _ in range(10):
        thing_do(thing=ids.new_id(), by=somebody)
    seal_pending()
    checkpoint()
    return list(AuditEntry.objects.order_by("id").values_list("id", flat=True))


def execute(sql: str, *values: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


def test_a_write_leaves_exactly_one_row_with_its_author_and_details(somebody: object) -> None:
    thing = ids.new_id()
    thing_do(thing=thing, by=somebody)
    row = AuditEntry.objects.get()
    assert (row.action, row.record_id, row.by_id, row.detail) == ("thing.do", thing, somebody.id, {"colour": "blue"})  # type: ignore[attr-defined]


def test_a_write_that_fails_leaves_none(somebody: object) -> None:
    with pytest.raises(ValueError, match="no"):
        thing_do(thing=ids.new_id(), fail=True, by=somebody)
    assert not AuditEntry.objects.exists()


def test_a_service_must_be_keyword_only_and_end_in_by() -> None:
    with pytest.raises(TypeError):

        @audited("bad")
        def positional(thing: int, *, by: object) -> None: ...

    with pytest.raises(TypeError):

        @audited("bad")
        def anonymous(*, thing: int) -> None: ...


def test_an_untouched_audit_is_whole(sealed: list[int]) -> None:
    verdict = verify()
    assert verdict.whole and verdict.sealed == 10 and verdict.unsealed == 0


def test_an_edited_row_is_named(sealed: list[int]) -> None:
    execute("UPDATE base_auditentry SET action = %s WHERE id = %s", "thing.undo", sealed[3])
    verdict = verify()
    assert not verdict.whole and verdict.first_bad_entry == sealed[3]


def test_a_deleted_row_is_named(sealed: list[int]) -> None:
    execute("DELETE FROM base_auditentry WHERE id = %s", sealed[5])
    verdict = verify()
    assert (verdict.first_bad_entry, verdict.reason) == (sealed[5], "the row was deleted")


def test_a_row_deleted_with_its_seal_is_found(sealed: list[int]) -> None:
    execute("DELETE FROM base_auditseal WHERE entry_id = %s", sealed[5])
    execute("DELETE FROM base_auditentry WHERE id = %s", sealed[5])
    assert verify().first_bad_position == 6


def test_two_rows_in_another_order_are_found(sealed: list[int]) -> None:
    execute("UPDATE base_auditseal SET entry_id = -1 WHERE entry_id = %s", sealed[2])
    execute("UPDATE base_auditseal SET entry_id = %s WHERE entry_id = %s", sealed[2], sealed[3])
    execute("UPDATE base_auditseal SET entry_id = %s WHERE entry_id = -1", sealed[3])
    assert verify().first_bad_position == 3


def test_a_truncation_is_found_by_the_copy_outside_the_database(sealed: list[int]) -> None:
    execute("DELETE FROM base_auditcheckpoint")
    execute("DELETE FROM base_auditseal WHERE position > 6")
    execute("DELETE FROM base_auditentry WHERE id > %s", sealed[5])
    verdict = verify()
    assert verdict.first_bad_position == 7 and "cut" in verdict.reason


def test_a_chain_rewritten_from_a_row_on_is_found_by_the_signature(sealed: list[int]) -> None:
    execute("UPDATE base_auditentry SET action = %s WHERE id = %s", "thing.undo", sealed[8])
    execute("DELETE FROM base_auditseal WHERE position >= 9")
    seal_pending()
    verdict = verify()
    assert not verdict.whole and "rewritten" in verdict.reason


def test_a_checkpoint_signed_by_another_key_is_refused(sealed: list[int], tmp_path: Path) -> None:
    (tmp_path / "keys" / "audit-signing.pem").unlink()
    keys.signing_key()
    assert "signature" in verify().reason


def test_rows_written_after_the_seal_are_sealed_next(sealed: list[int], somebody: object) -> None:
    thing_do(thing=ids.new_id(), by=somebody)
    assert verify().unsealed == 1
    assert seal_pending() == 1
    assert verify().whole
