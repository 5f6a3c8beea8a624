"""Writes of the line list, and every look at a person in it."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from salus.base import clock, outbox
from salus.base.audit import audited, note
from salus.base.errors import Refused
from salus.base.ids import new_id
from salus.base.versioned import record_create, record_revise
from salus.gather.cases.schemas import AreaSpec, CaseLine, CasePerson, CasesChunk, CasesTaken
from salus.gather.cases.sealing import content_of, match_of, new_key, person_of, sealed, seals_of
from salus.gather.events import CASES_TAKEN
from salus.gather.models import Case, CaseKey, Import, ServedArea, Source
from salus.gather.permissions import CASE_ERASE, CASE_EXPORT, CASE_IDENTIFY, IMPORT_RUN, INVESTIGATION
from salus.trust import policy
from salus.trust.privacy import scrub
from salus.trust.schemas import Tier, Viewer

# A report is kept with its names for so long, and then forgotten.
KEPT = timedelta(days=180)
_AT_ONCE = 500


@audited("case.import")
def cases_import(
    *, source: str, digest: str, size: int, chunk: CasesChunk, zones: dict[str, int], by: Viewer
) -> CasesTaken:
    """Bring in a file of lines, once: what is new is written, what changed is the next version."""
    policy.require(by, IMPORT_RUN, tier=Tier.PERSONAL)
    _require_live(source)
    done = Import.objects.filter(source=source, content_digest=digest, status="committed").first()
    if done is not None:
        return CasesTaken(done.id, unchanged=len(chunk.lines), known=True)
    batch = _begun(source, digest, size, chunk, by)
    _write_areas(source, chunk.areas, zones, by)
    taken = _write(source, chunk.lines, zones, batch.number, CasesTaken(batch.id), by)
    batch.rows_written = taken.written + taken.revised
    batch.rows_unchanged, batch.status = taken.unchanged, "committed"
    batch.committed_at = batch.ended_at = clock.now()
    batch.save()
    note(source=source, label=chunk.label, new=taken.written, revised=taken.revised, duplicates=taken.duplicates)
    payload = {"source": source, "cases": taken.written + taken.revised}
    outbox.publish(topic=CASES_TAKEN, record_kind="observation_batch", record_id=batch.id, payload=payload, by=by)
    return taken


def _require_live(source: str) -> None:
    row = Source.objects.known().filter(slug=source).first()
    if row is None or row.status != "live":
        raise Refused(
            _("The source '%(slug)s' is not live.") % {"slug": source},
            remedy=_("Activate it: it needs an owner, a reuse policy and a tier."),
        )


def _begun(source: str, digest: str, size: int, chunk: CasesChunk, by: Viewer) -> Import:
    return Import.objects.create(
        source=source,
        kind="cases",
        label=chunk.label,
        status="committing",
        format="csv",
        size_bytes=size,
        content_digest=digest,
        report={"notes": list(chunk.notes)},
        rows_read=len(chunk.lines),
        rows_good=len(chunk.lines),
        recorded_at=clock.now(),
        recorded_by=by.id,
        started_wall=clock.wall_now(),
    )


def _write_areas(source: str, areas: Sequence[AreaSpec], zones: dict[str, int], by: Viewer) -> None:
    known = {(row.network, row.code): row for row in ServedArea.objects.known().filter(source=source)}
    for spec in areas:
        numbers = sorted(zones[code] for code in spec.zones if code in zones)
        before = known.get((spec.network, spec.code))
        fields = {"upstream": spec.upstream, "zone_numbers": numbers}
        if before is None:
            record_create(ServedArea, source=source, network=spec.network, code=spec.code, by=by, **fields)
        elif before.zone_numbers != numbers or before.upstream != spec.upstream:
            record_revise(before, by=by, **fields)


def _write(
    source: str, lines: Sequence[CaseLine], zones: dict[str, int], batch: int, taken: CasesTaken, by: Viewer
) -> CasesTaken:
    known = {row.reference: row for row in _rows(source, "reference", [line.reference for line in lines])}
    matches = [match_of(line) for line in lines]
    first = {row.match: row.id for row in sorted(_rows(source, "match", matches), key=lambda row: -row.version)}
    new: dict[str, tuple[Case, CaseKey]] = {}
    moment = clock.now()
    for line, match in zip(lines, matches, strict=True):
        before = known.get(line.reference)
        if before is not None or line.reference in new:
            taken = _again(line, before or new[line.reference][0], zones, batch, taken, by)
            continue
        id = new_id()
        seal, key = new_key(id)
        same = first.get(match) if line.asked_as == "case" else None
        row = Case(
            id=id, source=source, reference=line.reference, match=match, duplicate_of=same, created_at=moment,
            recorded_at=moment, recorded_by=by.id, **_open_fields(line, zones, batch), **sealed(line, seal),
        )  # fmt: skip
        first.setdefault(match, id)
        new[line.reference] = (row, key)
        taken = replace(taken, written=taken.written + 1, duplicates=taken.duplicates + (same is not None))
    Case.objects.bulk_create([row for row, _key in new.values()], batch_size=_AT_ONCE)
    CaseKey.objects.bulk_create([key for _row, key in new.values()], batch_size=_AT_ONCE)
    return taken


def _rows(source: str, field: str, values: Sequence[str]) -> list[Case]:
    wanted, found = sorted(set(values)), []
    for start in range(0, len(wanted), _AT_ONCE):
        part = {f"{field}__in": wanted[start : start + _AT_ONCE]}
        found += list(Case.objects.known().filter(source=source, **part))
    return found


def _again(
    line: CaseLine, before: Case, zones: dict[str, int], batch: int, taken: CasesTaken, by: Viewer
) -> CasesTaken:
    """Write the next version of a report that says something new; one not written yet is made as it says now."""
    if before.content == content_of(line):
        return replace(taken, unchanged=taken.unchanged + 1)
    if before.version is None:
        before.laboratory = line.laboratory or before.laboratory
        return taken
    seal = seals_of([before.id]).get(before.id)
    if seal is None:
        # Erased: what comes of that person again is not taken in.
        return replace(taken, unchanged=taken.unchanged + 1)
    record_revise(before, by=by, **_open_fields(line, zones, batch), **sealed(line, seal))
    return replace(taken, revised=taken.revised + 1)


def _open_fields(line: CaseLine, zones: dict[str, int], batch: int) -> dict[str, Any]:
    return {
        "asked_as": line.asked_as,
        "asked_for": line.asked_for,
        "zone_number": zones.get(line.zone),
        "work_zone_number": zones.get(line.work_zone),
        "onset_at": line.onset_at,
        "reported_at": line.reported_at,
        "laboratory": line.laboratory,
        "content": content_of(line),
        "batch": batch,
    }


@audited("case.look")
def cases_look(*, ids: Sequence[UUID], reason: str, by: Viewer) -> list[CasePerson]:
    """Open cases with who they are; that somebody looked, and at how many, is written down."""
    policy.require(by, CASE_IDENTIFY, tier=Tier.PERSONAL, purpose=INVESTIGATION)
    return _opened(ids, reason)


@audited("case.export")
def cases_export(*, ids: Sequence[UUID], reason: str, by: Viewer) -> list[CasePerson]:
    """Open cases to take them out of the product, which is a right of its own."""
    policy.require(by, CASE_IDENTIFY, tier=Tier.PERSONAL, purpose=INVESTIGATION)
    policy.require(by, CASE_EXPORT, tier=Tier.PERSONAL, purpose=INVESTIGATION)
    return _opened(ids, reason)


def _opened(ids: Sequence[UUID], reason: str) -> list[CasePerson]:
    rows = [row for start in range(0, len(ids), _AT_ONCE)
            for row in Case.objects.known().filter(id__in=list(ids)[start : start + _AT_ONCE])]  # fmt: skip
    seals = seals_of(row.id for row in rows)
    found = [person_of(row, seals.get(row.id)) for row in sorted(rows, key=lambda row: row.reference)]
    # The audit keeps no names, not even in what somebody wrote as their reason.
    note(cases=len(found), reason=scrub(reason))
    return found


@audited("case.erase")
def case_erase(*, case: UUID, by: Viewer) -> UUID:
    """Destroy what is known of who a case is, in every copy: the count stays, the person does not."""
    policy.require(by, CASE_ERASE, tier=Tier.PERSONAL)
    Case.objects.one(case)
    note(erased=_shred([case]))
    return case


@audited("case.forget")
def cases_forget(*, by: Viewer) -> int:
    """Destroy the keys of reports that have been kept for as long as they may."""
    policy.require(by, CASE_ERASE, tier=Tier.PERSONAL)
    old = Case.objects.known().filter(reported_at__lt=clock.now() - KEPT).values_list("id", flat=True)
    count = _shred(list(old))
    note(forgotten=count)
    return count


def _shred(cases: Sequence[UUID]) -> int:
    """Overwrite keys before they are deleted, so that the page keeps no copy of them."""
    count = 0
    for start in range(0, len(cases), _AT_ONCE):
        rows = CaseKey.objects.filter(case_id__in=list(cases)[start : start + _AT_ONCE])
        for row in rows:
            row.wrapped = secrets.token_bytes(len(bytes(row.wrapped)))
            row.save(update_fields=["wrapped"])
        count += rows.delete()[0]
    return count
