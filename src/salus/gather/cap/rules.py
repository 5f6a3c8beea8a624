"""The rules that stand in the protocol's text, beyond its schema."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

from salus.gather.cap.document import Alert, Area, Defect, Info
from salus.gather.cap.moments import parsed

_FORBIDDEN = re.compile(r"[\s,<&]")
_PAIR = re.compile(r"^([+-]?\d+(?:\.\d+)?),([+-]?\d+(?:\.\d+)?)$")


def check(alert: Alert) -> list[Defect]:
    """Return what breaks the rules of the text; an empty list means that the message is right."""
    return [*_names(alert), *_addressing(alert), *_references(alert), *_infos(alert)]


def _names(alert: Alert) -> Iterator[Defect]:
    for element, text in (("identifier", alert.identifier), ("sender", alert.sender)):
        if not text:
            yield Defect(f"alert/{element}", "It must not be empty.")
        elif _FORBIDDEN.search(text):
            yield Defect(f"alert/{element}", "It must not hold a space, a comma, '<' or '&'.")


def _addressing(alert: Alert) -> Iterator[Defect]:
    if alert.scope == "Restricted" and not (alert.restriction or "").strip():
        yield Defect("alert/restriction", "A restricted message must say to whom it is restricted.")
    if alert.scope != "Restricted" and (alert.restriction or "").strip():
        yield Defect("alert/restriction", "Only a restricted message may carry a restriction.", fatal=False)
    if alert.scope == "Private" and not (alert.addresses or "").strip():
        yield Defect("alert/addresses", "A private message must name its addressees.")
    if alert.status == "Exercise" and not (alert.note or "").strip():
        yield Defect("alert/note", "An exercise should be described in a note.", fatal=False)
    if alert.message_type == "Error" and not (alert.note or "").strip():
        yield Defect("alert/note", "An error message should be explained in a note.", fatal=False)


def _references(alert: Alert) -> Iterator[Defect]:
    references = (alert.references or "").split()
    if alert.message_type in ("Update", "Cancel", "Ack", "Error") and not references:
        yield Defect("alert/references", f"A message of type {alert.message_type} must refer to an earlier one.")
    if alert.references is not None and not references:
        yield Defect("alert/references", "It stands there empty.", fatal=False)
    for reference in references:
        parts = reference.split(",")
        if len(parts) != 3 or not all(parts) or parsed(parts[2]) is None:
            yield Defect("alert/references", f"'{reference}' is not sender,identifier,sent.")


def _infos(alert: Alert) -> Iterator[Defect]:
    if alert.message_type in ("Alert", "Update") and not alert.infos:
        yield Defect("alert/info", "A message that warns should say something.", fatal=False)
    for index, info in enumerate(alert.infos, 1):
        yield from _info(info, f"alert/info[{index}]")


def _info(info: Info, where: str) -> Iterator[Defect]:
    if not info.event.strip():
        yield Defect(f"{where}/event", "It must not be empty.")
    start = parsed(info.effective or info.onset or "")
    end = parsed(info.expires or "")
    if start and end and end < start:
        yield Defect(f"{where}/expires", "It ends before it begins.")
    if info.headline and len(info.headline) > 160:
        yield Defect(f"{where}/headline", "More than 160 letters may be cut off on some devices.", fatal=False)
    for index, resource in enumerate(info.resources, 1):
        if resource.deref_uri is not None and not resource.deref_uri.strip():
            yield Defect(f"{where}/resource[{index}]/derefUri", "It stands there empty.", fatal=False)
    for index, area in enumerate(info.areas, 1):
        yield from _area(area, f"{where}/area[{index}]")


def _area(area: Area, where: str) -> Iterator[Defect]:
    if not area.description.strip():
        yield Defect(f"{where}/areaDesc", "It must not be empty.")
    for polygon in area.polygons:
        yield from _polygon(polygon, f"{where}/polygon")
    for circle in area.circles:
        yield from _circle(circle, f"{where}/circle")
    for geocode in area.geocodes:
        if not geocode.name.strip() or not geocode.value.strip():
            yield Defect(f"{where}/geocode", "Both its name and its value must be given.")
    if area.ceiling is not None and area.altitude is None:
        yield Defect(f"{where}/ceiling", "A ceiling needs an altitude.")


def _polygon(text: str, where: str) -> Iterator[Defect]:
    points = text.split()
    wrong = next((point for point in points if not _point(point)), None)
    if wrong is not None:
        yield Defect(where, f"'{wrong}' is not a latitude and a longitude.")
    elif len(points) < 4:
        yield Defect(where, "It needs four points at least.")
    elif [float(x) for x in points[0].split(",")] != [float(x) for x in points[-1].split(",")]:
        yield Defect(where, "Its first and last points differ.")


def _circle(text: str, where: str) -> Iterator[Defect]:
    parts = text.split()
    if len(parts) != 2 or not _point(parts[0]):
        yield Defect(where, f"'{text}' is not a point and a radius.")
        return
    try:
        radius = float(parts[1])
    except ValueError:
        radius = math.nan
    if not (radius >= 0 and math.isfinite(radius)):
        yield Defect(where, f"'{parts[1]}' is not a radius in kilometres.")


def _point(text: str) -> bool:
    match = _PAIR.match(text)
    return match is not None and abs(float(match[1])) <= 90 and abs(float(match[2])) <= 180
