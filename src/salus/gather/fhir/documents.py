"""JSON from outside: no key twice, no number that is none, and no more of anything than a message can need."""

from __future__ import annotations

import json
import math
from typing import Any

MAX_BYTES, MAX_DEPTH, MAX_NODES = 20_000_000, 60, 200_000
_LONGEST_NUMBER = 40


class BadDocument(ValueError):
    """The text is no document that can be read; the message says why."""


def strict_json(raw: bytes) -> Any:
    """Return the document in a text."""
    if len(raw) > MAX_BYTES:
        raise BadDocument(f"it is larger than {MAX_BYTES // 1_000_000} MB")
    if raw.lstrip()[:1] == b"<":
        raise BadDocument("it is XML and not JSON")
    try:
        document = json.loads(
            raw, object_pairs_hook=_once, parse_constant=_no_number, parse_int=_integer, parse_float=_decimal
        )
    except RecursionError as error:
        raise BadDocument("it is nested too deeply") from error
    except UnicodeDecodeError as error:
        raise BadDocument("it is no text in UTF-8") from error
    except ValueError as error:
        raise error if isinstance(error, BadDocument) else BadDocument(str(error)) from error
    _measure(document)
    return document


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _value in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise BadDocument(f"the key '{twice[:60]}' stands twice in one object")
    return found


def _no_number(text: str) -> Any:
    raise BadDocument(f"{text} is no number")


def _integer(text: str) -> int:
    if len(text) > _LONGEST_NUMBER:
        raise BadDocument("a number is too long")
    return int(text)


def _decimal(text: str) -> float:
    if len(text) > _LONGEST_NUMBER:
        raise BadDocument("a number is too long")
    found = float(text)
    if not math.isfinite(found):
        raise BadDocument("a number is too large")
    return found


def _measure(document: Any) -> None:
    """Refuse what is too deep or too much, without following it by recursion."""
    nodes, level = 0, [document]
    for _depth in range(MAX_DEPTH + 1):
        nodes += len(level)
        if nodes > MAX_NODES:
            raise BadDocument("it has too many elements")
        level = [
            inner
            for one in level
            for inner in (one.values() if isinstance(one, dict) else one if isinstance(one, list) else ())
            if isinstance(inner, dict | list)
        ]
        if not level:
            return
    raise BadDocument("it is nested too deeply")
