"""The one way to write a body down before it is hashed (RFC 8785 for the data that we have)."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from salus.base.errors import Invalid

DIGITS = 6


def plain(value: Any) -> Any:
    """Return a value as plain JSON: rounded numbers, texts, lists and objects, nothing else."""
    if value is None or isinstance(value, str | bool):
        return value
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        items = sorted(value) if isinstance(value, set | frozenset) else value
        return [plain(item) for item in items]
    return str(value)


def _number(value: float) -> int | float:
    if not math.isfinite(value):
        raise Invalid("A number that is not finite cannot be written down.", remedy="Leave it out instead.")
    rounded = round(value, DIGITS)
    # Whole numbers lose their point, and so does minus zero: other languages write them like that.
    return int(rounded) if rounded == int(rounded) and abs(rounded) < 2**53 else rounded


def canonical(value: Any) -> str:
    """Return the one text of a value."""
    return json.dumps(plain(value), ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def digest(text: str) -> str:
    """Return the SHA-256 of a text in hexadecimal letters."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()
