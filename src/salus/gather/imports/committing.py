"""The end of an import: everything becomes visible in one transaction, or nothing does."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from salus.base import clock, outbox
from salus.base.audit import audited, note
from salus.base.versioned import record_revise
from salus.gather.events import IMPORT_COMMITTED
from salus.gather.imports import mapping as mappings
from salus.gather.imports.doubles import contradictions
from salus.gather.imports.reading import note_defects, refuse_too_many
from salus.gather.imports.spool import Checkpoint
from salus.gather.models import Import, ParkedRow, Series
from salus.gather.permissions import IMPORT_RUN
from salus.gather.schemas import AppendResult, Defect, MappingSpec
from salus.gather.store import COLUMNS, append, as_of
from salus.gather.store.appending import buckets
from salus.gather.store.columns import KEY
from salus.trust import policy
from salus.trust.schemas import Viewer

Count = Callable[[int], None] | None
_CELL = ["series", "valid_at", "zone", "stratum"]
_PARKED_BATCH = 1000


@dataclass(frozen=True, slots=True)
class Brought:
    """What the reading of an import left behind, and how to speak of its rows."""

    files: Sequence[Path]
    state: Checkpoint
    parked: Iterable[dict[str, Any]]
    as_parked: Callable[[pl.DataFrame], list[dict[str, Any]]]


@audited("import.commit")
def write_import(*, row: Import, brought: Brought, count: Count, by: Viewer) -> Import:
    """Append what an import brought, park its doubtful rows and tell everybody."""
    policy.require(by, IMPORT_RUN)
    moment = clock.now()
    sifting = Sifting(brought, clock.to_micros(moment))
    result = AppendResult()
    earliest: dict[int, int] = {}
    for news in sifting.buckets():
        result += append(news, batch=row.number, progress=count)
        for number, known in news.group_by("series").agg(pl.col("known_at").min()).iter_rows():
            earliest[number] = min(known, earliest.get(number, known))
    _first_known(earliest)
    _park(row, [*brought.parked, *sifting.parked], moment)
    row.report = {**row.report, **sifting.report()}
    for name, value in sifting.counts().items():
        setattr(row, name, value)
    row.rows_written, row.rows_unchanged = result.written, result.unchanged + sifting.unchanged
    row.status, row.message = "committed", ""
    row.committed_at = row.ended_at = moment
    row.ended_wall = clock.wall_now()
    row.save()
    if row.mapping and row.report.get("headers"):
        # What was said once of this header is not asked again.
        spec = MappingSpec.from_json(row.mapping)
        mappings.remember(source=row.source, headers=row.report["headers"], mapping=spec, by=by)
    publish(row, sorted(brought.state.series), by)
    note(source=row.source, label=row.label, rows=result.written, parked=row.rows_parked, sha256=row.original_sha256)
    return row


def publish(row: Import, series: Sequence[str], by: Viewer) -> None:
    """Tell that facts were taken in, inside the service that did it."""
    payload = {"source": row.source, "series": list(series), "rows": row.rows_written}
    outbox.publish(topic=IMPORT_COMMITTED, record_kind="observation_batch", record_id=row.id, by=by, payload=payload)


class Sifting:
    """One pass over what was read, in the order of the store's key: contradictions out, repetitions out."""

    def __init__(self, brought: Brought, moment: int) -> None:
        self._brought, self._moment = brought, moment
        self.parked: list[dict[str, Any]] = []
        self.unchanged = self.repeated = 0

    def buckets(self) -> Iterator[pl.DataFrame]:
        """Yield the facts that are news, as much at a time as fits in memory."""
        for bucket in buckets(self._brought.files):
            doubled = contradictions(bucket)
            if len(doubled):
                self._set_aside(doubled)
                bucket = bucket.join(doubled.select(KEY), on=list(KEY), how="anti", nulls_equal=True)
            single = bucket.select(COLUMNS).unique(maintain_order=True)
            self.repeated += len(bucket) - len(single)
            news, same = news_only(single, self._moment)
            self.unchanged += same
            yield news

    def _set_aside(self, doubled: pl.DataFrame) -> None:
        self.parked += self._brought.as_parked(doubled)
        for row in self.parked[-len(doubled) :]:
            note_defects(self._brought.state, row["defects"])
        refuse_too_many(self._brought.state, self._brought.state.rows_parked + len(self.parked))

    def counts(self) -> dict[str, int]:
        """Return how many rows came to which end."""
        state = self._brought.state
        lines = len({row["line"] for row in self.parked})
        return {
            "rows_read": state.rows_read,
            "rows_good": state.rows_good - lines,
            "rows_parked": state.rows_parked + len(self.parked),
        }

    def report(self) -> dict[str, Any]:
        """Return what a person reads of it."""
        state = self._brought.state
        return {"by_code": state.by_code, "defects": state.defects, "repeated": self.repeated}


def difference(brought: Brought) -> tuple[dict[str, int], dict[str, Any]]:
    """Return the counts of a dry run and its report: observations that are new, changed, and as they were."""
    moment = clock.to_micros(clock.now())
    sifting = Sifting(brought, moment)
    new = changed = 0
    for news in sifting.buckets():
        cells = news.select(_CELL).unique()
        there = len(cells.join(_known(news, moment).select(_CELL), on=_CELL, how="semi"))
        new, changed = new + len(cells) - there, changed + there
    found = {"new": new, "changed": changed, "unchanged": sifting.unchanged}
    return sifting.counts(), {**sifting.report(), "difference": found}


def news_only(facts: pl.DataFrame, moment: int) -> tuple[pl.DataFrame, int]:
    """Return the facts with their moment of knowledge, without those that state what is known already.

    A fact that brings its own moment of publication is a version of its own and is always kept.
    """
    own = facts.filter(pl.col("known_at").is_not_null()).select(COLUMNS)
    ours = facts.filter(pl.col("known_at").is_null()).with_columns(pl.lit(moment).alias("known_at")).select(COLUMNS)
    if not len(ours):
        return own, 0
    known = _known(ours, moment, include_withdrawn=True)
    news = ours.join(known, on=[*_CELL, "value", "status"], how="anti", nulls_equal=True, maintain_order="left")
    return pl.concat([own, news]), len(ours) - len(news)


def _known(facts: pl.DataFrame, moment: int, *, include_withdrawn: bool = False) -> pl.DataFrame:
    """Return what is known of the periods that facts speak of."""
    if not len(facts):
        return facts
    return as_of(
        series=facts["series"].unique().to_list(),
        known_at=moment,
        valid_from=int(str(facts["valid_at"].min())),
        valid_to=int(str(facts["valid_at"].max())),
        include_withdrawn=include_withdrawn,
    )


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
