"""Score sheets as JSON: in the table, in a file, and in a pipe."""

from __future__ import annotations

from typing import Any

from pydantic import TypeAdapter

from salus.learn.scores.schemas import ScoreSheet

_SHEET: TypeAdapter[ScoreSheet] = TypeAdapter(ScoreSheet)


def to_json(sheet: ScoreSheet) -> dict[str, Any]:
    """Return a sheet as JSON objects."""
    found: dict[str, Any] = _SHEET.dump_python(sheet, mode="json")
    return found


def from_json(kept: dict[str, Any]) -> ScoreSheet:
    """Return the sheet that `to_json` gave."""
    return _SHEET.validate_python(kept)
