"""Writes of the line list, and every look at a person in it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from django.utils.translation import gettext as _

from salus.base import clock, outbox
from salus.base.audit import audited, note
from salus.base.errors import Refused
from salus.base.versioned import record_create, record_revise
from salus.gather.cases.doubts import park, settled_since
from salus.gather.cases.schemas import AreaSpec, CasePerson, CasesChunk, CasesTaken
from salus.gather.cases.sealing import keys_destroy, person_of, seals_of
from salus.gather.cases.writing import lines_write
from salus.gather.events import CASES_TAKEN
from salus.gather.models import Case, Import, ParkedRow, ServedArea, Source
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
    taken = lines_write(source, chunk.lines, zones, batch.number, CasesTaken(batch.id), by)
    doubtful = park(batch, chunk.parked)
    settled_since(source, chunk, by)
    batch.rows_written = taken.written + taken.revised
    batch.rows_unchanged, batch.status = taken.unchanged, "committed"
    batch.committed_at = batch.ended_at = clock.now()
    batch.save()
    note(source=source, label=chunk.label, new=taken.written, revised=taken.revised, duplicates=taken.duplicates,
         parked=doubtful)  # fmt: skip
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
        rows_parked=len(chunk.parked),
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
    note(erased=keys_destroy([case]))
    return case


@audited("case.forget")
def cases_forget(*, by: Viewer) -> int:
    """Destroy the keys of reports that have been kept for as long as they may."""
    policy.require(by, CASE_ERASE, tier=Tier.PERSONAL)
    old = Case.objects.known().filter(reported_at__lt=clock.now() - KEPT).values_list("id", flat=True)
    waited = ParkedRow.objects.filter(recorded_at__lt=clock.now() - KEPT).exclude(sealed=b"")
    count = keys_destroy([*old, *waited.values_list("id", flat=True)])
    note(forgotten=count)
    return count
