"""Reads of investigations: figures for many, persons for nobody here."""

from __future__ import annotations

import copy
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from salus.assess.investigations.classing import class_of
from salus.assess.investigations.document import InvestigationPack, definition_of, pack_named
from salus.assess.investigations.models import Finding, Investigation
from salus.assess.investigations.schemas import FindingRow, InvestigationRow
from salus.assess.permissions import INVESTIGATION_VIEW
from salus.base import clock
from salus.base.errors import NotFound
from salus.gather.cases.selectors import SMALLEST, case_facts, may_identify
from salus.gather.permissions import CASE_IDENTIFY, INVESTIGATION
from salus.trust import policy
from salus.trust.actors import system_viewer
from salus.trust.schemas import Tier, Viewer


def investigation_list(
    *, viewer: Viewer, status: str | None = None, known_at: datetime | None = None
) -> list[InvestigationRow]:
    """Return investigations, the newest first."""
    policy.require(viewer, INVESTIGATION_VIEW)
    rows = Investigation.objects.known(known_at).order_by("-number")
    return [_row(row) for row in (rows if status is None else rows.filter(status=status))]


def investigation_get(*, viewer: Viewer, investigation: UUID, known_at: datetime | None = None) -> InvestigationRow:
    """Return one investigation."""
    policy.require(viewer, INVESTIGATION_VIEW)
    row = Investigation.objects.known(known_at).filter(id=investigation).order_by("-version").first()
    if row is None:
        raise NotFound(_("There is no such investigation."), remedy=_("It may not have been known at that moment."))
    return _row(row)


def investigation_history(
    *, viewer: Viewer, investigation: UUID, known_at: datetime | None = None
) -> list[InvestigationRow]:
    """Return how an investigation came to be what it is, oldest first."""
    investigation_get(viewer=viewer, investigation=investigation, known_at=known_at)
    return [_row(row) for row in Investigation.objects.history(investigation, known_at)]


def investigation_pack(*, viewer: Viewer, name: str, known_at: datetime | None = None) -> InvestigationPack:
    """Return what an emergency's pack says of its investigation."""
    policy.require(viewer, INVESTIGATION_VIEW)
    return pack_named(name)


def finding_latest(*, viewer: Viewer, investigation: UUID, known_at: datetime | None = None) -> FindingRow | None:
    """Return what was found last; where somebody may not see persons, small numbers are hidden."""
    policy.require(viewer, INVESTIGATION_VIEW)
    rows = Finding.objects.filter(investigation_id=investigation, recorded_at__lte=known_at or clock.now())
    row = rows.order_by("-recorded_at", "-id").first()
    if row is None:
        return None
    plain = may_identify(viewer=viewer)
    content = row.content if plain else hidden(row.content)
    return FindingRow(row.id, row.known_at, row.definition_number, content, not plain)


def line_ids(*, viewer: Viewer, investigation: UUID, known_at: datetime | None = None) -> list[UUID]:
    """Return the reports that meet the case definition, for those who may see persons."""
    policy.require(viewer, CASE_IDENTIFY, tier=Tier.PERSONAL, purpose=INVESTIGATION)
    row = investigation_get(viewer=viewer, investigation=investigation, known_at=known_at)
    definition = definition_of(row.definition)
    facts = case_facts(viewer=system_viewer("assess"), source=row.source, known_at=known_at)
    return [one.id for one in facts if class_of(one, definition)]


def hidden(content: dict[str, Any]) -> dict[str, Any]:
    """Return findings in which no small group of people can be told."""
    told = copy.deepcopy(content)
    small = [row for row in told["zones"] if 0 < row["ill"] < SMALLEST]
    if len(small) == 1:
        small += sorted((row for row in told["zones"] if row["ill"] >= SMALLEST), key=lambda row: row["ill"])[:1]
    for row in small:
        row.update(ill=None, per_1000=None)
    covered = {row["zone"] for row in small}
    for row in told["areas"]:
        if 0 < row["ill"] < SMALLEST or (len(row["zones"]) == 1 and row["zones"][0] in covered):
            row.update(ill=None, per_1000=None, ratio=None, high=None, p=None)
    told["workplaces"] = [row for row in told["workplaces"] if row["ill_had"] >= SMALLEST]
    told["exposures"] = [row for row in told["exposures"] if row["ill_had"] + row["ill_not"] >= SMALLEST]
    return told


def _row(row: Investigation) -> InvestigationRow:
    return InvestigationRow(
        id=row.id,
        number=row.number,
        pack=row.pack,
        title=row.title,
        source=row.source,
        status=row.status,
        definition=row.definition,
        definition_number=row.definition_number,
        hypotheses=tuple(row.hypotheses),
        signal_ids=tuple(UUID(one) for one in row.signal_ids),
        zone_ids=tuple(UUID(one) for one in row.zone_ids),
        note=row.note,
        created_at=row.created_at,
        recorded_at=row.recorded_at,
        recorded_by=row.recorded_by,
    )
