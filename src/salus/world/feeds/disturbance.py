"""What befalls the feeds themselves: one falls silent, one sends rubbish, a network is lost."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from salus.world.feeds.truth import TruthDay, TruthReader

_PREFIX = "exercise_"


def _concerns(named: str, feed: str) -> bool:
    return named.removeprefix(_PREFIX) == feed


def is_silent(day: TruthDay, feed: str) -> bool:
    """Tell whether a feed says nothing on a day."""
    return any(_concerns(row.feed, feed) for row in day.befallen("feed_silent"))


def sends_rubbish(day: TruthDay, feed: str) -> bool:
    """Tell whether a feed sends what nobody can read, beside what it should."""
    return any(_concerns(row.feed, feed) for row in day.befallen("feed_rubbish"))


def cut_off(day: TruthDay, zones: tuple[str, ...]) -> NDArray[np.bool_]:
    """Return the zones in which the network is lost on a day."""
    lost = day.befallen("network_lost")
    return np.array([any(row.holds_in(zone) for row in lost) for zone in zones], dtype=bool)


def days_to_tell(truth: TruthReader, day: int, feed: str) -> list[int]:
    """Return the days of which a feed speaks that keeps for later what it could not say: none while it is silent."""
    if is_silent(truth.day(day), feed):
        return []
    first = day
    while first > 0 and is_silent(truth.day(first - 1), feed):
        first -= 1
    return list(range(first, day + 1))


def spoilt(content: bytes, rng: np.random.Generator) -> bytes:
    """Return a table with some lines of nonsense between its own."""
    lines = content.split(b"\n")
    for _ in range(int(rng.integers(1, 5))):
        lines.insert(int(rng.integers(1, len(lines))), nonsense(rng))
    return b"\n".join(lines)


def nonsense(rng: np.random.Generator, size: int = 400) -> bytes:
    """Return bytes without a line's end that mean nothing in any format."""
    noise = rng.integers(0, 256, size, dtype=np.uint8).tobytes()
    return b"\xff\xfe{<" + noise.replace(b"\n", b"~").replace(b"\r", b"~")
