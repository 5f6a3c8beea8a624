"""Writing a generation of boundaries."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Max
from django.utils.translation import gettext as _

from salus.base import outbox
from salus.base.audit import audited, note
from salus.base.errors import Invalid
from salus.base.ids import new_id
from salus.base.texts import LocalText
from salus.base.versioned import record_create
from salus.city import events
from salus.city.models import City, Crosswalk, Generation, Zone, ZoneShapes
from salus.city.permissions import CITY_MANAGE
from salus.city.reading.generations import as_generation, generation_in_force
from salus.city.schemas import (
    CITY_LEVEL,
    CITY_NUMBER,
    GenerationRow,
    Point,
    ZoneDraft,
)
from salus.trust import policy
from salus.trust.schemas import Viewer

_DECIMALS = {"overview": 4, "map": 5, "full": 7}


def _text(name: LocalText | str) -> dict[str, str]:
    return {"en": name} if isinstance(name, str) else dict(name)


def _digest(drafts: Sequence[ZoneDraft], repair: bool) -> str:
    parts: list[Any] = [[d.code, _text(d.name), d.level, d.parent_code, d.geometry, list(d.aliases)] for d in drafts]
    text = json.dumps([repair, parts], sort_keys=True, default=str, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _with_root(drafts: Sequence[ZoneDraft], city: City | None) -> list[ZoneDraft]:
    """Return the zones under one root: the city itself, where the file does not name it."""
    if city is None or any(draft.level == CITY_LEVEL for draft in drafts):
        return list(drafts)
    root = ZoneDraft(code=city.slug, name=city.name, level=CITY_LEVEL)
    under = [
        draft
        if draft.parent_code is not None
        else ZoneDraft(draft.code, draft.name, draft.level, root.code, draft.geometry, draft.aliases)
        for draft in drafts
    ]
    return [root, *under]


class _Places:
    """Gives each zone its identity: that of the same place before, or a new one."""

    def __init__(self, before: Generation | None) -> None:
        rows = Zone.objects.filter(generation_id=before.id) if before else Zone.objects.none()
        self._known = {(row.level, row.code): row for row in rows}
        self._root = next((row for row in rows if row.level == CITY_LEVEL), None)
        highest = Zone.objects.aggregate(highest=Max("number"))["highest"] or CITY_NUMBER
        self._next = highest + 1

    def place(self, draft: ZoneDraft, shape: Any) -> tuple[UUID, int]:
        """Return the zone's id and number."""
        from salus.city.geometry import covering

        if draft.level == CITY_LEVEL:
            return (self._root.id if self._root else new_id()), CITY_NUMBER
        same = self._known.get((draft.level, draft.code))
        if same is not None and covering.same_place(covering.load(bytes(same.geometry)), shape):
            return same.id, same.number
        self._next += 1
        return new_id(), self._next - 1


def _path(code: str, parents: dict[str, str | None], places: dict[str, tuple[UUID, int]]) -> list[UUID]:
    """Return the zone itself, then the zones around it."""
    path: list[UUID] = []
    above: str | None = code
    while above is not None:
        path.append(places[above][0])
        above = parents[above]
    return path


def _zone_rows(drafts: Sequence[ZoneDraft], found: Any, generation: UUID, before: Generation | None) -> list[Zone]:
    identities = _Places(before)
    places = {draft.code: identities.place(draft, found.shapes[draft.code]) for draft in drafts}
    parents = {draft.code: draft.parent_code for draft in drafts}
    return [
        Zone(
            number=places[draft.code][1],
            generation_id=generation,
            order=order,
            **_zone_fields(draft, found.shapes[draft.code], _path(draft.code, parents, places)),
        )
        for order, draft in enumerate(drafts)
    ]


def _zone_fields(draft: ZoneDraft, shape: Any, path: list[UUID]) -> dict[str, Any]:
    from salus.city.geometry import covering

    return {
        "id": path[0],
        "code": draft.code,
        "name": _text(draft.name),
        "level": draft.level,
        "parent_id": path[1] if len(path) > 1 else None,
        "path": [str(step) for step in path],
        "aliases": sorted({str(alias) for alias in draft.aliases if str(alias)} - {draft.code}),
        "lon": float(shape.centroid.x),
        "lat": float(shape.centroid.y),
        "area_km2": covering.area_km2(shape),
        "geometry": covering.dump(shape),
    }


def _simple_shapes(drafts: Sequence[ZoneDraft], found: Any, detail: str, width: float) -> dict[str, Any]:
    """Return simpler shapes for every zone; those made from others are made so again."""
    from salus.city.geometry import covering
    from salus.city.geometry.nesting import children_of, from_the_bottom

    simple: dict[str, Any] = {}
    for level in {draft.level for draft in drafts}:
        codes = [d.code for d in drafts if d.level == level and d.code not in found.dissolved]
        if codes:
            made = covering.simplified([found.shapes[code] for code in codes], detail, width)
            simple.update(zip(codes, made, strict=True))
    children = children_of(drafts)
    for draft in from_the_bottom(drafts):
        if draft.code in found.dissolved:
            simple[draft.code] = covering.union([simple[child.code] for child in children[draft.code]])
    return simple


def _shape_rows(drafts: Sequence[ZoneDraft], found: Any, rows: Sequence[Zone]) -> list[ZoneShapes]:
    from salus.city.geometry import covering

    numbers = {row.code: row.number for row in rows}
    width = covering.width_of(list(found.shapes.values()))
    labels: dict[str, Point] = {}
    made = []
    for detail in covering.DETAILS:
        simple = _simple_shapes(drafts, found, detail, width)
        labels = labels or {code: covering.label_point(shape) for code, shape in simple.items()}
        for level in sorted({draft.level for draft in drafts}):
            features = [
                [numbers[d.code], covering.rings_of(simple[d.code], _DECIMALS[detail]), labels[d.code]]
                for d in drafts
                if d.level == level
            ]
            made.append(ZoneShapes(generation_id=rows[0].generation_id, level=level, detail=detail, features=features))
    return made


def _level_shares(old: Sequence[Zone], new: Sequence[Zone]) -> list[tuple[int, int, float]]:
    """Return where the zones of one level went, by their numbers; a place that stayed is itself."""
    from salus.city.geometry import covering

    stayed = {row.id for row in old} & {row.id for row in new}
    gone = [row for row in old if row.id not in stayed]
    shapes = [covering.load(bytes(row.geometry)) for row in new] if gone else []
    shares = covering.shares([covering.load(bytes(row.geometry)) for row in gone], shapes)
    same = [(row.number, row.number, 1.0) for row in old if row.id in stayed]
    return same + [(gone[i].number, new[j].number, share) for i, j, share in shares]


def _crosswalk(older: Generation, newer: Sequence[Zone]) -> list[Crosswalk]:
    """Return, level by level, where the zones of the older boundaries went."""
    made = []
    for level in sorted({row.level for row in newer}):
        old = list(Zone.objects.filter(generation_id=older.id, level=level).order_by("order"))
        made += [
            Crosswalk(
                from_generation_id=older.id,
                to_generation_id=newer[0].generation_id,
                from_number=before,
                to_number=after,
                share=share,
            )
            for before, after, share in _level_shares(old, [row for row in newer if row.level == level])
        ]
    return made


@audited("city.generation_import")
def generation_import(
    *,
    name: str,
    valid_from: date,
    zones: Sequence[ZoneDraft],
    repair: bool = False,
    by: Viewer,
) -> GenerationRow:
    """Take in boundaries in force from a day on, whole and valid, or refuse them and write nothing."""
    policy.require(by, CITY_MANAGE)
    from salus.city.geometry import boundaries

    city = City.objects.known().first()
    drafts = _with_root(zones, city)
    if not drafts:
        raise Invalid(_("There are no zones in these boundaries."), remedy=_("Check the file."))
    digest = _digest(drafts, repair)
    same = Generation.objects.known().filter(digest=digest, valid_from=valid_from).first()
    if same is not None:
        note(unchanged=True)
        return as_generation(same)
    centre = (city.centre_lon, city.centre_lat) if city else None
    found = boundaries.check(drafts, centre=centre, repair=repair)
    return _write(name, valid_from, drafts, found, digest, by)


def _write(
    name: str, valid_from: date, drafts: Sequence[ZoneDraft], found: Any, digest: str, by: Viewer
) -> GenerationRow:
    before = generation_in_force(valid_from)
    repairs = [{"code": r.code, "kind": r.kind, "what": r.what} for r in found.repairs]
    generation = record_create(
        Generation,
        name=name,
        valid_from=valid_from,
        digest=digest,
        zone_count=len(drafts),
        repairs=repairs,
        by=by,
    )
    rows = _zone_rows(drafts, found, generation.id, before)
    Zone.objects.bulk_create(rows, batch_size=200)
    ZoneShapes.objects.bulk_create(_shape_rows(drafts, found, rows))
    if before is not None:
        Crosswalk.objects.bulk_create(_crosswalk(before, rows), batch_size=500)
    note(zones=len(rows), repairs=len(repairs), valid_from=valid_from.isoformat())
    outbox.publish(
        topic=events.GENERATION_IMPORTED,
        record_kind="generation",
        record_id=generation.id,
        by=by,
        payload={"zones": len(rows), "before": str(before.id) if before else None},
    )
    return as_generation(generation)
