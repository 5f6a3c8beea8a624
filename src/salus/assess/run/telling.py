"""Links an assessment's records on the chain and tells of what changed, in few statements."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

import polars as pl

from salus.assess import events
from salus.assess.models import Signal
from salus.assess.run.levels import LevelChange
from salus.assess.run.raising import SignalChange
from salus.base import outbox
from salus.base.chain import Ref, link_many
from salus.gather import selectors as gather

if TYPE_CHECKING:
    from salus.assess.run.recording import Recording

ASSESSMENT, SIGNAL, RISK_LEVEL, BATCH = "assessment", "signal", "risk_level", "observation_batch"
Step = tuple[Ref, Ref, str]
Told = tuple[str, str, UUID, dict[str, Any]]
_TOPICS = {"raised": events.LEVEL_RAISED, "lowered": events.LEVEL_LOWERED}


def link_and_tell(work: Recording, signals: Sequence[SignalChange], levels: Sequence[LevelChange]) -> None:
    """Link batches to signals, signals and the assessment to levels; publish what rose, fell or was raised."""
    raised = [change.row for change in signals if change.action == "raise"]
    link_many([*_signal_links(work, raised), *_level_links(work, levels)], by=work.by)
    told = [_signal_told(work, row) for row in raised]
    told += [_level_told(work, change) for change in levels if change.direction in _TOPICS]
    outbox.publish_many(told, by=work.by)


def _signal_links(work: Recording, raised: Sequence[Signal]) -> Iterator[Step]:
    """Link each new signal to the batch that brought the observation of its alarm."""
    found: dict[int, Ref | None] = {}
    for row, batch in _batches(work, raised):
        if batch not in found:
            found[batch] = _batch_ref(work, row)
        source = found[batch]
        if source is not None:
            yield source, Ref(SIGNAL, row.id, work.moment), "raised"


def _batches(work: Recording, raised: Sequence[Signal]) -> Iterator[tuple[Signal, int]]:
    """Return the number of each signal's batch, with one query for each series."""
    for series in sorted({row.series for row in raised}):
        rows = [row for row in raised if row.series == series]
        frame = gather.observations_versions(
            viewer=work.by,
            series=series,
            zones=[row.zone_number for row in rows],
            strata=[0],
            valid_from=min(row.valid_on for row in rows),
            valid_to=max(row.valid_on for row in rows),
            known_at=work.computed.known_at,
        )
        newest = frame.sort("known_at").group_by("zone", "valid_on").agg(pl.col("batch").last())
        batch = {(zone, day): number for zone, day, number in newest.iter_rows()}
        for row in rows:
            if (row.zone_number, row.valid_on) in batch:
                yield row, batch[row.zone_number, row.valid_on]


def _batch_ref(work: Recording, row: Signal) -> Ref | None:
    history = gather.observation_history(
        viewer=work.by,
        series=row.series,
        zone=row.zone_number,
        valid_on=row.valid_on,
        known_at=work.computed.known_at,
    )
    if not history or history[-1].import_id is None:
        return None
    return Ref(BATCH, history[-1].import_id, history[-1].known_at)


def _level_links(work: Recording, levels: Sequence[LevelChange]) -> Iterator[Step]:
    """Link each new level to the assessment and, where it rose, to the open signals of its zone."""
    here: dict[int, list[Signal]] = {}
    open_now = Signal.objects.known().filter(ended_on__isnull=True, status__in=["new", "confirmed"])
    for signal in open_now.order_by("created_at", "id"):
        here.setdefault(signal.zone_number, []).append(signal)
    source = Ref(ASSESSMENT, work.assessment.id, work.moment)
    for change in levels:
        target = Ref(RISK_LEVEL, change.row.id, work.moment)
        yield source, target, change.direction
        if change.direction == "raised":
            for signal in here.get(change.row.zone_number, []):
                yield Ref(SIGNAL, signal.id, signal.created_at), target, "contributed"


def _signal_told(work: Recording, row: Signal) -> Told:
    payload = {
        "zone_id": str(row.zone_id),
        "zone": row.zone_number,
        "zone_level": row.zone_level,
        "series": row.series,
        "role": row.role,
        "valid_on": row.valid_on.isoformat(),
        "assessment": str(work.assessment.id),
    }
    return events.SIGNAL_RAISED, SIGNAL, row.id, payload


def _level_told(work: Recording, change: LevelChange) -> Told:
    row = change.row
    payload = {
        "zone_id": str(row.zone_id),
        "zone": row.zone_number,
        "zone_level": row.zone_level,
        "from": change.before,
        "to": row.level,
        "assessment": str(work.assessment.id),
    }
    return _TOPICS[change.direction], RISK_LEVEL, row.id, payload
