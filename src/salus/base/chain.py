"""The chain: typed links between any two records, walked both ways in one query."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from salus.base import clock
from salus.base.actors import Actor
from salus.base.models import ChainLink


@dataclass(frozen=True, slots=True)
class Ref:
    """A record somewhere in the product, with the moment it came to be."""

    kind: str
    id: UUID
    at: datetime


@dataclass(frozen=True, slots=True)
class Described:
    """What a person reads of a record on a chain."""

    title: str
    url: str
    status: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """One step of a chain and the time that it took."""

    source: Ref
    target: Ref
    relation: str
    depth: int
    backwards: bool

    @property
    def took(self) -> timedelta:
        """Return the time between the two records."""
        return self.target.at - self.source.at


Describe = Callable[[list[UUID], Any, datetime | None], dict[UUID, Described]]
_describers: dict[str, Describe] = {}


def register(kind: str, describe: Describe) -> None:
    """Tell the chain how records of a kind are titled for a viewer; unknown ids are left out."""
    _describers[kind] = describe


def kinds() -> tuple[str, ...]:
    """Return the kinds that the chain can describe."""
    return tuple(sorted(_describers))


def describe(refs: Iterable[Ref], *, viewer: Any, known_at: datetime | None = None) -> dict[UUID, Described]:
    """Return titles for the records that the viewer may see."""
    by_kind: dict[str, list[UUID]] = {}
    for ref in refs:
        by_kind.setdefault(ref.kind, []).append(ref.id)
    found: dict[UUID, Described] = {}
    for kind, ids in by_kind.items():
        if kind in _describers:
            found.update(_describers[kind](ids, viewer, known_at))
    return found


def link(*, source: Ref, target: Ref, relation: str, by: Actor) -> None:
    """State that the target came from the source; stating it twice changes nothing.

    Called inside a service, whose audit row covers it.
    """
    ChainLink.objects.get_or_create(
        source_id=source.id,
        target_id=target.id,
        relation=relation,
        defaults={
            "source_kind": source.kind,
            "source_at": source.at,
            "target_kind": target.kind,
            "target_at": target.at,
            "recorded_at": clock.now(),
            "recorded_by": by.id,
        },
    )


def link_many(steps: Iterable[tuple[Ref, Ref, str]], *, by: Actor) -> None:
    """State many links (source, target, relation) at once; what was stated before stays as it is."""
    moment = clock.now()
    rows = [
        ChainLink(
            source_kind=source.kind,
            source_id=source.id,
            source_at=source.at,
            target_kind=target.kind,
            target_id=target.id,
            target_at=target.at,
            relation=relation,
            recorded_at=moment,
            recorded_by=by.id,
        )
        for source, target, relation in steps
    ]
    ChainLink.objects.bulk_create(rows, batch_size=500, ignore_conflicts=True)


_WALK = """
WITH RECURSIVE down(id, link, depth) AS (
    SELECT target_id, id, 1 FROM base_chainlink WHERE source_id = %(start)s AND recorded_at <= %(at)s
    UNION
    SELECT l.target_id, l.id, d.depth + 1 FROM base_chainlink l JOIN down d ON l.source_id = d.id
    WHERE l.recorded_at <= %(at)s AND d.depth < %(deep)s
), up(id, link, depth) AS (
    SELECT source_id, id, 1 FROM base_chainlink WHERE target_id = %(start)s AND recorded_at <= %(at)s
    UNION
    SELECT l.source_id, l.id, u.depth + 1 FROM base_chainlink l JOIN up u ON l.target_id = u.id
    WHERE l.recorded_at <= %(at)s AND u.depth < %(deep)s
)
SELECT l.*, w.depth AS depth, w.backwards AS backwards FROM base_chainlink l JOIN (
    SELECT link, MIN(depth) AS depth, 0 AS backwards FROM down GROUP BY link
    UNION ALL
    SELECT link, MIN(depth), 1 FROM up GROUP BY link
) w ON w.link = l.id
LIMIT 2000
"""


def walk(*, id: UUID, known_at: datetime | None = None, depth: int = 12) -> list[Link]:
    """Return every link before and after a record, nearest first, as known at a moment."""
    moment = known_at or clock.now()
    is_postgres = connection.vendor == "postgresql"
    start: Any = id if is_postgres else id.hex
    at: Any = moment if is_postgres else connection.ops.adapt_datetimefield_value(moment)
    rows: Any = ChainLink.objects.raw(_WALK, {"start": start, "at": at, "deep": depth})
    links = [_as_link(row, row.depth, bool(row.backwards)) for row in rows]
    return sorted(links, key=lambda step: (step.backwards, step.depth, step.target.at, str(step.target.id)))


def between(
    *,
    source_kind: str,
    target_kind: str,
    relation: str,
    since: datetime | None = None,
    known_at: datetime | None = None,
) -> list[Link]:
    """Return every link of one sort, oldest target first, as known at a moment; `since` leaves older targets out."""
    rows = ChainLink.objects.filter(
        source_kind=source_kind,
        target_kind=target_kind,
        relation=relation,
        recorded_at__lte=known_at or clock.now(),
    )
    if since is not None:
        rows = rows.filter(target_at__gte=since)
    return [_as_link(row, 1, False) for row in rows.order_by("target_at", "id")]


def _as_link(row: ChainLink, depth: int, backwards: bool) -> Link:
    return Link(
        source=Ref(row.source_kind, row.source_id, row.source_at),
        target=Ref(row.target_kind, row.target_id, row.target_at),
        relation=row.relation,
        depth=depth,
        backwards=backwards,
    )
