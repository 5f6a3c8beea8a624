"""What was heard, kept as it came: one file a day, a line a message, only ever added to."""

from __future__ import annotations

import base64
import json
import os
from datetime import date
from pathlib import Path

# A message longer than this is cut off: no sensor has so much to say.
LONGEST = 64_000


class Spool:
    """The file of the day that is being heard; `flush` makes sure that what was added survives a lost machine."""

    def __init__(self, folder: Path, name: str) -> None:
        self._folder, self._name = folder, name
        self._day: date | None = None
        self._lines: list[bytes] = []
        self.added = 0

    @property
    def day(self) -> date | None:
        """Return the day that is being heard."""
        return self._day

    def begin(self, day: date) -> None:
        """Turn to the file of a day, and count its messages from nought."""
        self.flush()
        self._day, self.added = day, 0

    def add(self, topic: str, payload: bytes) -> None:
        """Keep a message."""
        self._lines.append(as_line(topic, payload[:LONGEST]))
        self.added += 1

    def flush(self) -> None:
        """Write what was added, and wait until it lies on the disk."""
        if not self._lines or self._day is None:
            return
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._folder / f"{self._name}-{self._day.isoformat()}.ndjson"
        with path.open("ab") as file:
            # A line that was cut off by a lost machine costs itself, and not the one after it.
            if file.tell() and not _ends_whole(path):
                file.write(b"\n")
            file.write(b"".join(self._lines))
            file.flush()
            os.fsync(file.fileno())
        self._lines.clear()


def _ends_whole(path: Path) -> bool:
    with path.open("rb") as file:
        file.seek(-1, os.SEEK_END)
        return file.read(1) == b"\n"


def as_line(topic: str, payload: bytes) -> bytes:
    """Return a message as a line of JSON: its topic, and its payload as text, or in base64 where it is none."""
    try:
        body = {"topic": topic, "text": payload.decode("utf-8")}
    except UnicodeDecodeError:
        body = {"topic": topic, "base64": base64.b64encode(payload).decode()}
    return json.dumps(body, separators=(",", ":"), ensure_ascii=False).encode() + b"\n"
