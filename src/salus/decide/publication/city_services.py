"""What the public is told of the city's own services: lines that are closed, and where one can go."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from salus.base import clock
from salus.base.texts import pick
from salus.city.schemas import FacilityRow, LineRow
from salus.city.selectors import facility_list, line_list
from salus.decide.changes.schemas import LINE_CLOSED, ServiceChangeRow
from salus.decide.changes.selectors import service_change_list
from salus.decide.publication.common import Scene
from salus.decide.publication.tables import csv_text

COLUMNS = ("kind", "code", "zone", "areas", "whole", "lon", "lat", "per_day", "weekdays", "opens", "closes",
           "from", "until", "decision")  # fmt: skip
_WEEKDAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")


def changes(scene: Scene) -> dict[str, list[dict[str, Any]]]:
    """Return the closed lines and the opened sites that hold, or will, by the names that bodies give them."""
    rows = service_change_list(viewer=scene.viewer, current=True, known_at=scene.known_at)
    rows = [row for row in rows if not _over(scene, row)]
    lines: Mapping[Any, LineRow] = {row.id: row for row in line_list(viewer=scene.viewer, known_at=scene.known_at)}
    places = {row.id: row for row in facility_list(viewer=scene.viewer, known_at=scene.known_at)} if rows else {}
    closed = [_line(scene, row, lines[row.line_id]) for row in rows if row.line_id in lines]
    sites = [_site(scene, row, places[row.facility_id]) for row in rows if row.facility_id in places]
    return {
        "closed_lines": sorted(closed, key=lambda one: (len(one["code"]), one["code"], one["from"])),
        "sites": sorted(sites, key=lambda one: (one["kind"], pick(one["name"], "en"), one["number"])),
    }


def _over(scene: Scene, row: ServiceChangeRow) -> bool:
    today = scene.known_at.astimezone(clock.city_zone()).date()
    return row.state(today) == "ended"


def _span(row: ServiceChangeRow) -> dict[str, Any]:
    return {"from": row.from_on.isoformat(), "until": _iso(row.last_on), "decision": row.decision_number}


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _line(scene: Scene, row: ServiceChangeRow, line: LineRow) -> dict[str, Any]:
    return {
        "number": row.number,
        "code": line.code,
        "name": dict(line.name),
        "mode": line.mode,
        "zones": scene.codes(row.zone_ids),
        "whole": row.whole,
        **_span(row),
    }


def _site(scene: Scene, row: ServiceChangeRow, place: FacilityRow) -> dict[str, Any]:
    return {
        "number": row.number,
        "code": f"{place.code}-{row.site}",
        "kind": row.site,
        "name": dict(place.name),
        "zone": next(iter(scene.codes([place.zone_id])), None),
        "place": [round(place.location[0], 5), round(place.location[1], 5)],
        "zones": scene.codes(row.zone_ids),
        "per_day": row.per_day,
        "weekdays": list(row.weekdays),
        "opens": row.opens,
        "closes": row.closes,
        **_span(row),
    }


def services_csv(scene: Scene, told: Mapping[str, Sequence[Mapping[str, Any]]]) -> str:
    """Return both lists as one table."""
    names = [f"name_{language}" for language in scene.languages]
    rows = [*_rows(scene, LINE_CLOSED, told["closed_lines"]), *_rows(scene, "", told["sites"])]
    return csv_text([*COLUMNS[:2], *names, *COLUMNS[2:]], rows)


def _rows(scene: Scene, kind: str, told: Iterable[Mapping[str, Any]]) -> Iterable[list[Any]]:
    for row in told:
        called = [row["name"].get(language) or pick(row["name"], language) for language in scene.languages]
        lon, lat = row.get("place") or (None, None)
        days = " ".join(_WEEKDAYS[day] for day in row.get("weekdays", ()))
        about = [row.get("zone"), " ".join(row["zones"]), row.get("whole"), lon, lat, row.get("per_day"), days]
        yield [
            kind or row["kind"], row["code"], *called, *about, row.get("opens"), row.get("closes"),
            row["from"], row["until"], row["decision"],
        ]  # fmt: skip
