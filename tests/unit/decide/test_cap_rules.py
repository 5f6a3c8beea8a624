"""The rules of CAP's text, one by one, and attacks on the reader."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from salus.gather import cap
from salus.gather.cap import Alert, Area, Info, Named

SQUARE = "40.7,-74.0 40.8,-74.0 40.8,-73.9 40.7,-74.0"
INFO = Info(
    language="en",
    categories=("Health",),
    event="Respiratory illness",
    urgency="Expected",
    severity="Moderate",
    certainty="Likely",
    effective="2021-12-20T08:00:00-05:00",
    expires="2021-12-27T08:00:00-05:00",
    areas=(Area("Whole city", (SQUARE,), (), (Named("x:zone", "1"),)),),
)
ALERT = Alert(
    identifier="salus.x.1",
    sender="alerts.x.salus",
    sent="2021-12-20T08:00:00-05:00",
    status="Actual",
    message_type="Alert",
    scope="Public",
    infos=(INFO,),
)


def fatal(alert: Alert) -> set[str]:
    """Where a message is unfit, by the reader and so by schema and rules."""
    return {defect.where.split("alert/", 1)[-1] for defect in cap.read(cap.write(alert)).defects if defect.fatal}


def with_area(**changes: object) -> Alert:
    area = replace(INFO.areas[0], **changes)  # type: ignore[arg-type]
    return replace(ALERT, infos=(replace(INFO, areas=(area,)),))


def test_a_right_message_has_no_defect() -> None:
    reading = cap.read(cap.write(ALERT))
    assert reading.fit and reading.alerts == (ALERT,) and reading.defects == ()


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"identifier": ""}, "identifier"),
        ({"identifier": "two words"}, "identifier"),
        ({"sender": "a,b"}, "sender"),
        ({"sent": "2021-12-20T08:00:00Z"}, "sent"),
        ({"sent": "2021-02-30T08:00:00-05:00"}, "sent"),
        ({"status": "Real"}, "status"),
        ({"message_type": "Update"}, "references"),
        ({"message_type": "Cancel", "references": "only-one"}, "references"),
        ({"scope": "Restricted"}, "restriction"),
        ({"scope": "Private"}, "addresses"),
    ],
)
def test_each_rule_of_the_head_is_told_at_its_element(changes: dict[str, str], place: str) -> None:
    assert place in fatal(replace(ALERT, **changes))


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"polygons": ("1,2 3,4 1,2",)}, "info[1]/area[1]/polygon"),
        ({"polygons": ("1,2 3,4 5,6 7,8",)}, "info[1]/area[1]/polygon"),
        ({"polygons": ("91,2 3,4 5,6 91,2",)}, "info[1]/area[1]/polygon"),
        ({"polygons": ("NaN,2 3,4 5,6 NaN,2",)}, "info[1]/area[1]/polygon"),
        ({"circles": ("1,2",)}, "info[1]/area[1]/circle"),
        ({"circles": ("1,2 -3",)}, "info[1]/area[1]/circle"),
        ({"geocodes": (Named("", "1"),)}, "info[1]/area[1]/geocode"),
        ({"ceiling": "100"}, "info[1]/area[1]/ceiling"),
        ({"description": " "}, "info[1]/area[1]/areaDesc"),
    ],
)
def test_each_rule_of_an_area_is_told_at_its_element(changes: dict[str, object], place: str) -> None:
    assert place in fatal(with_area(**changes))


def test_a_message_that_ends_before_it_begins_is_refused() -> None:
    wrong = replace(ALERT, infos=(replace(INFO, expires="2021-12-19T08:00:00-05:00"),))
    assert fatal(wrong) == {"info[1]/expires"}


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"not xml",
        b"<alert/>",
        b'<!DOCTYPE a [<!ENTITY x "y">]><alert xmlns="urn:oasis:names:tc:emergency:cap:1.2">&x;</alert>',
        "<!DOCTYPE alert><alert/>".encode("utf-16"),
        b"<!doctype alert><alert/>",
        b"<a>" * 300 + b"</a>" * 300,
        b"<a>" + b"<b/>" * 250_000 + b"</a>",
        b"x" * 5_000_000,
    ],
    ids=["empty", "no xml", "no namespace", "entity", "utf-16", "small letters", "deep", "many", "large"],
)
def test_hostile_files_are_refused_quickly(raw: bytes) -> None:
    started = time.process_time()
    reading = cap.read(raw)
    assert not reading.fit and reading.defects
    assert time.process_time() - started < 1


def test_order_and_number_of_elements_matter() -> None:
    text = cap.write(ALERT).decode()
    swapped = text.replace(
        "<status>Actual</status>\n  <msgType>Alert</msgType>", "<msgType>Alert</msgType><status>Actual</status>"
    )
    assert any("wrong place" in defect.what for defect in cap.read(swapped.encode()).defects)
    twice = text.replace("<scope>Public</scope>", "<scope>Public</scope><scope>Public</scope>")
    assert any("more than once" in defect.what for defect in cap.read(twice.encode()).defects)
    unknown = text.replace("<scope>", "<colour>red</colour><scope>")
    assert any(defect.where.endswith("colour") for defect in cap.read(unknown.encode()).defects)


def test_an_old_message_is_brought_to_the_present_and_each_change_told() -> None:
    old = """<alert xmlns="http://www.incident.com/cap/1.0"><identifier>a</identifier><sender>b</sender>
    <sent>2003-06-11T20:56:00.5Z</sent><status>Actual</status><msgType>Alert</msgType><password>p</password>
    <info><event>Storm</event><urgency>Immediate</urgency><severity>Severe</severity><certainty>Very Likely</certainty>
    <eventCode>same=SVR</eventCode></info></alert>"""
    reading = cap.read(old.encode())
    assert reading.fit, reading.defects
    (alert,) = reading.alerts
    assert alert.scope == "Public" and alert.sent == "2003-06-11T20:56:00-00:00"
    assert alert.infos[0].categories == ("Other",) and alert.infos[0].certainty == "Likely"
    assert alert.infos[0].event_codes == (Named("same", "SVR"),)
    assert len(reading.changes) == 7 and reading.versions == ("1.0",)
