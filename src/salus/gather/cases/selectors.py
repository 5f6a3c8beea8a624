"""Reads of the line list: counts for many, facts without a name for computation."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from salus.gather.cases.schemas import CASE, AreaRow, CaseCount, CaseFacts
from salus.gather.cases.sealing import facts_of, seals_of
from salus.gather.models import Case, ServedArea
from salus.gather.permissions import CASE_ANALYSE, CASE_IDENTIFY, CASE_VIEW, INVESTIGATION
from salus.trust import policy
from salus.trust.schemas import Tier, Viewer

SMALLEST = 5


def may_identify(*, viewer: Viewer) -> bool:
    """Tell whether somebody may see who cases are."""
    return policy.may(viewer, CASE_IDENTIFY, tier=Tier.PERSONAL, purpose=INVESTIGATION)


def case_counts(
    *, viewer: Viewer, source: str, since: datetime | None = None, known_at: datetime | None = None
) -> list[CaseCount]:
    """Return cases by zone, each report once; small numbers are hidden from who may not see persons."""
    policy.require(viewer, CASE_VIEW)
    rows = Case.objects.known(known_at).filter(source=source, asked_as=CASE, duplicate_of__isnull=True)
    if since is not None:
        rows = rows.filter(reported_at__gte=since)
    counts = Counter(number for number in rows.values_list("zone_number", flat=True) if number is not None)
    return shown(counts, plain=may_identify(viewer=viewer))


def shown(counts: Counter[int], *, plain: bool) -> list[CaseCount]:
    """Return counts with those hidden that are small; a single hidden one takes the next smallest with it."""
    hidden = set() if plain else {zone for zone, count in counts.items() if 0 < count < SMALLEST}
    if len(hidden) == 1 and (others := [zone for zone in counts if zone not in hidden]):
        hidden.add(min(others, key=lambda zone: (counts[zone], zone)))
    return [
        CaseCount(zone, None if zone in hidden else count, zone in hidden) for zone, count in sorted(counts.items())
    ]


def case_facts(*, viewer: Viewer, source: str, known_at: datetime | None = None) -> list[CaseFacts]:
    """Return every case and control for computation: no name, telephone or street."""
    policy.require(viewer, CASE_ANALYSE, tier=Tier.PERSONAL)
    rows = list(Case.objects.known(known_at).filter(source=source).order_by("reference"))
    seals = seals_of(row.id for row in rows)
    return [facts_of(row, seals.get(row.id)) for row in rows]


def area_list(*, viewer: Viewer, source: str, known_at: datetime | None = None) -> list[AreaRow]:
    """Return the pieces of networks of which a source told."""
    policy.require(viewer, CASE_VIEW)
    rows = ServedArea.objects.known(known_at).filter(source=source).order_by("network", "code")
    return [AreaRow(row.network, row.code, row.upstream, tuple(row.zone_numbers)) for row in rows]
