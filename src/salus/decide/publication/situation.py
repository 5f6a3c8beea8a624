"""The situation: everything that the public pages show of one moment."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from salus.assess.schemas import RiskLevelRow
from salus.base import clock
from salus.city.selectors import zone_features
from salus.decide.models import Release
from salus.decide.publication import city_services, curves, levels
from salus.decide.publication.common import Scene, moment
from salus.decide.publication.sealing import Draft, File
from salus.decide.publication.tables import csv_text
from salus.decide.schemas import DecisionRow
from salus.decide.selectors import alert_list, decision_list, situation_autopublish
from salus.plan.phrases import days, fill
from salus.trust.disclosure import THRESHOLD

RECENT = timedelta(days=60)
CSV = "text/csv; charset=utf-8"


def situation(known_at: datetime) -> Draft:
    """Return the situation as known at a moment, ready to be sealed."""
    scene = Scene(known_at)
    rows = levels.level_rows(scene)
    rates = levels.rates_of(scene, rows)
    decisions = _decisions(scene)
    in_force = [row for row in decisions if row.in_force(known_at) or _coming(row, known_at)]
    zones = levels.zones(scene, rows, rates, _held(in_force))
    drawn = curves.curves(scene)
    services = city_services.changes(scene)
    body = {
        **scene.start("situation"),
        **_headline(scene, rows.get(scene.root.id), rates),
        "counts": levels.counts(scene, rows),
        "indicators": levels.indicators(rates, rows),
        "zones": zones,
        "measures": _measures(scene, in_force),
        **services,
        "decisions": [_decision(scene, row) for row in decisions],
        "alerts": _alerts(scene),
        "curves": drawn,
        "map": _map(scene, rates),
        **_origins(scene, drawn, levels.indicators(rates, rows)),
        "suppression": _suppression(scene, rates),
        "next_update_on": _next_update(scene),
    }
    words = scene.playbook.phrases
    title = fill(words["situation_title"], city=scene.city.name, day=days(_day(known_at), words))
    told = File("services.csv", CSV, city_services.services_csv(scene, services))
    return Draft("situation", "", title, body, (_areas_csv(scene, zones, rates), _curve_csv(drawn), told), known_at)


def _day(known_at: datetime) -> Any:
    return known_at.astimezone(clock.city_zone()).date()


def _headline(scene: Scene, row: RiskLevelRow | None, rates: levels.Rates) -> dict[str, Any]:
    """The city's level, the scale, and the sentence that says it."""
    words = scene.playbook.phrases
    value = row.level if row else None
    step = scene.playbook.level(value)
    phrase = words["situation_headline"] if step else words["situation_unknown"]
    scale = [
        {
            "value": one.level,
            "name": dict(one.name),
            "meaning": dict(one.meaning),
            "what_to_do": [dict(text) for text in one.what_to_do],
        }
        for one in scene.playbook.levels
    ]
    own = (
        scale[value]
        if step and value is not None
        else {"name": {}, "meaning": {}, "what_to_do": scale[0]["what_to_do"]}
    )
    return {
        "headline": fill(phrase, city=scene.city.name, level=step.name if step else {}),
        "level": {
            **own,
            "value": value,
            "previous": row.previous if row else None,
            "since": moment(row.since) if row else None,
            "reasons": levels.reasons(scene, scene.root, row, rates),
        },
        "levels": scale,
    }


def _decisions(scene: Scene) -> list[DecisionRow]:
    """Decisions that hold, will hold, or ended not long ago."""
    rows = decision_list(viewer=scene.viewer, status=("approved", "ended"), known_at=scene.known_at)
    since = scene.known_at - RECENT
    return [row for row in rows if _end(row) is None or _end(row) > since]  # type: ignore[operator]


def _end(row: DecisionRow) -> datetime | None:
    return row.ended_at or row.in_force_until


def _coming(row: DecisionRow, known_at: datetime) -> bool:
    return row.status == "approved" and row.in_force_from is not None and row.in_force_from > known_at


def _held(rows: Iterable[DecisionRow]) -> dict[UUID, tuple[list[str], list[int]]]:
    held: dict[UUID, tuple[list[str], list[int]]] = {}
    for row in rows:
        for zone_id in row.zone_ids:
            measures, numbers = held.setdefault(zone_id, ([], []))
            measures.extend(row.measures)
            numbers.append(row.number)
    return held


def _measures(scene: Scene, rows: Iterable[DecisionRow]) -> list[dict[str, Any]]:
    return [
        {
            "code": code,
            "title": dict(scene.measures[code].title),
            "text": dict(scene.measures[code].public_text),
            "category": scene.measures[code].category,
            "zones": scene.codes(row.zone_ids),
            "decision": row.number,
            "from": moment(row.in_force_from),
            "until": moment(row.in_force_until),
        }
        for row in rows
        for code in row.measures
        if code in scene.measures
    ]


def _decision(scene: Scene, row: DecisionRow) -> dict[str, Any]:
    told = Release.objects.filter(kind="decision", subject=str(row.number), published_at__lte=scene.known_at)
    state = "ended" if row.status == "ended" else "in_force" if row.in_force(scene.known_at) else "planned"
    if state == "planned" and not _coming(row, scene.known_at):
        state = "ended"
    return {
        "number": row.number,
        "title": dict(row.title),
        "zones": scene.codes(row.zone_ids),
        "measures": list(row.measures),
        "approved_at": moment(row.approved_at),
        "from": moment(row.in_force_from),
        "until": moment(_end(row)),
        "status": state,
        "release": told.order_by("-number").values_list("number", flat=True).first(),
    }


def _alerts(scene: Scene) -> list[dict[str, Any]]:
    rows = alert_list(viewer=scene.viewer, live_at=scene.known_at, known_at=scene.known_at)
    return [
        {
            "identifier": row.identifier,
            "headline": dict(row.headline),
            "severity": row.severity,
            "zones": scene.codes(row.zone_ids),
            "sent_at": moment(row.sent_at),
            "expires_at": moment(row.expires_at),
            "release": row.release_number,
        }
        for row in rows
    ]


def _map(scene: Scene, rates: levels.Rates) -> dict[str, Any]:
    features = zone_features(viewer=scene.viewer, level=scene.leaf_level, detail="overview", known_at=scene.known_at)
    points = [point for feature in features for ring in feature.rings for point in ring]
    first = next((rule for rule in rates.rules if scene.leaf_level in rule["areas"]), None)
    return {
        "kind": scene.leaf_level,
        "bbox": _box(points),
        "indicator": first["key"] if first else None,
        "bins": levels.bins(first) if first else [],
        "features": [
            {
                "code": feature.code,
                "rings": [[[round(x, 5), round(y, 5)] for x, y in ring] for ring in feature.rings],
                "label": [round(feature.label_point[0], 5), round(feature.label_point[1], 5)],
            }
            for feature in features
        ],
    }


def _box(points: list[tuple[float, float]]) -> list[float] | None:
    if not points:
        return None
    across, up = [x for x, _ in points], [y for _, y in points]
    return [round(edge, 5) for edge in (min(across), min(up), max(across), max(up))]


def _origins(scene: Scene, drawn: list[dict[str, Any]], shown: list[dict[str, Any]]) -> dict[str, Any]:
    codes = list(dict.fromkeys([*(c["series"] for c in drawn), *(i["series"] for i in shown if i["series"])]))
    fresh = curves.freshness(scene, codes)
    return {"freshness": fresh, "sources": curves.sources(scene, {row["source"] for row in fresh})}


def _suppression(scene: Scene, rates: levels.Rates) -> dict[str, Any]:
    words = scene.playbook.phrases["hidden_sentence"]
    return {"threshold": THRESHOLD, "hidden": rates.hidden_count, "sentence": fill(words, most=str(THRESHOLD - 1))}


def _next_update(scene: Scene) -> str | None:
    if not situation_autopublish(viewer=scene.viewer, known_at=scene.known_at).on:
        return None
    return (_day(scene.known_at) + timedelta(days=1)).isoformat()


def _areas_csv(scene: Scene, zones: list[dict[str, Any]], rates: levels.Rates) -> File:
    keys = [rule["key"] for rule in rates.rules]
    columns = ["code", "kind", "parent", *(f"name_{lang}" for lang in scene.languages), "population", "level", "since"]
    columns += [f"{key}_{part}" for key in keys for part in ("per_100k", "count", "state", "until")]
    return File("csv", CSV, csv_text(columns, (_area_row(scene, zone, keys) for zone in zones)))


def _area_row(scene: Scene, zone: Mapping[str, Any], keys: list[str]) -> list[Any]:
    names = [zone["name"].get(language) or zone["name"].get("en", "") for language in scene.languages]
    row = [zone["code"], zone["kind"], zone["parent"], *names, zone["population"], zone["level"], zone["since"]]
    for key in keys:
        found = zone["values"].get(key, {"value": None, "count": None, "state": "missing", "on": None})
        row += [found["value"], found["count"], found["state"], found["on"]]
    return row


def _curve_csv(drawn: list[dict[str, Any]]) -> File:
    columns = ["series", "area", "kind", "date", "value", "low90", "low50", "mid", "high50", "high90", "state"]
    rows: list[list[Any]] = []
    for curve in drawn:
        start = [curve["series"], curve["zone"]]
        rows += [[*start, "reported", p["on"], p["value"], *[None] * 5, p["state"]] for p in curve["points"]]
        for kind in ("nowcast", "forecast", "rt"):
            rows += [[*start, kind, *line] for line in _band_rows(curve[kind])]
    return File("curve.csv", CSV, csv_text(columns, rows))


def _band_rows(found: Mapping[str, Any] | None) -> Iterable[list[Any]]:
    if found is None:
        return []
    names = ("low90", "low50", "mid", "high50", "high90")
    return [
        [day, None, *(found[name][place] for name in names), "estimated" if found["partial"][place] else "reported"]
        for place, day in enumerate(found["dates"])
    ]
