"""The end of an import: everything becomes visible in one transaction, or nothing does."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import polars as pl
from django.db import transaction

from salus.base import clock, outbox
from salus.base.audit import audited, note
from salus.base.versioned import record_revise
from salus.gather.events import IMPORT_COMMITTED
from salus.gather.imports.spool import Checkpoint, Spool
from salus.gather.models import Import, ParkedRow, Series
from salus.gather.permissions import IMPORT_RUN
from salus.gather.schemas import AppendResult, Defect
from salus.gather.store import COLUMNS, append, as_of
from salus.gather.store.appending import buckets
from salus.trust import policy
from salus.trust.schemas import Viewer

Count = Callable[[int], None] | None
_CELL = ["series", "valid_at", "zone", "stratum"]
_PARKED_BATCH = 1000


@audited("import.commit")
def write_import(*, row: Import, spool: Spool, state: Checkpoint, count: Count, parked: list[dict[str, Any]], leave_out: pl.DataFrame, by: Viewer) -> Import:
    """Append what an import brought, park its doubtful rows and tell everybody."""
    policy.require(by, IMPORT_RUN)
    moment = clock.now()
    result = append_spooled(spool.files(state), batch=row.number, moment=moment, count=count, leave_out=leave_out)
    _park(row, [*spool.parked(state), *parked], moment)
    row.rows_read, row.rows_good, row.rows_parked = state.rows_read, state.rows_good, state.rows_parked
    row.rows_written, row.rows_unchanged = result.written, result.unchanged
    row.status, row.message = "committed", ""
    row.committed_at = row.ended_at = moment
    row.ended_wall = clock.wall_now()
    row.save()
    publish(row, sorted(state.series), by)
    note(source=row.source, label=row.label, rows=result.written, parked=row.rows_parked, sha256=row.original_sha256)
    return row


def publish(row: Import, series: Sequence[str], by: Viewer) -> None:
    """Tell that facts were taken in, inside the service that did it."""
    payload = {"source": row.source, "series": list(series), "rows": row.rows_written}
    outbox.publish(topic=IMPORT_COMMITTED, record_kind="observation_batch", record_id=row.id, by=by, payload=payload)


def append_spooled(
    files: Sequence[Path], *, batch: int, moment: Any, count: Count, leave_out: pl.DataFrame
) -> AppendResult:
    """Append the pieces in the order of the key, leaving out what says again what is known."""
    result = AppendResult()
    earliest: dict[int, int] = {}
    with transaction.atomic():
        for bucket in buckets(files):
            facts = _without(bucket, leave_out)
            news, repeated = news_only(facts, clock.to_micros(moment))
            result += append(news, batch=batch, progress=count)
            result += AppendResult(unchanged=repeated)
            for number, known in news.group_by("series").agg(pl.col("known_at").min()).iter_rows():
                earliest[number] = min(known, earliest.get(number, known))
        _first_known(earliest)
    return result


def news_only(facts: pl.DataFrame, moment: int) -> tuple[pl.DataFrame, int]:
    """Return the facts with their moment of knowledge, without those that state what is known already.

    A fact that brings its own moment of publication is a version of its own and is always kept.
    """
    own = facts.filter(pl.col("known_at").is_not_null()).select(COLUMNS)
    ours = facts.filter(pl.col("known_at").is_null()).with_columns(pl.lit(moment).alias("known_at")).select(COLUMNS)
    ours = ours.unique(maintain_order=True)
    if not len(ours):
        return own, 0
    known = as_of(
        series=ours["series"].unique().to_list(),
        known_at=moment,
        valid_from=int(str(ours["valid_at"].min())),
        valid_to=int(str(ours["valid_at"].max())),
        include_withdrawn=True,
    )
    news = ours.join(known, on=[*_CELL, "value", "status"], how="anti", nulls_equal=True, maintain_order="left")
    return pl.concat([own, news]), len(ours) - len(news)


def difference(files: Sequence[Path], leave_out: pl.DataFrame) -> dict[str, int]:
    """Return what an append would do: new observations, changed ones, and those that stay as they are."""
    moment = clock.to_micros(clock.now())
    found = {"new": 0, "changed": 0, "unchanged": 0}
    for bucket in buckets(files):
        facts = _without(bucket, leave_out)
        news, repeated = news_only(facts, moment)
        cells = news.select(_CELL).unique()
        known = as_of(
            series=news["series"].unique().to_list(),
            known_at=moment,
            valid_from=int(str(news["valid_at"].min())),
            valid_to=int(str(news["valid_at"].max())),
        ) if len(news) else news
        changed = len(cells.join(known.select(_CELL), on=_CELL, how="semi"))
        found["new"] += len(cells) - changed
        found["changed"] += changed
        found["unchanged"] += repeated
    return found


def _without(bucket: pl.DataFrame, leave_out: pl.DataFrame) -> pl.DataFrame:
    if not len(leave_out):
        return bucket
    key = [*_CELL, "known_at"]
    return bucket.join(leave_out.select(key), on=key, how="anti", nulls_equal=True, maintain_order="left")


def _first_known(earliest: dict[int, int]) -> None:
    """Write down from when on a series had been published, so that its past can be looked at."""
    for row in Series.objects.known().filter(number__in=list(earliest)):
        moment = clock.from_micros(earliest[row.number])
        if moment < row.created_at and (row.first_known is None or moment < row.first_known):
            record_revise(row, by=_Recorder(row), first_known=moment)


class _Recorder:
    """Whoever defined the series: the date of its first publication is a fact about it, not a change by a person."""

    kind = "system"

    def __init__(self, row: Series) -> None:
        self.id = row.recorded_by


def _park(row: Import, parked: Sequence[dict[str, Any]], moment: Any) -> None:
    rows = [
        ParkedRow(
            import_number=row.number,
            source=row.source,
            line=entry["line"],
            raw=entry["raw"],
            defects=[Defect.from_json(kept).as_json() for kept in entry["defects"]],
            recorded_at=moment,
        )
        for entry in parked
    ]
    ParkedRow.objects.bulk_create(rows, batch_size=_PARKED_BATCH)
