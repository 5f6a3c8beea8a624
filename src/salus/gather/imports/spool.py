"""The spool: what was read so far, on disk, so that a killed import goes on where it stopped.

Each piece is written whole, then the checkpoint that counts it: both by renaming a finished file. A
piece that no checkpoint counts is read again. Nothing here is visible to anybody before the commit.
"""

from __future__ import annotations

import contextlib
import fcntl
import io
import json
import os
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import polars as pl
from django.conf import settings
from django.utils.translation import gettext as _

from salus.base.errors import Conflict
from salus.gather.imports.faults import disk_watched

_CHECKPOINT = "checkpoint.json"
_GROUP = 16_384


@dataclass(slots=True)
class Checkpoint:
    """How far the reading is, and what it has found."""

    # The content and the way of reading it: pieces of another one are thrown away.
    digest: str = ""
    pieces: int = 0
    position: dict[str, Any] | None = None
    rows_read: int = 0
    rows_good: int = 0
    rows_parked: int = 0
    facts: int = 0
    by_code: dict[str, int] = field(default_factory=dict)
    defects: list[dict[str, Any]] = field(default_factory=list)
    series: dict[str, int] = field(default_factory=dict)
    evidence: dict[str, Any] = field(default_factory=dict)
    date_order: str = ""
    decimal: str = ""
    finished: bool = False


class Spool:
    """The folder of one import."""

    def __init__(self, import_id: UUID) -> None:
        self.folder = Path(settings.SALUS_DATA_DIR) / "spool" / str(import_id)

    @property
    def staged(self) -> Path:
        """Return where the file lies until it is kept under its hash."""
        return self.folder / "incoming"

    @contextlib.contextmanager
    def held(self) -> Iterator[None]:
        """Hold the import for this process: two would write each other's pieces."""
        with disk_watched():
            self.folder.mkdir(parents=True, exist_ok=True)
            lock = (self.folder / "lock").open("w")
        with lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise Conflict(_("This import is being worked on already."), remedy=_("Wait until it ends.")) from error
            yield

    def checkpoint(self, digest: str) -> Checkpoint:
        """Return how far the reading of this content is; the beginning where nothing usable is left."""
        try:
            kept = Checkpoint(**json.loads((self.folder / _CHECKPOINT).read_text(encoding="utf-8")))
        except (FileNotFoundError, ValueError, TypeError):
            kept = Checkpoint()
        if kept.digest != digest or not self._has_all(kept.pieces):
            self.clear()
            return Checkpoint(digest=digest)
        return kept

    def _has_all(self, pieces: int) -> bool:
        return all(self._facts(number).exists() for number in range(pieces))

    def write(self, facts: pl.DataFrame, parked: Sequence[dict[str, Any]], state: Checkpoint) -> None:
        """Write one piece and the checkpoint that counts it."""
        packed = io.BytesIO()
        # In order and in small groups, so that the commit reads from each piece only what its range holds.
        ordered = facts.sort("series", "valid_at", maintain_order=True)
        ordered.write_parquet(packed, compression="lz4", row_group_size=_GROUP)
        lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in parked)
        with disk_watched():
            _write(self._parked(state.pieces), lines.encode())
            _write(self._facts(state.pieces), packed.getbuffer())
            state.pieces += 1
            self._mark(state)

    def mark(self, state: Checkpoint) -> None:
        """Write the checkpoint alone."""
        with disk_watched():
            self._mark(state)

    def _mark(self, state: Checkpoint) -> None:
        _write(self.folder / _CHECKPOINT, json.dumps(asdict(state), ensure_ascii=False).encode())
        descriptor = os.open(self.folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def files(self, state: Checkpoint) -> list[Path]:
        """Return the pieces that count."""
        return [self._facts(number) for number in range(state.pieces)]

    def parked(self, state: Checkpoint) -> Iterator[dict[str, Any]]:
        """Yield the rows that were set aside."""
        for number in range(state.pieces):
            with self._parked(number).open(encoding="utf-8") as file:
                yield from (json.loads(line) for line in file)

    def clear(self) -> None:
        """Throw the pieces away and keep what was handed over."""
        for path in [*self.folder.glob("facts-*"), *self.folder.glob("parked-*"), self.folder / _CHECKPOINT]:
            path.unlink(missing_ok=True)

    def remove(self) -> None:
        """Throw everything away, after the commit."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _facts(self, number: int) -> Path:
        return self.folder / f"facts-{number:06d}.parquet"

    def _parked(self, number: int) -> Path:
        return self.folder / f"parked-{number:06d}.jsonl"


def _write(path: Path, content: bytes | memoryview) -> None:
    """Write a file so that it is there whole or not at all."""
    part = path.with_suffix(".part")
    try:
        with part.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError:
        # On a full disk every byte given back helps the message to be written.
        part.unlink(missing_ok=True)
        raise
