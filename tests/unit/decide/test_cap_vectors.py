"""Third-party CAP messages: taken, given back equal, or refused with the place of the fault."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from lxml import etree

from salus.gather import cap

VECTORS = Path(__file__).resolve().parents[3].parent / "shared/data/interop/cap"
pytestmark = pytest.mark.skipif(not VECTORS.exists(), reason="the shared CAP vectors are not beside the repository")
VALID = sorted(p.name for p in (VECTORS / "valid").glob("*")) if VECTORS.exists() else []
NAMESPACES = ("urn:oasis:names:tc:emergency:cap:1.2", "urn:oasis:names:tc:emergency:cap:1.1")
DSIG = "{http://www.w3.org/2000/09/xmldsig#}"


def leaves(node: etree._Element) -> list[tuple[str, str]]:
    """Every element of a message with its text, in order, without namespaces."""
    found = []
    for child in node.iter():
        if isinstance(child.tag, str) and not child.tag.startswith(DSIG):
            text = "" if len(child) else (child.text or "")
            found.append((etree.QName(child).localname, text))
    return found


@pytest.fixture(scope="module")
def schema() -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(str(VECTORS / "xsd/cap12.xsd")))


@pytest.mark.parametrize("name", VALID)
def test_valid_messages_are_taken_and_written_as_valid_cap_1_2(name: str, schema: etree.XMLSchema) -> None:
    reading = cap.read((VECTORS / "valid" / name).read_bytes())
    assert reading.fit, reading.defects
    for alert in reading.alerts:
        written = cap.write(alert)
        schema.assertValid(etree.fromstring(written))
        again = cap.read(written)
        assert again.alerts == (alert,) and again.changes == ()


@pytest.mark.parametrize("name", VALID)
def test_every_element_and_value_of_newer_messages_survives(name: str) -> None:
    raw = (VECTORS / "valid" / name).read_bytes()
    reading = cap.read(raw)
    root = etree.fromstring(raw)
    nodes = [n for n in root.iter() if isinstance(n.tag, str) and etree.QName(n).localname == "alert"]
    for node, alert, version in zip(nodes, reading.alerts, reading.versions, strict=True):
        if version != "1.2":
            continue
        signature = node.find(f"{DSIG}Signature")
        if signature is not None:
            node.remove(signature)
        assert leaves(etree.fromstring(cap.write(alert))) == leaves(node)


def test_a_signature_is_reported_and_never_dropped_silently() -> None:
    assert cap.read((VECTORS / "valid/canada_signed.cap").read_bytes()).signature == "unverified"


@pytest.mark.parametrize(
    ("name", "place"),
    [("canada_errors.cap", "references"), ("invalid.cap", "scope"), ("weather_invalid.atom", "identifier")],
)
def test_faulty_messages_are_refused_at_the_element(name: str, place: str) -> None:
    reading = cap.read((VECTORS / "invalid" / name).read_bytes())
    assert not reading.fit
    assert any(defect.fatal and defect.where.endswith(place) for defect in reading.defects), reading.defects


def test_an_outside_entity_is_refused_unread_and_fast() -> None:
    started = time.perf_counter()
    reading = cap.read((VECTORS / "attack/xee.atom").read_bytes())
    assert not reading.fit and "DOCTYPE" in reading.defects[0].what
    assert time.perf_counter() - started < 1
