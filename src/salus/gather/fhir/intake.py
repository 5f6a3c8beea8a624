"""A message as it is taken in: its entries, its digest, and what is wrong with it at which place."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from pydantic import BaseModel, ValidationError

from salus.gather.fhir.documents import BadDocument, strict_json
from salus.gather.fhir.invariants import broken
from salus.gather.schemas import Defect

# Of one message no more defects than these are named: more say nothing new.
MOST_DEFECTS = 60
_SHOWN = 80


@dataclass(frozen=True, slots=True)
class Entry:
    """A resource of a message and where it stands."""

    where: str
    kind: str
    url: str
    resource: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Intake:
    """What came of a message: never nothing, since its digest finds the original again."""

    sha256: str
    kind: str
    entries: tuple[Entry, ...]
    defects: tuple[Defect, ...]

    @property
    def readable(self) -> bool:
        """Return whether there is anything in it that can be looked at."""
        return bool(self.entries)


def take(raw: bytes, *, line: int = 1, models: bool = True) -> Intake:
    """Take a message in; without the models only what can be used of it is looked for."""
    digest = hashlib.sha256(raw).hexdigest()
    try:
        document = strict_json(raw)
    except BadDocument as fault:
        return Intake(digest, "", (), (Defect(line, "message", "", "bad_json", {"problem": str(fault)}),))
    if not isinstance(document, dict) or not isinstance(document.get("resourceType"), str):
        wrong = Defect(line, "resourceType", "", "empty")
        return Intake(digest, "", (), (wrong,))
    kind = document["resourceType"]
    entries = tuple(_entries(document))
    if not models:
        return Intake(digest, kind, entries, ())
    defects: list[Defect] = []
    for where, what, value, code in _faults(document, kind, entries):
        if len(defects) == MOST_DEFECTS:
            break
        defects.append(Defect(line, where, value[:_SHOWN], code, {"problem": what}))
    return Intake(digest, kind, entries, tuple(defects))


def _entries(document: dict[str, Any]) -> Iterator[Entry]:
    if document["resourceType"] != "Bundle":
        yield Entry("", document["resourceType"], "", document)
        return
    listed = document.get("entry")
    for place, row in enumerate(listed if isinstance(listed, list) else ()):
        resource = row.get("resource") if isinstance(row, dict) else None
        if isinstance(resource, dict) and isinstance(resource.get("resourceType"), str):
            url = row.get("fullUrl")
            yield Entry(
                f"entry[{place}].resource", resource["resourceType"], url if isinstance(url, str) else "", resource
            )


Fault = tuple[str, str, str, str]


def _faults(document: dict[str, Any], kind: str, entries: tuple[Entry, ...]) -> Iterator[Fault]:
    """Yield place, words, value and code of everything that is wrong."""
    if kind == "Bundle":
        # The frame without its entries, so that a faulty entry costs itself and not its message.
        frame = {name: value for name, value in document.items() if name != "entry"}
        yield from _parsed("Bundle", frame, "")
        listed = document.get("entry")
        for place in range(len(listed) if isinstance(listed, list) else 0):
            row = listed[place]  # type: ignore[index]
            if not isinstance(row, dict):
                yield f"entry[{place}]", "This is no entry.", "", "bad_message"
            elif "resource" in row and not any(entry.where == f"entry[{place}].resource" for entry in entries):
                yield f"entry[{place}].resource", "The resource does not say what it is.", "", "bad_message"
    for entry in entries:
        yield from _parsed(entry.kind, entry.resource, entry.where)
    yield from broken(document, [(entry.where, entry.url, entry.resource) for entry in entries])


def _parsed(kind: str, resource: Mapping[str, Any], where: str) -> Iterator[Fault]:
    model = _model(kind)
    if model is None:
        yield _joined(where, "resourceType"), f"'{kind[:40]}' is no resource of R4.", kind, "unknown_code"
        return
    try:
        model.model_validate(dict(resource))
    except ValidationError as error:
        for fault in error.errors(include_url=False, include_context=False):
            yield _joined(where, _path(fault["loc"])), _words(fault["msg"]), "", "bad_message"
    except (ValueError, TypeError, AttributeError, KeyError, AssertionError) as error:
        # The models stumble over some shapes that they do not expect; that too is told and costs nothing else.
        yield where or kind, _words(str(error)), "", "bad_message"


@lru_cache(maxsize=256)
def _model(kind: str) -> type[BaseModel] | None:
    from fhir.resources.R4B import get_fhir_model_class

    try:
        found: type[BaseModel] = get_fhir_model_class(kind)
    except (KeyError, LookupError, ImportError):
        return None
    return found


def _path(location: tuple[int | str, ...]) -> str:
    text = ""
    for step in location:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text


def _joined(where: str, inside: str) -> str:
    return f"{where}.{inside}" if where and inside else where or inside


def _words(text: str) -> str:
    plain = text.removeprefix("Value error, ").split("\n")[0]
    return {"Field required": "A required element is missing.",
            "Extra inputs are not permitted": "R4 has no such element here."}.get(plain, plain[:200])  # fmt: skip
