"""An hour of rubbish in a feed: lines that nobody can read, after which the sender says again what it had to say."""

from __future__ import annotations

import numpy as np

from salus.world.feeds.disturbance import nonsense, sends_rubbish
from salus.world.feeds.truth import TruthDay

_PAGE = b'<html><head><title>502 Bad Gateway</title></head><body><h1>502 "Bad Gateway</h1>'
# An hour is so large a part of a day's lines.
_HOUR = 24


def with_rubbish(content: bytes, day: TruthDay, feed: str, rng: np.random.Generator) -> bytes:
    """Return a feed's lines as they are, or with an hour of rubbish where the day has one.

    What came through shortly before is sent again after the rubbish, as senders do when a line breaks.
    """
    if not sends_rubbish(day, feed):
        return content
    lines = content.splitlines(keepends=True)
    hour = max(len(lines) // _HOUR, 3)
    at = int(rng.integers(1, max(len(lines) - hour, 1) + 1))
    again = lines[max(at - hour, 1) : at]
    return b"".join([*lines[:at], *_hour(lines[at : at + hour], rng), *again, *lines[at:]])


def _hour(lines: list[bytes], rng: np.random.Generator) -> list[bytes]:
    """Return what came instead of some lines: a page of a broken gateway, halves of lines, and noise."""
    found = [_PAGE + b"\n"]
    for number, line in enumerate(lines):
        kind = number % 3
        half = line.rstrip(b"\n")[: int(rng.integers(1, max(len(line) // 3, 2)))].rpartition(b",")[0]
        found.append({0: nonsense(rng, 60), 1: half or b"\x00", 2: b'"' + half}[kind] + b"\n")
    return found
