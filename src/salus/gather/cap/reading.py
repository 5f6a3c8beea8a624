"""Reading messages: safely, tolerantly, and saying at which element something is wrong."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice
from typing import Any

from lxml import etree

from salus.gather.cap.document import Alert, Area, Defect, Info, Named, Resource
from salus.gather.cap.grammar import (
    ALERT,
    AREA,
    DEFAULTS,
    INFO,
    NAMESPACES,
    OLD_VALUES,
    ONLY_IN_1_0,
    RESOURCE,
    SIGNATURES,
    Field,
    fields_of,
)  # fmt: skip
from salus.gather.cap.moments import STRICT, parsed, upgraded

MAX_BYTES = 4_000_000
MAX_DEPTH = 64
MAX_NODES = 50_000
_DOCTYPE = re.compile(rb"<!\s*(DOCTYPE|ENTITY)", re.IGNORECASE)
_LANGUAGE = re.compile(r"^[a-zA-Z]{1,8}(-[a-zA-Z0-9]{1,8})*$")
_BLOCKS: dict[str, tuple[type[Any], tuple[Field, ...]]] = {
    "info": (Info, INFO),
    "resource": (Resource, RESOURCE),
    "area": (Area, AREA),
}


@dataclass(frozen=True, slots=True)
class Reading:
    """The messages found in a file, what was changed to bring them to 1.2, and what is wrong."""

    alerts: tuple[Alert, ...]
    defects: tuple[Defect, ...]
    changes: tuple[str, ...] = ()
    versions: tuple[str, ...] = ()
    # "none", or "unverified": a signature stands there and nobody has checked it.
    signature: str = "none"

    @property
    def fit(self) -> bool:
        """Return whether there is a message and none is unfit."""
        return bool(self.alerts) and not any(defect.fatal for defect in self.defects)


class _Notes:
    def __init__(self) -> None:
        self.defects: list[Defect] = []
        self.changes: list[str] = []

    def wrong(self, where: str, what: str) -> None:
        self.defects.append(Defect(where, what))


def read(raw: bytes) -> Reading:
    """Read every message in a file: a bare alert, or alerts inside a feed or an envelope."""
    from salus.gather.cap.rules import check

    refusal = _refusal(raw)
    if refusal:
        return Reading((), (Defect("file", refusal),))
    try:
        root = etree.fromstring(raw, _parser())
    except (etree.XMLSyntaxError, ValueError) as error:
        return Reading((), (Defect("file", f"This is not well-formed XML: {error}"),))
    if _too_large(root):
        return Reading((), (Defect("file", "The document has too many or too deeply nested elements."),))
    found = [node for node in root.iter() if _name(node)[1] == "alert" and _name(node)[0] in NAMESPACES]
    if not found:
        return Reading((), (Defect("file", "There is no CAP alert in this document."),))
    notes = _Notes()
    alerts = []
    for index, node in enumerate(found, 1):
        alert = _read_alert(node, f"alert[{index}]" if len(found) > 1 else "alert", notes)
        notes.defects.extend(check(alert))
        alerts.append(alert)
    signed = root.find(f".//{{{SIGNATURES}}}Signature") is not None
    versions = tuple(NAMESPACES[_name(node)[0]] for node in found)
    return Reading(
        tuple(alerts), tuple(notes.defects), tuple(notes.changes), versions, "unverified" if signed else "none"
    )


def _refusal(raw: bytes) -> str:
    if len(raw) > MAX_BYTES:
        return f"The file is larger than {MAX_BYTES // 1_000_000} MB."
    # Entities and outside files come through a DOCTYPE only, so none is let near the parser,
    # in whichever encoding its letters hide.
    if _DOCTYPE.search(raw) or _DOCTYPE.search(raw.replace(b"\x00", b"")):
        return "The file has a DOCTYPE or an entity; that is refused without reading it."
    return ""


def _parser() -> etree.XMLParser:
    return etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False, remove_pis=True
    )


def _too_large(root: etree._Element) -> bool:
    if next(islice(root.iter(), MAX_NODES, None), None) is not None:
        return True
    depth = 0
    for event, _node in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        if depth > MAX_DEPTH:
            return True
    return False


def _name(node: etree._Element) -> tuple[str, str]:
    if not isinstance(node.tag, str):
        return "", ""
    name = etree.QName(node)
    return name.namespace or "", name.localname


def _read_alert(node: etree._Element, where: str, notes: _Notes) -> Alert:
    namespace = _name(node)[0]
    version = NAMESPACES[namespace]
    if version != "1.2":
        notes.changes.append(f"{where}: version {version} was brought to 1.2.")
    return Alert(**_read_block(node, fields_of(ALERT, version), where, version, notes))


def _read_block(
    node: etree._Element, fields: tuple[Field, ...], where: str, version: str, notes: _Notes
) -> dict[str, Any]:
    namespace = _name(node)[0]
    by_name = {field.element: (place, field) for place, field in enumerate(fields)}
    values: dict[str, list[Any]] = {field.element: [] for field in fields}
    furthest = -1
    for child in node:
        space, name = _name(child)
        if not name or space == SIGNATURES:
            continue
        if space != namespace or name not in by_name:
            _unknown(name, where, version, notes)
            continue
        place, field = by_name[name]
        if place < furthest:
            notes.wrong(f"{where}/{name}", "The element stands in the wrong place.")
        furthest = max(furthest, place)
        values[name].append(_read_value(child, field, f"{where}/{name}", version, notes))
    return {field.attribute: _settle(values[field.element], field, where, version, notes) for field in fields}


def _unknown(name: str, where: str, version: str, notes: _Notes) -> None:
    if version == "1.0" and name in ONLY_IN_1_0:
        notes.changes.append(f"{where}/{name}: left out, the element does not exist any more.")
    else:
        notes.wrong(f"{where}/{name}", "The protocol has no such element here.")


def _settle(found: list[Any], field: Field, where: str, version: str, notes: _Notes) -> Any:
    if len(found) < field.least:
        notes.wrong(f"{where}/{field.element}", "A required element is missing.")
    if len(found) > 1 and not field.many:
        notes.wrong(f"{where}/{field.element}", "The element stands more than once.")
    if not found and version != "1.2" and field.element in DEFAULTS:
        found = [DEFAULTS[field.element]]
        notes.changes.append(f"{where}/{field.element}: added as '{found[0]}'.")
    if field.many:
        return tuple(found)
    return found[0] if found else ("" if field.least or field.element in DEFAULTS else None)


def _read_value(node: etree._Element, field: Field, where: str, version: str, notes: _Notes) -> Any:
    if field.kind in _BLOCKS:
        model, block = _BLOCKS[field.kind]
        return model(**_read_block(node, fields_of(block, version), where, version, notes))
    if field.kind == "named":
        return _read_named(node, where, version, notes)
    text = "".join(part for part in node.itertext())
    if any(_name(child)[1] for child in node):
        notes.wrong(where, "The element holds other elements where a text belongs.")
    return _checked(text, field, where, version, notes)


def _read_named(node: etree._Element, where: str, version: str, notes: _Notes) -> Named:
    namespace = _name(node)[0]
    parts = {_name(child)[1]: child.text or "" for child in node if _name(child)[0] == namespace}
    if version == "1.0" and not parts:
        name, _, value = (node.text or "").partition("=")
        notes.changes.append(f"{where}: '{node.text}' was split into name and value.")
        return Named(name, value)
    order = [_name(child)[1] for child in node if _name(child)[1]]
    if order != ["valueName", "value"]:
        notes.wrong(where, "It must hold one valueName and then one value.")
    return Named(parts.get("valueName", ""), parts.get("value", ""))


def _checked(text: str, field: Field, where: str, version: str, notes: _Notes) -> str:
    if field.kind == "moment":
        return _moment(text, where, version, notes)
    if field.kind == "choice" and text not in field.values:
        newer = OLD_VALUES.get((field.element, text)) if version == "1.0" else None
        if newer is None:
            notes.wrong(where, f"'{text}' is not one of {', '.join(field.values)}.")
        else:
            notes.changes.append(f"{where}: '{text}' became '{newer}'.")
            return newer
    if field.kind == "language" and not _LANGUAGE.match(text.strip()):
        notes.wrong(where, f"'{text}' is not a language code.")
    if field.kind == "integer" and not re.fullmatch(r"\s*[+-]?\d+\s*", text):
        notes.wrong(where, f"'{text}' is not a whole number.")
    if field.kind == "decimal" and not re.fullmatch(r"\s*[+-]?(\d+(\.\d*)?|\.\d+)\s*", text):
        notes.wrong(where, f"'{text}' is not a number.")
    return text


def _moment(text: str, where: str, version: str, notes: _Notes) -> str:
    if version != "1.2" and not STRICT.match(text):
        newer = upgraded(text)
        if newer is not None:
            notes.changes.append(f"{where}: '{text}' was written as '{newer}'.")
            text = newer
    if parsed(text) is None:
        notes.wrong(where, f"'{text}' is not a moment such as 2021-12-24T18:30:00-05:00.")
    return text
