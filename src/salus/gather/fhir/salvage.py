"""What a message that cannot be read still says of its one result; a person completes the rest."""

from __future__ import annotations

import re

# Names of places and numbers of reports are short and have no spaces: nothing that could name somebody is taken.
_PATTERNS = {
    "report_id": re.compile(
        r'"resourceType"\s*:\s*"(?:DiagnosticReport|Observation)"\s*,\s*"identifier"\s*:\s*\[?\s*\{[^{}]*"value"\s*:\s*'
        r'"([\w.-]{1,40})"'
    ),
    "zone": re.compile(r'"district"\s*:\s*"([\w-]{1,20})"'),
    "specimen_on": re.compile(r'"(?:collectedDateTime|effectiveDateTime)"\s*:\s*"(\d{4}-\d{2}-\d{2})'),
    "status": re.compile(r'"status"\s*:\s*"(final|entered-in-error)"'),
}


def salvaged(raw: bytes) -> dict[str, str]:
    """Return the report, zone, day and status that a text states once each; empty where it states none or several."""
    text = raw.decode("utf-8", errors="replace")
    found = {name: set(pattern.findall(text)) for name, pattern in _PATTERNS.items()}
    return {name: values.pop() if len(values) == 1 else "" for name, values in found.items()}
