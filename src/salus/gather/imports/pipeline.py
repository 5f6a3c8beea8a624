"""An import from end to end: keep, detect, map, read into the spool, and make visible at once.

Every step can be killed and run again: the file is kept under its hash, pieces are counted by a
checkpoint, and the commit is one transaction.
"""

from __future__ import annotations

import logging
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import polars as pl
from django.db import DatabaseError
from django.utils.translation import gettext as _

from salus.base import clock
from salus.base.errors import NotFound, SalusError
from salus.gather.imports import archives, doubles, lookups, originals
from salus.gather.imports import mapping as mappings
from salus.gather.imports.committing import Brought, difference, write_import
from salus.gather.imports.detection import detect
from salus.gather.imports.faults import NeedsAnswer, disk_watched
from salus.gather.imports.people import whoever_began
from salus.gather.imports.readers import Table, open_table
from salus.gather.imports.reading import read_into, settled_mapping
from salus.gather.imports.reporting import JobCancelled, Reporter
from salus.gather.imports.spool import Checkpoint, Spool
from salus.gather.models import Import
from salus.gather.schemas import MappingSpec
from salus.trust.schemas import Viewer

log = logging.getLogger(__name__)
# Nothing more happens to these.
ENDED = ("committed", "unchanged")


@dataclass(slots=True)
class _Work:
    """One run over one import."""

    row: Import
    spool: Spool
    tell: Reporter
    by: Viewer


def run(*, import_id: UUID, progress: Any = None, by: Viewer | None = None) -> dict[str, Any]:
    """Work on an import from wherever it stands; return how it ended."""
    row = Import.objects.filter(id=import_id).first()
    if row is None:
        raise NotFound(_("There is no such import."))
    spool = Spool(row.id)
    if row.status in ENDED:
        spool.remove()
        return outcome(row)
    work = _Work(row, spool, Reporter(progress), by or whoever_began(row))
    try:
        with spool.held(), disk_watched():
            _steps(work)
    except NeedsAnswer as question:
        stop(row, "needs_mapping", question, {"question": question.question})
    except JobCancelled:
        stop(row, "cancelled", None, {})
        raise
    except SalusError as refusal:
        stop(row, "failed", refusal, {})
        raise
    return outcome(row)


def outcome(row: Import) -> dict[str, Any]:
    """Return how an import ended, as a job keeps it."""
    return {
        "import": str(row.id),
        "status": row.status,
        "rows": row.rows_written,
        "unchanged": row.rows_unchanged,
        "parked": row.rows_parked,
        "message": row.message,
    }


def _steps(work: _Work) -> None:
    _set(work.row, status="reading", started_wall=work.row.started_wall or clock.wall_now(), message="", ended_at=None)
    work.tell(0, None, _("looking at the file"))
    table = _open(work)
    mapping = _mapping(work, table)
    if mapping is None:
        return
    digest = mappings.content_digest(work.row.original_sha256, mapping)
    _set(work.row, mapping=mapping.as_json(), content_digest=digest)
    if _taken_in_before(work, digest):
        return
    state = work.spool.checkpoint(digest)
    look = lookups.read(work.row.source)
    if not state.finished:
        read_into(work.spool, table, mapping, look, state, work.tell)
        state.finished = True
        work.spool.mark(state)
    _finish(work, state, settled_mapping(mapping, state), look)


def _open(work: _Work) -> Table:
    """Keep the bytes under their hash and open the table in them."""
    row, spool = work.row, work.spool
    if not row.original_sha256:
        kept = originals.keep(spool.staged)
        _set(row, original_sha256=kept.sha256, size_bytes=kept.size)
        spool.staged.unlink(missing_ok=True)
    path = originals.original_path(row.original_sha256)
    if not path.exists():
        raise NotFound(_("The bytes of this import are gone."), remedy=_("Send the file again."))
    path = archives.unpacked(path, spool.folder / "content")
    detected = detect(path)
    table = open_table(path, detected, work=spool.folder)
    report = {"headers": table.headers, "notes": list(table.notes), "delimiter": detected.delimiter}
    _set(row, format=detected.format, report={**row.report, **report, "encoding": detected.encoding})
    return table


def _mapping(work: _Work, table: Table) -> MappingSpec | None:
    """Return the mapping that was given or saved, checked; without one, ask for it."""
    row = work.row
    given = MappingSpec.from_json(row.mapping) if row.mapping else None
    found = given or mappings.saved(source=row.source, headers=table.headers)
    if found is not None:
        mappings.check(found, table.headers)
        return found
    series = lookups.read(row.source).series
    first = next(iter(table.chunks()), None)
    sample = first.frame.drop("__line").head(5).to_dicts() if first is not None else []
    report = {**row.report, "suggestion": mappings.suggest(table.headers, series), "sample": sample}
    message = _("Nobody has said yet what the columns of this file mean. Complete the mapping; it is remembered.")
    _set(row, status="needs_mapping", report=report, message=message)
    return None


def _taken_in_before(work: _Work, digest: str) -> bool:
    """Say so where this content was taken in before, and change nothing."""
    before = Import.objects.filter(source=work.row.source, content_digest=digest, status="committed").first()
    if before is None or before.number == work.row.number:
        return False
    moment = before.committed_at
    message = _("This file was taken in before (%(moment)s, %(label)s): nothing has changed.") % {
        "moment": moment.strftime("%Y-%m-%d %H:%M UTC") if moment else "",
        "label": before.label,
    }
    report = {**work.row.report, "same_as": str(before.id)}
    _set(work.row, status="unchanged", message=message, report=report, rows_unchanged=before.rows_good, **_ended())
    work.spool.remove()
    return True


def _finish(work: _Work, state: Checkpoint, mapping: MappingSpec, look: lookups.Lookups) -> None:
    def as_parked(facts: pl.DataFrame) -> list[dict[str, Any]]:
        return doubles.as_parked(facts, mapping, look)

    brought = Brought(work.spool.files(state), state, work.spool.parked(state), as_parked)
    report = _report(work, state, mapping)
    if work.row.dry_run:
        counts, found = difference(brought)
        _set(work.row, status="checked", report={**report, **found}, **counts, **_ended())
        return
    _set(work.row, status="committing", report=report)
    with work.tell.counting(state.facts, _("making visible")) as count:
        write_import(row=work.row, brought=brought, count=count, by=work.by)
    work.spool.remove()


def _report(work: _Work, state: Checkpoint, mapping: MappingSpec) -> dict[str, Any]:
    asked = {"question", "suggestion", "sample"}
    return {
        **{name: value for name, value in work.row.report.items() if name not in asked},
        "series": state.series,
        "date_order": mapping.date_order,
        "decimal": mapping.decimal,
    }


def _ended() -> dict[str, Any]:
    return {"ended_at": clock.now(), "ended_wall": clock.wall_now()}


def _set(row: Import, **fields: Any) -> None:
    """Write how the work stands; the writes that matter are the services' own."""
    for name, value in fields.items():
        setattr(row, name, value)
    row.save(update_fields=list(fields))


def stop(row: Import, status: str, refusal: SalusError | None, more: dict[str, Any]) -> None:
    """Write why an import stopped; on a full disk even that may fail, and must not hide the reason."""
    message = str(refusal) if refusal is not None else ""
    with suppress(DatabaseError, OSError):
        row.refresh_from_db()
        _set(row, status=status, message=message, report={**row.report, **more}, **_ended())
