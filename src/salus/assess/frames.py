"""An estimate's numbers as compressed JSON: small, and readable by anything for ever."""

from __future__ import annotations

import json
import math
import zlib
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

_DIGITS = 5


def _short(value: float) -> float | None:
    """Return a number with the digits that an estimate deserves; NaN is null."""
    return None if math.isnan(value) else float(f"{value:.{_DIGITS}g}")


def content(
    *,
    days: Sequence[date],
    levels: Iterable[float],
    values: Sequence[Sequence[float]],
    is_estimate: Sequence[bool],
    step_days: int,
) -> str:
    """Return a frame as JSON: a row of quantiles for each day."""
    parts = {
        "dates": [day.isoformat() for day in days],
        "levels": [float(level) for level in levels],
        "values": [[_short(value) for value in row] for row in values],
        "is_estimate": [int(flag) for flag in is_estimate],
        "step_days": step_days,
    }
    return json.dumps(parts, separators=(",", ":"))


def pack(text: str) -> bytes:
    """Return a frame as it is kept; an empty one stays empty."""
    return zlib.compress(text.encode(), 6) if text else b""


def decode(frame: bytes | memoryview) -> dict[str, Any]:
    """Return what `content` was given, with dates as dates."""
    raw = bytes(frame)
    if not raw:
        return {"dates": [], "levels": [], "values": [], "is_estimate": [], "step_days": 1}
    parts: dict[str, Any] = json.loads(zlib.decompress(raw))
    parts["dates"] = [date.fromisoformat(day) for day in parts["dates"]]
    parts["is_estimate"] = [bool(flag) for flag in parts["is_estimate"]]
    return parts
