"""Whatever message is written can be read again equal, and nothing that is read brings the reader down."""

from __future__ import annotations

import string
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from salus.gather import cap
from salus.gather.cap import grammar

XSD = Path(__file__).resolve().parents[3].parent / "shared/data/interop/cap/xsd/cap12.xsd"
SCHEMA = etree.XMLSchema(etree.parse(str(XSD))) if XSD.exists() else None

names = st.text(string.ascii_letters + string.digits + ".-_", min_size=1, max_size=20)
# Any letter that XML can hold; a carriage return is read as a line feed, as XML wants it.
words = st.text(st.characters(exclude_categories=("Cs", "Cc", "Cn"), exclude_characters="\ufffe\uffff"), max_size=40)
said = words.map(lambda text: f"x{text}x")
zones = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
moments = st.builds(
    lambda seconds, zone: cap.cap_moment(datetime(2021, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds), zone),
    st.integers(0, 10**8),
    zones,
)
points = st.tuples(st.floats(-90, 90), st.floats(-180, 180)).map(lambda p: f"{p[0]:.5f},{p[1]:.5f}")
polygons = st.lists(points, min_size=3, max_size=6).map(lambda found: " ".join([*found, found[0]]))
circles = st.tuples(points, st.floats(0, 500)).map(lambda c: f"{c[0]} {c[1]:.2f}")
named = st.builds(cap.Named, said, said)
areas = st.builds(
    cap.Area,
    description=said,
    polygons=st.lists(polygons, max_size=2).map(tuple),
    circles=st.lists(circles, max_size=2).map(tuple),
    geocodes=st.lists(named, max_size=2).map(tuple),
)
infos = st.builds(
    cap.Info,
    language=st.sampled_from(["en", "fr", "ar", "en-CA", None]),
    categories=st.lists(st.sampled_from(grammar.CATEGORY), min_size=1, max_size=3).map(tuple),
    event=said,
    response_types=st.lists(st.sampled_from(grammar.RESPONSE_TYPE), max_size=3).map(tuple),
    urgency=st.sampled_from(grammar.URGENCY),
    severity=st.sampled_from(grammar.SEVERITY),
    certainty=st.sampled_from(grammar.CERTAINTY),
    onset=st.none() | moments,
    headline=st.none() | words,
    description=st.none() | words,
    instruction=st.none() | words,
    parameters=st.lists(named, max_size=3).map(tuple),
    areas=st.lists(areas, max_size=3).map(tuple),
)
references = st.lists(st.tuples(names, names, moments).map(",".join), min_size=1, max_size=3).map(" ".join)
alerts = st.builds(
    cap.Alert,
    identifier=names,
    sender=names,
    sent=moments,
    status=st.sampled_from(grammar.STATUS),
    message_type=st.sampled_from(grammar.MESSAGE_TYPE),
    source=st.none() | words,
    scope=st.just("Public"),
    codes=st.lists(said, max_size=2).map(tuple),
    note=st.none() | words,
    references=references,
    infos=st.lists(infos, max_size=3).map(tuple),
)


@given(alerts)
def test_what_is_written_is_read_again_equal_and_fits_the_schema(alert: cap.Alert) -> None:
    written = cap.write(alert)
    reading = cap.read(written)
    assert reading.fit, (reading.defects, written)
    assert reading.alerts == (alert,) and reading.changes == ()
    if SCHEMA is not None:
        SCHEMA.assertValid(etree.fromstring(written))


@given(st.binary(max_size=400))
def test_noise_is_refused_with_a_reason(raw: bytes) -> None:
    reading = cap.read(raw)
    assert not reading.fit and reading.defects


@given(alerts, st.integers(0, 10_000), st.sampled_from(["", "<x>", "</info>", "&", "\x00", "<info/>", "é"]))
def test_a_broken_message_never_brings_the_reader_down(alert: cap.Alert, place: int, noise: str) -> None:
    text = cap.write(alert).decode()
    cut = place % len(text)
    reading = cap.read((text[:cut] + noise + text[cut + 7 :]).encode())
    assert isinstance(reading, cap.Reading)
