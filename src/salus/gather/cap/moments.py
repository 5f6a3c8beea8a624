"""Moments as the protocol writes them: seconds, an offset, and never the letter Z."""

from __future__ import annotations

import re
from datetime import UTC, datetime, tzinfo

STRICT = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[-+]\d\d:\d\d$")
_LOOSE = re.compile(r"^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d+)?(Z|[-+]\d\d:\d\d)$")


def cap_moment(moment: datetime, zone: tzinfo = UTC) -> str:
    """Return a moment in the protocol's form, with the offset of a time zone."""
    text = moment.astimezone(zone).replace(microsecond=0).isoformat()
    return text[:-6] + "-00:00" if text.endswith("+00:00") else text


def upgraded(text: str) -> str | None:
    """Return an XML Schema moment of an older version in the strict form, or None where it has no offset."""
    match = _LOOSE.match(text.strip())
    if match is None:
        return None
    offset = "-00:00" if match[3] == "Z" else match[3]
    return match[1] + offset


def parsed(text: str) -> datetime | None:
    """Return the moment, or None where the text is not a possible one."""
    if not STRICT.match(text):
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None
