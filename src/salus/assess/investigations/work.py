"""The work of an investigation's job: read without names, compute, keep."""

from __future__ import annotations

from uuid import UUID

from salus.assess.investigations.compute import Ground, investigate
from salus.assess.investigations.document import definition_of, pack_named
from salus.assess.investigations.selectors import investigation_get
from salus.assess.investigations.services import finding_record
from salus.base import clock
from salus.city import selectors as city
from salus.gather.cases.selectors import area_list, case_facts
from salus.trust.schemas import Viewer


def find(*, investigation: UUID, by: Viewer) -> dict[str, object]:
    """Compute an investigation on what is known now, and keep it."""
    known_at = clock.now()
    row = investigation_get(viewer=by, investigation=investigation)
    zones = city.zone_list(viewer=by, level="zone")
    ground = Ground(
        {zone.number: float(zone.population or 0.0) for zone in zones},
        {zone.number: (zone.centroid[0], zone.centroid[1]) for zone in zones},
    )
    content = investigate(
        case_facts(viewer=by, source=row.source),
        definition=definition_of(row.definition),
        pack=pack_named(row.pack),
        areas=area_list(viewer=by, source=row.source),
        ground=ground,
        now=known_at,
    )
    made = finding_record(investigation=row.id, known_at=known_at, content=content, by=by)
    return {"investigation": str(row.id), "finding": str(made.id) if made else "", **content["counts"]}
