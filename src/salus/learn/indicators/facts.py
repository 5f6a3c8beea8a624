"""What the indicators read: the hand-overs on the chain and between owners, as plain facts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from salus.act.selectors import hand_over_list
from salus.base import chain
from salus.trust.actors import system_viewer

# Which steps of the chain the indicators look at: from, to, relation.
STEPS = (
    ("signal", "risk_level", "contributed"),
    ("risk_level", "proposal", "raised"),
    ("proposal", "decision", "approved"),
    ("decision", "release", "published"),
    ("alert", "release", "published"),
    ("decision", "task", "done"),
    ("decision", "outcome", "measured"),
    ("outcome", "proposal", "reopened"),
)


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the chain, or one hand-over: from what to what, and when each was there."""

    source_kind: str
    source_id: str
    source_at: datetime
    target_kind: str
    target_id: str
    target_at: datetime
    relation: str


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything that the indicators may read."""

    steps: tuple[Step, ...]

    def between(self, source: str, target: str, relation: str) -> list[Step]:
        """Return the steps of one kind; of several to the same target only the earliest and of a source the first."""
        found = [s for s in self.steps if (s.source_kind, s.target_kind, s.relation) == (source, target, relation)]
        return sorted(found, key=lambda step: (step.target_at, step.source_at, step.source_id, step.target_id))


def facts_known(since: datetime | None, known_at: datetime | None) -> Facts:
    """Return the facts as known at a moment, of targets that came to be since another."""
    steps = [
        Step(link.source.kind, str(link.source.id), link.source.at, link.target.kind, str(link.target.id),
             link.target.at, link.relation)
        for source, target, relation in STEPS
        for link in chain.between(source_kind=source, target_kind=target, relation=relation, since=since, known_at=known_at)
    ]  # fmt: skip
    return Facts((*steps, *_hand_overs(since, known_at)))


def _hand_overs(since: datetime | None, known_at: datetime | None) -> list[Step]:
    rows = hand_over_list(viewer=system_viewer("learn"), status="taken", known_at=known_at)
    return [
        Step("organisation", _id(row.from_organisation_id), row.offered_at, "organisation",
             _id(row.to_organisation_id), row.answered_at, "handed_over")
        for row in rows
        if row.answered_at is not None and (since is None or row.answered_at >= since)
    ]  # fmt: skip


def _id(organisation: UUID | None) -> str:
    return str(organisation) if organisation else ""
