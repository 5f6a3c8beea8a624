"""Writing a message as CAP 1.2."""

from __future__ import annotations

from typing import Any

from lxml import etree

from salus.gather.cap.document import Alert, Named
from salus.gather.cap.grammar import ALERT, AREA, CAP12, INFO, RESOURCE, Field

_BLOCKS = {"info": INFO, "resource": RESOURCE, "area": AREA}


def write(alert: Alert) -> bytes:
    """Return the message as XML in UTF-8."""
    root = etree.Element(f"{{{CAP12}}}alert", nsmap={None: CAP12})
    _write_block(root, alert, ALERT)
    etree.indent(root, space="  ")
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def _write_block(parent: etree._Element, block: Any, fields: tuple[Field, ...]) -> None:
    for field in fields:
        value = getattr(block, field.attribute)
        for one in value if field.many else ([] if value is None else [value]):
            node = etree.SubElement(parent, f"{{{CAP12}}}{field.element}")
            if field.kind in _BLOCKS:
                _write_block(node, one, _BLOCKS[field.kind])
            elif isinstance(one, Named):
                etree.SubElement(node, f"{{{CAP12}}}valueName").text = one.name
                etree.SubElement(node, f"{{{CAP12}}}value").text = one.value
            else:
                node.text = one
