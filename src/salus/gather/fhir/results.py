"""The laboratory results in a message: of each what is needed to count it, wherever in the message it stands."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from salus.gather.fhir.intake import Entry, Intake

VOID, FINAL = "entered-in-error", "final"
# What has been said of a result; of what is only registered or was cancelled there is none.
_SAID = frozenset({"final", "amended", "corrected", "appended", "preliminary", "partial"})
_DAY = re.compile(r"^\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True, slots=True)
class Result:
    """A reported result: texts as they stand, empty where nothing stands; `status` is final, void or as stated."""

    report_id: str
    zone: str
    specimen_on: str
    status: str
    where: str


def results_of(intake: Intake) -> list[Result]:
    """Return every result of a message: of reports, and of observations that belong to no report."""
    at = {entry.url: entry for entry in intake.entries if entry.url}
    for entry in intake.entries:
        identity = entry.resource.get("id")
        if isinstance(identity, str):
            at.setdefault(f"{entry.kind}/{identity}", entry)
    # An entry that stands twice is one.
    reports = _once(entry for entry in intake.entries if entry.kind == "DiagnosticReport")
    found, told = [], set()
    for report in reports:
        listed = [at[url] for url in _references(report.resource.get("result")) if url in at]
        told |= {entry.where for entry in listed}
        found.append(_result(report, listed, at))
    alone = _once(entry for entry in intake.entries if entry.kind == "Observation" and entry.where not in told)
    return found + [_result(entry, [entry], at) for entry in alone]


def _once(entries: Iterator[Entry]) -> list[Entry]:
    return list({entry.url or entry.where: entry for entry in entries}.values())


def _result(entry: Entry, observations: list[Entry], at: Mapping[str, Entry]) -> Result:
    parts = [entry, *observations]
    status = str(entry.resource.get("status") or "")
    return Result(
        report_id=_identifier(entry.resource) or next((_identifier(part.resource) for part in observations), ""),
        zone=next((zone for part in parts if (zone := _zone(part, at))), ""),
        specimen_on=_taken(parts, at),
        status=VOID if status == VOID else FINAL if status in _SAID else status,
        where=entry.where,
    )


def _identifier(resource: Mapping[str, Any]) -> str:
    listed = resource.get("identifier")
    for one in listed if isinstance(listed, list) else [listed]:
        if isinstance(one, dict) and isinstance(one.get("value"), str):
            return str(one["value"])
    return ""


def _references(node: Any) -> Iterator[str]:
    for one in node if isinstance(node, list) else [node]:
        if isinstance(one, dict) and isinstance(one.get("reference"), str):
            yield one["reference"]


def _zone(part: Entry, at: Mapping[str, Entry]) -> str:
    for url in _references(part.resource.get("subject")):
        listed = at[url].resource.get("address") if url in at else None
        for address in listed if isinstance(listed, list) else ():
            if isinstance(address, dict) and isinstance(address.get("district"), str):
                return str(address["district"])
    return ""


def _taken(parts: list[Entry], at: Mapping[str, Entry]) -> str:
    """Return the day of the specimen, else that of the observation; one that is a day before one that is none."""
    found = []
    for part in parts:
        for url in _references(part.resource.get("specimen")):
            collection = at[url].resource.get("collection") if url in at else None
            found.append(collection.get("collectedDateTime") if isinstance(collection, dict) else None)
    found += [part.resource.get("effectiveDateTime") for part in parts]
    texts = [one for one in found if isinstance(one, str)]
    good = next((one[:10] for one in texts if _DAY.match(one)), None)
    return good or next(iter(texts), "")
