"""Writing the facts of a source's files: one file, one import, visible at once or not at all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import polars as pl
from django.utils.translation import gettext as _

from salus.base import clock, outbox
from salus.base.audit import audited, note
from salus.base.errors import Refused
from salus.base.versioned import record_revise
from salus.gather.events import IMPORT_COMMITTED
from salus.gather.models import Import, ParkedRow, Series, Source
from salus.gather.permissions import IMPORT_RUN
from salus.gather.schemas import AppendResult
from salus.gather.sources.chunks import DoubtfulLine, Remark
from salus.gather.store import append
from salus.trust import policy
from salus.trust.schemas import Tier, Viewer


@dataclass(frozen=True, slots=True)
class FactsFile:
    """A file's facts in the store's numbers, with what is kept of the file itself."""

    source: str
    label: str
    digest: str
    size_bytes: int
    facts: pl.DataFrame
    series: dict[str, int]
    notes: tuple[str, ...]
    parked: tuple[DoubtfulLine, ...] = ()
    remarks: tuple[Remark, ...] = ()


@audited("import.facts")
def facts_import(*, file: FactsFile, progress: Callable[[int], None] | None = None, by: Viewer) -> Import:
    """Bring in the facts of a source's file with the moments at which its source published them."""
    source = Source.objects.known().filter(slug=file.source).first()
    tier = Tier(source.tier) if source is not None and source.tier is not None else Tier.OPERATIONAL
    policy.require(by, IMPORT_RUN, tier=tier)
    if source is None or source.status != "live":
        raise Refused(
            _("The source '%(slug)s' is not live.") % {"slug": file.source},
            remedy=_("Activate it: it needs an owner, a reuse policy and a tier."),
        )
    row = Import.objects.create(**_begun(file, by))
    done = append(file.facts, batch=row.number, progress=progress)
    _first_known(file, by)
    _park(row, file.parked)
    row = _ended(row, done)
    note(source=file.source, label=file.label, rows=done.written, unchanged=done.unchanged, parked=row.rows_parked)
    payload = {"source": file.source, "series": sorted(file.series), "rows": done.written}
    outbox.publish(topic=IMPORT_COMMITTED, record_kind="observation_batch", record_id=row.id, by=by, payload=payload)
    return row


@audited("import.refuse")
def feed_refuse(*, source: str, message: str, by: Viewer) -> Import:
    """Write down that a feed could not be read and why; said again unchanged it is one refusal."""
    policy.require(by, IMPORT_RUN)
    newest: Import | None = Import.objects.filter(source=source).order_by("-number").first()
    note(source=source, message=message)
    if newest is not None and newest.status == "failed" and newest.message == message:
        return newest
    moment = clock.now()
    return Import.objects.create(
        source=source, kind="frames", label=source, status="failed", message=message, recorded_at=moment,
        recorded_by=by.id, ended_at=moment,
    )  # fmt: skip


def _begun(file: FactsFile, by: Viewer) -> dict[str, Any]:
    return {
        "source": file.source,
        "kind": "frames",
        "label": file.label,
        "status": "committing",
        "format": "parquet",
        "size_bytes": file.size_bytes,
        "content_digest": file.digest,
        "report": {"notes": list(file.notes), "remarks": [remark.as_json() for remark in file.remarks]},
        "rows_read": len(file.facts) + len(file.parked),
        "rows_good": len(file.facts),
        "rows_parked": len(file.parked),
        "recorded_at": clock.now(),
        "recorded_by": by.id,
        "started_wall": clock.wall_now(),
    }


def _park(row: Import, lines: tuple[DoubtfulLine, ...]) -> None:
    """Keep what is doubtful until a person has looked at it."""
    moment = clock.now()
    ParkedRow.objects.bulk_create(
        [
            ParkedRow(
                import_number=row.number,
                source=row.source,
                line=doubtful.line,
                raw=dict(doubtful.raw),
                defects=[defect.as_json() for defect in doubtful.defects],
                recorded_at=moment,
            )
            for doubtful in lines
        ],
        batch_size=1000,
    )


def _ended(row: Import, done: AppendResult) -> Import:
    row.status = "committed"
    row.rows_written, row.rows_unchanged = done.written, done.unchanged
    row.committed_at = row.ended_at = max(clock.now(), row.recorded_at)
    row.ended_wall = clock.wall_now()
    row.save()
    return row


def _first_known(file: FactsFile, by: Viewer) -> None:
    """Write down from when on the source had published each series, so that its past can be looked at."""
    earliest = dict(file.facts.group_by("series").agg(pl.col("known_at").min()).iter_rows())
    for row in Series.objects.known().filter(number__in=list(earliest)):
        moment = clock.from_micros(earliest[row.number])
        if row.first_known is None or moment < row.first_known:
            record_revise(row, by=by, first_known=moment)
