"""A series as open data: the last months by area, small numbers hidden."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from salus.base.errors import Invalid
from salus.city.schemas import ZoneRow
from salus.decide.publication.common import Scene
from salus.decide.publication.sealing import Draft, File
from salus.decide.publication.tables import csv_text
from salus.gather.schemas import SeriesRow, Status
from salus.gather.selectors import observations_as_of, series_get
from salus.plan.phrases import days, fill
from salus.trust.disclosure import THRESHOLD, DisclosureError, Key, protect_areas
from salus.trust.schemas import Tier

SPAN = 120
COLUMNS = ("date", "area", "value", "state")
Cell = tuple[date, ZoneRow, float | None, int]


def data(code: str, known_at: datetime) -> Draft:
    """Return a series as a release, ready to be sealed."""
    scene = Scene(known_at)
    series = series_get(viewer=scene.viewer, code=code, known_at=known_at)
    if series.tier > Tier.OPERATIONAL:
        raise Invalid(
            _("This series is about persons and cannot be published."), remedy=_("Publish sums of it instead.")
        )
    cells = _cells(scene, series)
    hidden = _hidden(cells) if series.kind == "count" else set()
    rows = [_row(cell, hidden) for cell in cells]
    words = scene.playbook.phrases
    body = {
        **scene.start("data"),
        "series": series.code,
        "name": dict(series.name),
        "unit": dict.fromkeys(scene.languages, series.unit),
        "definition": dict(series.description),
        "period": series.period,
        "columns": list(COLUMNS),
        "rows": rows,
        "suppression": {
            "threshold": THRESHOLD,
            "hidden": len(hidden),
            "sentence": fill(words["hidden_sentence"], most=str(THRESHOLD - 1)),
        },
    }
    title = fill(words["data_title"], name=series.name, day=days(known_at.date(), words))
    return Draft(
        "data", series.code, title, body, (File("csv", "text/csv; charset=utf-8", csv_text(COLUMNS, rows)),), known_at
    )


def _cells(scene: Scene, series: SeriesRow) -> list[Cell]:
    frame = observations_as_of(
        viewer=scene.viewer,
        series=series.code,
        strata=[0],
        valid_from=scene.known_at.date() - timedelta(days=SPAN),
        known_at=scene.known_at,
    )
    zones = {zone.number: zone for zone in scene.zones.values()}
    rows = frame.select("valid_on", "zone", "value", "status").sort("valid_on", "zone").iter_rows()
    return [(day, zones[number], value, int(status)) for day, number, value, status in rows if number in zones]


def _hidden(cells: list[Cell]) -> set[tuple[date, int]]:
    """Every day is a table of its own: the smallest areas, and what they add up to."""
    by_day: dict[date, list[Cell]] = {}
    for cell in cells:
        by_day.setdefault(cell[0], []).append(cell)
    found: set[tuple[date, int]] = set()
    for day, there in by_day.items():
        found |= {(day, number) for number in _hidden_on(there)}
    return found


def _hidden_on(cells: list[Cell]) -> set[int]:
    counts: dict[Key, int | None] = {
        zone.number: round(value) if value is not None and status == Status.OBSERVED and value >= 0 else None
        for _, zone, value, status in cells
    }
    numbers = {zone.id: zone.number for _, zone, _, _ in cells}
    # The nearest area around that is told too: a level that is left out must not untie the others.
    parents: dict[Key, Key | None] = {
        zone.number: next((numbers[around] for around in zone.path[1:] if around in numbers), None)
        for _, zone, _, _ in cells
    }
    try:
        made = protect_areas(counts, parents)
    except DisclosureError:
        return {zone.number for _, zone, _, _ in cells}
    return {key for key in made if isinstance(key, int)}


def _row(cell: Cell, hidden: set[tuple[date, int]]) -> list[Any]:
    day, zone, value, status = cell
    if (day, zone.number) in hidden or status == Status.SUPPRESSED:
        return [day.isoformat(), zone.code, None, "suppressed"]
    if value is None or status == Status.MISSING:
        return [day.isoformat(), zone.code, None, "missing"]
    return [day.isoformat(), zone.code, value, "observed"]
