"""From levels that rose to one proposal: gathers what one assessment raised to one level."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from salus.assess.events import LEVEL_RAISED
from salus.assess.selectors import risk_level_list
from salus.base import chain
from salus.base.chain import Ref
from salus.base.outbox import Happened
from salus.base.selectors import events_after
from salus.plan.models import Proposal
from salus.plan.queue import open_over
from salus.plan.schemas import MoveRow
from salus.plan.scope import cover, zones_by_id
from salus.plan.selectors import playbook_get
from salus.plan.services import proposal_drop, proposal_extend, proposal_join, proposal_raise
from salus.trust.actors import system_viewer

# One assessment's events stand together in the outbox; this is more than a city has zones.
WINDOW = 4000


def raise_for(event: Happened) -> None:
    """Raise the proposal that a rise belongs to, unless the rise already stands behind one."""
    viewer = system_viewer("plan")
    if _is_asked(event.record_id) or playbook_get(viewer=viewer) is None:
        return
    payload, moves = event.payload, [move for move in _moves(event) if not _is_asked(move.risk_level_id)]
    sources = _sources(moves, payload.get("assessment"), event.recorded_at)
    asked = open_over([move.zone_id for move in moves], payload["to"])
    if asked is not None and not _is_free(asked, payload["to"]):
        proposal_join(proposal=asked.id, links=sources, by=viewer)
        return
    waiting, known = _waiting(payload["to"]), zones_by_id()
    rose = [move.zone_id for move in moves if move.zone_id in known]
    zone_ids = _merged(rose, payload["to"], waiting, levels_standing())
    if zone_ids:
        _ask(event, moves, zone_ids, waiting, sources)


def _is_free(row: Proposal, level_to: int) -> bool:
    """Whether a proposal asks the same question and nobody has taken it, so that it can be brought up to date."""
    return row.level_to == level_to and row.decision_id is None and row.outcome_id is None


def _ask(
    event: Happened,
    moves: list[MoveRow],
    zone_ids: list[UUID],
    waiting: list[Proposal],
    sources: list[tuple[Ref, str]],
) -> None:
    """Put the question: to the oldest open proposal of the same level where there is one, or as a new one."""
    payload = event.payload
    shared: dict[str, Any] = {
        "zone_ids": zone_ids,
        "moves": moves,
        "assessment": UUID(payload["assessment"]) if payload.get("assessment") else None,
        "pinned_at": event.recorded_at,
        "links": sources,
        "replaces": [row.id for row in waiting[1:]],
        "by": system_viewer("plan"),
    }
    if waiting:
        proposal_extend(proposal=waiting[0].id, **shared)
        return
    proposal_raise(
        level_from=min((move.level_from or 0 for move in moves), default=0),
        level_to=payload["to"],
        cause=f"assessment:{payload.get('assessment') or event.id}:{payload['to']}",
        **shared,
    )


def _is_asked(risk_level: UUID) -> bool:
    """Whether a rise already stands behind a proposal: an event that is heard twice asks once."""
    return any(not link.backwards and link.target.kind == "proposal" for link in chain.walk(id=risk_level, depth=1))


def _moves(event: Happened) -> Iterator[MoveRow]:
    """Every rise of the same assessment to the same level, this one first."""
    for other in events_after(event.seq - 1, limit=WINDOW):
        if other.topic == LEVEL_RAISED and _key(other.payload) == _key(event.payload):
            yield MoveRow(
                UUID(other.payload["zone_id"]), other.payload.get("from"), other.payload["to"], other.record_id
            )


def _key(payload: dict[str, Any]) -> tuple[Any, Any]:
    return payload.get("assessment"), payload["to"]


def _sources(moves: list[MoveRow], assessment: str | None, at: datetime) -> list[tuple[Ref, str]]:
    links = [(Ref("risk_level", move.risk_level_id, at), "raised") for move in moves]
    if assessment:
        links.append((Ref("assessment", UUID(assessment), at), "raised"))
    return links


def _waiting(level_to: int) -> list[Proposal]:
    """The open proposals to the same level that nobody has taken, the oldest first: it goes on asking for all."""
    rows = Proposal.objects.known().filter(status="open", decision_id=None, outcome_id=None, level_to=level_to)
    return list(rows.order_by("created_at", "id"))


def _merged(
    raised: Sequence[UUID], level_to: int, waiting: Sequence[Proposal], standing: Mapping[UUID, int]
) -> list[UUID]:
    """Return the areas to ask about: those that rose, and those of open proposals that still stand as high."""
    together = set(raised)
    for other in waiting:
        together |= {zone for text in other.zone_ids if standing.get(zone := UUID(text), -1) >= level_to}
    return [zone.id for zone in cover(together)]


def levels_standing() -> dict[UUID, int]:
    """Return the level at which every zone stands now, for the zones that have one."""
    rows = risk_level_list(viewer=system_viewer("plan"), level=None)
    return {row.zone_id: row.level for row in rows if row.level is not None}


def drop_where_level_fell() -> None:
    """Drop open proposals that nobody has taken and whose areas have all fallen below the level."""
    viewer = system_viewer("plan")
    playbook = playbook_get(viewer=viewer)
    waiting = list(Proposal.objects.known().filter(status="open", decision_id=None, outcome_id=None))
    if not waiting or playbook is None:
        return
    standing = levels_standing()
    for row in waiting:
        rose = [UUID(text) for text in (row.moves or row.zone_ids)]
        if all(standing.get(zone_id, -1) < row.level_to for zone_id in rose):
            proposal_drop(proposal=row.id, reason=playbook.phrases["dropped_level_fell"], by=viewer)
