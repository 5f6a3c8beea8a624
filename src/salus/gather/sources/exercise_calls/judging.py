"""What is wrong with a call that was taken down."""

from __future__ import annotations

from collections.abc import Container, Mapping
from datetime import date

from salus.gather.schemas import Defect

# What is kept of a call that waits for a person.
RAW = ("call_id", "received_at", "zone", "topic", "text")
UNCLEAR = "unclear"


def day_of(row: Mapping[str, str]) -> date | None:
    """Return the day on which a call came."""
    try:
        return date.fromisoformat(row["received_at"][:10])
    except ValueError:
        return None


def defects_of(row: Mapping[str, str], line: int, zones: Container[str], known: Container[str]) -> list[Defect]:
    """Return what is wrong: no zone, no day, or a topic that there is not."""
    found = []
    if row["zone"] not in zones:
        found.append(Defect(line, "zone", row["zone"], "unknown_zone" if row["zone"] else "empty"))
    if day_of(row) is None:
        found.append(Defect(line, "received_at", row["received_at"], "bad_date", {"order": "ymd"}))
    if row["topic"] not in known:
        found.append(Defect(line, "topic", row["topic"], "unknown_topic"))
    return found
