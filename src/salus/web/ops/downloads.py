"""Files that people take out of the operations room: one of an exercise says so by its name."""

from __future__ import annotations

from django.http import HttpResponse

from salus.base import clock
from salus.decide.releases import EXERCISE_FILE

CSV = "text/csv; charset=utf-8"


def attached(
    content: str | bytes, name: str, media_type: str = CSV, *, exercise: bool | None = None, inline: bool = False
) -> HttpResponse:
    """Return a file to be saved under a name; whether it is of an exercise, the clock tells unless it is given."""
    marked = clock.reading().mode != "wall" if exercise is None else exercise
    answer = HttpResponse(content, content_type=media_type)
    how = "inline" if inline else "attachment"
    answer["Content-Disposition"] = f'{how}; filename="{EXERCISE_FILE if marked else ""}{name}"'
    return answer
