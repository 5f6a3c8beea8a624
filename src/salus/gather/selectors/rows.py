"""From table rows to what crosses the edge."""

from __future__ import annotations

from salus.gather.models import ColumnMapping, Import, ParkedRow, Series, Source, Stratum
from salus.gather.schemas import (
    Defect,
    ImportRow,
    MappingRow,
    MappingSpec,
    ParkedRowRow,
    SeriesRow,
    SourceRow,
    StratumRow,
)
from salus.trust.schemas import Tier


def source_row(row: Source) -> SourceRow:
    """Return a source as its schema."""
    return SourceRow(
        id=row.id,
        slug=row.slug,
        title=row.title,
        status=row.status,
        owner=row.owner,
        owner_organisation_id=row.owner_organisation_id,
        reuse_policy=row.reuse_policy,
        tier=None if row.tier is None else Tier(row.tier),
        cadence_hours=row.cadence_hours,
        priority=row.priority,
        licence_note=row.licence_note,
        manifest=row.manifest,
        recorded_at=row.recorded_at,
    )


def series_row(row: Series) -> SeriesRow:
    """Return a series as its schema."""
    return SeriesRow(
        id=row.id,
        number=row.number,
        code=row.code,
        name=row.name,
        description=row.description,
        unit=row.unit,
        kind=row.kind,
        period=row.period,
        role=row.role,
        zone_level=row.zone_level,
        source=row.source,
        tier=Tier(row.tier),
        delay_days=row.delay_days,
        reconstructed=row.reconstructed,
        first_known=row.first_known,
        recorded_at=row.recorded_at,
    )


def stratum_row(row: Stratum) -> StratumRow:
    """Return a stratum as its schema."""
    return StratumRow(number=row.number, code=row.code, name=row.name)


def import_row(row: Import, *, status: str = "") -> ImportRow:
    """Return an import as its schema, in the state that it had at a moment."""
    took = (row.ended_wall - row.started_wall).total_seconds() if row.started_wall and row.ended_wall else None
    open_still = bool(status) and status != row.status
    return ImportRow(
        id=row.id,
        number=row.number,
        source=row.source,
        kind=row.kind,
        label=row.label,
        status=status or row.status,
        dry_run=row.dry_run,
        format=row.format,
        size_bytes=row.size_bytes,
        original_sha256=row.original_sha256,
        content_digest=row.content_digest,
        mapping=MappingSpec.from_json(row.mapping) if row.mapping else None,
        job_id=row.job_id,
        report={} if open_still else row.report,
        message="" if open_still else row.message,
        rows_read=0 if open_still else row.rows_read,
        rows_good=0 if open_still else row.rows_good,
        rows_parked=0 if open_still else row.rows_parked,
        rows_written=0 if open_still else row.rows_written,
        rows_unchanged=0 if open_still else row.rows_unchanged,
        recorded_at=row.recorded_at,
        recorded_by=row.recorded_by,
        committed_at=None if open_still else row.committed_at,
        ended_at=None if open_still else row.ended_at,
        took_seconds=None if open_still else took,
    )


def mapping_row(row: ColumnMapping) -> MappingRow:
    """Return a saved mapping as its schema."""
    return MappingRow(
        id=row.id,
        source=row.source,
        headers=tuple(row.headers),
        mapping=MappingSpec.from_json(row.mapping),
        recorded_at=row.recorded_at,
        recorded_by=row.recorded_by,
    )


def parked_row(
    row: ParkedRow, *, import_id: object, label: str = "", status: str = "", asked: tuple[str, ...] | None = ()
) -> ParkedRowRow:
    """Return a parked row as its schema, in the state that it had at a moment."""
    from uuid import UUID

    open_still = status == "open"
    return ParkedRowRow(
        id=row.id,
        import_id=UUID(str(import_id)),
        source=row.source,
        line=row.line,
        raw=row.raw,
        defects=tuple(Defect.from_json(kept) for kept in row.defects),
        status=status or row.status,
        note="" if open_still else row.note,
        recorded_at=row.recorded_at,
        resolved_at=None if open_still else row.resolved_at,
        resolved_by=None if open_still else row.resolved_by,
        label=label,
        sealed=bool(row.sealed),
        asked=asked,
    )
