"""Large files, full disks and imports that stop: nothing half-visible, and the work goes on."""

from __future__ import annotations

import errno
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from salus.base.errors import SalusError
from salus.base.jobs import JobCancelled
from salus.gather.imports import pipeline, spool
from salus.gather.imports.faults import DiskFull
from salus.gather.imports.readers import delimited
from salus.gather.models import Import
from salus.gather.selectors import parked_list
from salus.gather.services import (
    import_cancel,
    import_resume,
    import_start,
)
from salus.gather.store import counts
from tests.spec.gather.support import BY, LONG, ROWS, SOURCE, bring, given, large, refusal

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


@pytest.mark.slow
@pytest.mark.parametrize("bad", ['2021-11-15,"A1,3\n', "2021-11-15\n", "2021-11-15,A1,3,4,5\n"])
def test_a_large_csv_with_one_bad_line_in_its_middle(place: Path, bad: str) -> None:
    path = place / "large.csv"
    observations = large(path, int(os.environ.get("SALUS_TEST_HUGE_MB", "24")), bad)
    row = bring(path)

    assert (row.status, row.rows_written, row.rows_parked) == ("committed", observations, 1)
    assert row.rows_good == row.rows_read - 1
    (parked,) = parked_list(viewer=BY)
    assert parked.line == (row.rows_read + 1) // 2 + 1
    assert parked.raw[""].strip() == bad.strip()


# A full disk


def test_a_full_disk_while_reading(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delimited, "BLOCK", 1 << 20)
    path = place / "large.csv"
    observations = large(path, 4)
    whole, written = spool._write, []

    def out_of_space(target: Path, content: bytes) -> None:
        written.append(target.name)
        if len(written) > 7:
            raise OSError(errno.ENOSPC, "No space left on device")
        whole(target, content)

    monkeypatch.setattr(spool, "_write", out_of_space)
    assert "disk is full" in refusal(path)
    row = Import.objects.latest("number")

    monkeypatch.setattr(spool, "_write", whole)
    seen: list[int] = []
    import_resume(import_id=row.id, queue=False, by=BY)
    pipeline.run(
        import_id=row.id, by=BY, progress=lambda done, total, message: "rows read" in message and seen.append(done)
    )
    row.refresh_from_db()
    assert (row.status, row.rows_written) == ("committed", observations)
    # What had been read was not read again.
    assert min(seen) > 2 << 20


@pytest.fixture
def small_disk(place: Path, settings: Any) -> Iterator[Path]:
    """The data folder on a disk of 6 MB."""
    folder = Path(settings.SALUS_DATA_DIR)
    folder.mkdir(parents=True, exist_ok=True)
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", str(folder)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("needs the right to mount a small disk")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_disk_that_is_really_full(small_disk: Path, place: Path) -> None:
    path = place / "large.csv"
    observations = large(path, 10)
    with pytest.raises(DiskFull, match="disk is full"):
        bring(path)
    assert counts() == {}

    subprocess.run(["mount", "-o", "remount,size=200m", str(small_disk)], check=True)
    assert bring(path).rows_written == observations


@pytest.mark.django_db(transaction=True)
def test_a_full_database(place: Path, store_emptied: None) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("SQLite's own limit stands for the full disk")
    path = place / "large.csv"
    observations = large(path, 2)
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA page_count")
        cursor.execute(f"PRAGMA max_page_count = {cursor.fetchone()[0] + 20}")
        try:
            with pytest.raises(DiskFull, match="Nothing of this import is visible"):
                bring(path)
        finally:
            cursor.execute("PRAGMA max_page_count = 1073741823")
    row = Import.objects.latest("number")
    assert counts() == {}

    import_resume(import_id=row.id, queue=False, by=BY)
    pipeline.run(import_id=row.id, by=BY)
    row.refresh_from_db()
    assert (row.status, row.rows_written) == ("committed", observations)


# Stopping


def test_a_cancelled_import_leaves_nothing_and_goes_on_later(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delimited, "BLOCK", 1 << 20)
    path = place / "large.csv"
    observations = large(path, 4)

    def stop(done: int, total: int | None, message: str) -> None:
        if done > 2 << 20:
            raise JobCancelled

    with pytest.raises(JobCancelled):
        bring(path, progress=stop)
    row = Import.objects.latest("number")
    assert (row.status, counts()) == ("cancelled", {})

    import_resume(import_id=row.id, queue=False, by=BY)
    pipeline.run(import_id=row.id, by=BY)
    row.refresh_from_db()
    assert (row.status, row.rows_written) == ("committed", observations)
    with pytest.raises(SalusError, match="nothing to cancel"):
        import_cancel(import_id=row.id, by=BY)


def test_two_workers_do_not_work_on_one_import(place: Path) -> None:
    row = import_start(source=SOURCE, path=given(place, ROWS), mapping=LONG, queue=False, by=BY)
    with spool.Spool(row.id).held(), pytest.raises(SalusError, match="being worked on already"):
        pipeline.run(import_id=row.id, by=BY)
