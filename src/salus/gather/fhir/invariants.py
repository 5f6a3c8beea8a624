"""What the models do not look at: codes that are fixed, references that lead nowhere, ids, attachments, ranges."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

_ID = re.compile(r"^[A-Za-z0-9\-.]{1,64}$")
_UUID = re.compile(r"^urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")
# The codes that R4 fixes for the elements that are read here.
CODES: dict[str, dict[str, frozenset[str]]] = {
    "Bundle": {"type": frozenset(
        "document message transaction transaction-response batch batch-response history searchset collection".split())},
    "DiagnosticReport": {"status": frozenset(
        "registered partial preliminary final amended corrected appended cancelled entered-in-error unknown".split())},
    "Observation": {"status": frozenset(
        "registered preliminary final amended corrected cancelled entered-in-error unknown".split())},
    "Patient": {"gender": frozenset("male female other unknown".split())},
    "Specimen": {"status": frozenset("available unavailable unsatisfactory entered-in-error".split())},
    "Immunization": {"status": frozenset("completed entered-in-error not-done".split())},
    "MeasureReport": {"status": frozenset("complete pending error".split())},
    "CarePlan": {
        "status": frozenset("draft active on-hold revoked completed entered-in-error unknown".split()),
        "intent": frozenset("proposal plan order option".split()),
    },
}  # fmt: skip
_NARRATIVE = frozenset({"generated", "extensions", "additional", "empty"})
_ABSOLUTE = re.compile(r"^[A-Za-z][A-Za-z0-9+.\-]*:")
_UNIQUE_URLS = frozenset({"document", "message", "transaction", "collection", "batch"})

Fault = tuple[str, str, str, str]
Placed = tuple[str, str, Mapping[str, Any]]


def broken(document: Mapping[str, Any], entries: Sequence[Placed]) -> Iterator[Fault]:
    """Yield place, words, value and code of every rule that is broken."""
    if document.get("resourceType") == "Bundle":
        yield from _codes("", document)
        yield from _addresses(document, entries)
        yield from _search(document)
    for where, _url, resource in entries:
        yield from _codes(where, resource)
        yield from _walk(where, resource)


def _at(where: str, name: str) -> str:
    return f"{where}.{name}" if where else name


def _codes(where: str, resource: Mapping[str, Any]) -> Iterator[Fault]:
    for name, allowed in CODES.get(str(resource.get("resourceType")), {}).items():
        value = resource.get(name)
        if isinstance(value, str) and value not in allowed:
            yield _at(where, name), f"'{value[:40]}' is not one of {', '.join(sorted(allowed))}.", value, "unknown_code"
    text = resource.get("text")
    status = text.get("status") if isinstance(text, dict) else None
    if isinstance(status, str) and status not in _NARRATIVE:
        yield _at(where, "text.status"), f"'{status[:40]}' is no status of a narrative.", status, "unknown_code"


def _addresses(document: Mapping[str, Any], entries: Sequence[Placed]) -> Iterator[Fault]:
    """Yield what is wrong with the addresses of entries, and references that lead out of the message."""
    seen: dict[tuple[str, str], str] = {}
    for where, url, resource in entries:
        meta = resource.get("meta")
        version = str(meta.get("versionId", "")) if isinstance(meta, dict) else ""
        if url and not _ABSOLUTE.match(url):
            yield where.removesuffix("resource") + "fullUrl", "This is no whole address.", url, "bad_message"
        if url.startswith("urn:uuid:") and not _UUID.match(url):
            yield where.removesuffix("resource") + "fullUrl", "This is no UUID in small letters.", url, "bad_message"
        if url and (url, version) in seen and document.get("type") in _UNIQUE_URLS:
            yield where, f"It has the address of {seen[url, version]}.", url, "bad_message"
        seen.setdefault((url, version), where)
    known = {url for url, _version in seen}
    for where, _url, resource in entries:
        for place, reference in _references(where, resource):
            if reference.startswith(("urn:uuid:", "urn:oid:")) and reference.partition("#")[0] not in known:
                yield (
                    place,
                    f"It refers to '{reference[:60]}', which is not in the message.",
                    reference,
                    "bad_reference",
                )


def _search(document: Mapping[str, Any]) -> Iterator[Fault]:
    """Yield what is wrong with the links and the modes of the answer to a search."""
    links = document.get("link")
    relations = [one.get("relation") for one in links if isinstance(one, dict)] if isinstance(links, list) else []
    for relation in sorted({str(one) for one in relations if relations.count(one) > 1}):
        yield "link", f"The relation '{relation[:40]}' stands more than once.", relation, "bad_message"
    listed = document.get("entry")
    for place, row in enumerate(listed if isinstance(listed, list) else ()):
        search, resource = (row.get(name) for name in ("search", "resource")) if isinstance(row, dict) else (None, None)
        if isinstance(search, dict) and isinstance(resource, dict) and isinstance(search.get("mode"), str):
            outcome = resource.get("resourceType") == "OperationOutcome"
            if (search["mode"] == "outcome") != outcome:
                yield (
                    f"entry[{place}].search.mode",
                    "This mode does not fit the resource.",
                    search["mode"],
                    "bad_message",
                )


def _references(where: str, node: Any) -> Iterator[tuple[str, str]]:
    if isinstance(node, dict):
        for name, inner in node.items():
            if name == "reference" and isinstance(inner, str):
                yield _at(where, name), inner
            else:
                yield from _references(_at(where, name), inner)
    elif isinstance(node, list):
        for place, inner in enumerate(node):
            yield from _references(f"{where}[{place}]", inner)


def _walk(where: str, node: Any) -> Iterator[Fault]:
    """Yield the faults of ids, attachments and quantities, wherever they stand."""
    if isinstance(node, dict):
        if "resourceType" in node and isinstance(node.get("id"), str) and not _ID.match(node["id"]):
            yield _at(where, "id"), "An id has 1 to 64 letters, digits, hyphens and points.", node["id"], "bad_message"
        if isinstance(node.get("data"), str) and "contentType" in node:
            yield from _attachment(where, node)
        yield from _range(where, node)
        for name, inner in node.items():
            yield from _walk(_at(where, name), inner)
    elif isinstance(node, list):
        for place, inner in enumerate(node):
            yield from _walk(f"{where}[{place}]", inner)
    elif isinstance(node, str) and not node.strip():
        yield where, "An element must not be empty.", "", "empty"


def _attachment(where: str, node: Mapping[str, Any]) -> Iterator[Fault]:
    try:
        content = base64.b64decode("".join(node["data"].split()), validate=True)
    except binascii.Error:
        yield _at(where, "data"), "This is no base64.", "", "bad_message"
        return
    size = node.get("size")
    if isinstance(size, int) and size != len(content):
        yield _at(where, "size"), f"It says {size} bytes; there are {len(content)}.", str(size), "bad_message"


def _range(where: str, node: Mapping[str, Any]) -> Iterator[Fault]:
    chance = node.get("probabilityDecimal")
    if isinstance(chance, int | float) and not 0 <= chance <= 100:
        yield _at(where, "probabilityDecimal"), "A probability lies between 0 and 100.", str(chance), "bad_message"
    low, high = (node.get(name) for name in ("low", "high"))
    values = [
        value for part in (low, high) if isinstance(part, dict) and isinstance(value := part.get("value"), int | float)
    ]
    if len(values) == 2 and values[0] > values[1]:
        yield where, "The lower end of a range lies above the upper one.", "", "bad_message"
