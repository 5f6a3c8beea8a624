"""Beginning, confirming, resuming and cancelling imports; saying what columns mean."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

from django.utils.translation import gettext as _

from salus.base import clock, jobs
from salus.base.audit import audited, note
from salus.base.errors import Conflict, NotFound, Refused
from salus.base.ids import new_id
from salus.gather.imports import mapping as mappings
from salus.gather.imports import originals
from salus.gather.imports.spool import Spool
from salus.gather.models import ColumnMapping, Import, Source
from salus.gather.permissions import IMPORT_RUN
from salus.gather.schemas import MappingSpec
from salus.gather.services.sources import current_source
from salus.trust import policy
from salus.trust.schemas import Tier, Viewer

JOB = "gather.import"
_RESUMABLE = ("waiting", "reading", "needs_mapping", "committing", "failed", "cancelled", "checked")


@audited("import.start")
def import_start(
    *,
    source: UUID | str,
    path: Path,
    mapping: MappingSpec | None = None,
    dry_run: bool = False,
    label: str = "",
    queue: bool = True,
    by: Viewer,
) -> Import:
    """Begin an import of a file; the worker does it, or the caller where it is not queued."""
    found = current_source(source)
    _require(found, by)
    if found.status != "live" and not dry_run:
        raise _not_live(found)
    id = new_id()
    size = originals.stage(Path(path), Spool(id).staged)
    row = Import.objects.create(
        id=id,
        source=found.slug,
        label=(label or Path(path).name)[:300],
        dry_run=dry_run,
        size_bytes=size,
        mapping=mapping.as_json() if mapping else None,
        recorded_at=clock.now(),
        recorded_by=by.id,
    )
    note(source=found.slug, label=row.label, dry_run=dry_run)
    return _queued(row, by) if queue else row


@audited("import.confirm")
def import_commit(*, import_id: UUID, queue: bool = True, by: Viewer) -> Import:
    """Take in what a dry run has checked."""
    row = _row(import_id, by)
    if row.status != "checked":
        raise Conflict(
            _("This import has not been checked, or has been taken in already (%(status)s).") % {"status": row.status},
            remedy=_("Look at the newest state of it."),
        )
    source = current_source(row.source)
    if source.status != "live":
        raise _not_live(source)
    row.dry_run = False
    row.save(update_fields=["dry_run"])
    note(source=row.source, label=row.label)
    return _queued(row, by) if queue else row


@audited("import.resume")
def import_resume(*, import_id: UUID, mapping: MappingSpec | None = None, queue: bool = True, by: Viewer) -> Import:
    """Go on with an import that stopped: killed, cancelled, out of space, or in want of a mapping."""
    row = _row(import_id, by)
    if row.status not in _RESUMABLE:
        raise Conflict(
            _("This import has ended (%(status)s): there is nothing to resume.") % {"status": row.status},
            remedy=_("Start a new one."),
        )
    if mapping is not None:
        row.mapping = mapping.as_json()
    row.status, row.message = "waiting", ""
    row.save(update_fields=["mapping", "status", "message"])
    note(source=row.source, label=row.label)
    return _queued(row, by) if queue else row


@audited("import.cancel")
def import_cancel(*, import_id: UUID, by: Viewer) -> Import:
    """Stop an import; nothing of it is visible, and it can be resumed."""
    row = _row(import_id, by)
    if row.status in ("committed", "unchanged"):
        raise Conflict(
            _("This import has ended (%(status)s): there is nothing to cancel.") % {"status": row.status},
            remedy=_("Correct single observations instead."),
        )
    note(source=row.source, label=row.label)
    job = jobs.is_open(row.job_id) if row.job_id else ""
    if job and row.job_id:
        jobs.request_cancel(row.job_id)
    if job != "running":
        row.status, row.ended_at = "cancelled", clock.now()
        row.save(update_fields=["status", "ended_at"])
    return row


@audited("mapping.save")
def mapping_save(*, source: UUID | str, headers: Sequence[str], mapping: MappingSpec, by: Viewer) -> ColumnMapping:
    """Remember what the columns of a source's files with this header mean."""
    found = current_source(source)
    _require(found, by)
    mappings.check(mapping, headers)
    return mappings.remember(source=found.slug, headers=headers, mapping=mapping, by=by)


def _require(source: Source, by: Viewer) -> None:
    policy.require(by, IMPORT_RUN, tier=Tier(source.tier) if source.tier is not None else Tier.OPERATIONAL)


def _not_live(source: Source) -> Refused:
    return Refused(
        _("The source '%(slug)s' is not live.") % {"slug": source.slug},
        remedy=_("Activate it first; a dry run is possible before that."),
    )


def _row(import_id: UUID, by: Viewer) -> Import:
    policy.require(by, IMPORT_RUN)
    row = Import.objects.filter(id=import_id).first()
    if row is None:
        raise NotFound(_("There is no such import."))
    return row


def _queued(row: Import, by: Viewer) -> Import:
    job = jobs.start(kind=JOB, args={"import": str(row.id)}, by=by, dedupe_key=str(row.id))
    row.job_id = job.id
    row.save(update_fields=["job_id"])
    return row
