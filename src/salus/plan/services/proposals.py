"""Raising, dropping and closing proposals."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from salus.base import chain, clock, outbox
from salus.base.audit import audited, note
from salus.base.chain import Ref
from salus.base.errors import Conflict, Invalid
from salus.base.ids import new_id
from salus.base.texts import LocalText
from salus.base.versioned import record_create, record_revise
from salus.plan.baseline import baseline_for, baseline_to_json
from salus.plan.describers import PROPOSAL
from salus.plan.events import PROPOSAL_CHANGED, PROPOSAL_RAISED
from salus.plan.models import PROPOSAL_STATUSES, Proposal
from salus.plan.options import options_for
from salus.plan.permissions import DECIDE_APPROVE, DECIDE_DRAFT, PROPOSAL_DROP, PROPOSAL_RAISE
from salus.plan.phrases import areas, fill
from salus.plan.schemas import MoveRow, PlaybookRow
from salus.plan.scope import require_everywhere, zones_by_id, zones_of
from salus.plan.selectors import measure_list, playbook_get
from salus.trust import policy
from salus.trust.actors import system_viewer
from salus.trust.schemas import Tier, Viewer

DEFAULT_HORIZON = 14


@audited("proposal.raise")
def proposal_raise(
    *,
    zone_ids: Sequence[UUID],
    level_to: int,
    level_from: int = 0,
    cause: str = "",
    moves: Sequence[MoveRow] = (),
    assessment: UUID | None = None,
    outcome: UUID | None = None,
    reason: LocalText | None = None,
    title: LocalText | None = None,
    pinned_at: datetime | None = None,
    links: Sequence[tuple[Ref, str]] = (),
    replaces: Sequence[UUID] = (),
    by: Viewer,
) -> Proposal:
    """Raise a proposal with its options projected on what was known at one moment; a cause raises one only.

    Open proposals that it answers too are closed: those of areas inside its own, and those in `replaces`.
    """
    require_everywhere(by, PROPOSAL_RAISE, zone_ids, Tier.OPERATIONAL)
    if not zone_ids:
        raise Invalid(_("A proposal needs at least one area."), remedy=_("Choose the areas that it is about."))
    kept: Proposal | None = Proposal.objects.known().filter(cause=cause).first() if cause else None
    if kept is not None:
        note(already="raised")
        return kept
    playbook = _playbook()
    fields = _content(zone_ids, level_from, level_to, pinned_at or clock.now(), playbook)
    fields["title"] = dict(title or _title(playbook, zones_of(zone_ids), level_to, reopened=outcome is not None))
    fields["reason"] = dict(reason or _reason(playbook, level_from, level_to))
    row = record_create(
        Proposal,
        by=by,
        cause=cause or f"person:{new_id()}",
        moves={str(m.zone_id): _move(m) for m in moves},
        assessment_id=assessment,
        outcome_id=outcome,
        **fields,
    )
    _link(row, links, by)
    _replace_older(row, playbook, set(replaces), by)
    outbox.publish(
        topic=PROPOSAL_RAISED,
        record_kind=PROPOSAL,
        record_id=row.id,
        payload={"zone_ids": row.zone_ids, "level_to": level_to, "options": [o["key"] for o in row.options]},
        by=by,
    )
    return row


@audited("proposal.extend")
def proposal_extend(
    *,
    proposal: UUID,
    zone_ids: Sequence[UUID],
    moves: Sequence[MoveRow] = (),
    assessment: UUID | None = None,
    pinned_at: datetime | None = None,
    links: Sequence[tuple[Ref, str]] = (),
    replaces: Sequence[UUID] = (),
    by: Viewer,
) -> Proposal:
    """Bring an open proposal that nobody has taken up to date: its areas, its forecast and its options.

    The question stays the same record, so that whoever thinks about it does not lose it.
    """
    row: Proposal = Proposal.objects.one(proposal)
    require_everywhere(by, PROPOSAL_RAISE, [*row.zone_ids, *zone_ids], Tier.OPERATIONAL)
    if row.status != "open" or row.decision_id is not None:
        raise Conflict(_("Somebody is deciding on this proposal."), remedy=_("Raise another one."))
    playbook = _playbook()
    fields = _content(zone_ids, row.level_from, row.level_to, pinned_at or clock.now(), playbook)
    fields["title"] = _title(playbook, zones_of(zone_ids), row.level_to, reopened=False)
    fields["moves"] = {**row.moves, **{str(m.zone_id): _move(m) for m in moves}}
    revised = _change(row, by, **fields, assessment_id=assessment or row.assessment_id)
    _link(revised, links, by)
    _replace_older(revised, playbook, set(replaces), by)
    return revised


@audited("proposal.join")
def proposal_join(*, proposal: UUID, links: Sequence[tuple[Ref, str]], by: Viewer) -> Proposal:
    """Put more rises behind a proposal that already asks for their areas."""
    row: Proposal = Proposal.objects.one(proposal)
    require_everywhere(by, PROPOSAL_RAISE, row.zone_ids, Tier.OPERATIONAL)
    _link(row, links, by)
    note(links=len(links))
    return row


@audited("proposal.drop")
def proposal_drop(*, proposal: UUID, reason: LocalText | str, by: Viewer) -> Proposal:
    """Close a proposal without a decision, and say why."""
    row = Proposal.objects.one(proposal)
    require_everywhere(by, PROPOSAL_DROP, row.zone_ids, Tier.OPERATIONAL)
    if row.status != "open":
        raise Conflict(_("This proposal is no longer open."), remedy=_("Look at its newest version."))
    if row.decision_id is not None:
        raise Conflict(_("Somebody is deciding on this proposal."), remedy=_("End that draft first."))
    words = {"en": reason} if isinstance(reason, str) else dict(reason)
    if not any(words.values()):
        raise Invalid(_("Say why the proposal is dropped."), remedy=_("One sentence is enough."))
    return _change(row, by, status="dropped", status_reason=words)


@audited("proposal.mark")
def proposal_mark(*, proposal: UUID, decision: UUID | None, status: str = "open", by: Viewer) -> Proposal:
    """Note on a proposal that a decision is being drafted on it, was given up, or was made."""
    row = Proposal.objects.one(proposal)
    # Whoever may draft or approve a decision there may note it on the proposal that it answers.
    if not policy.may_somewhere(by, DECIDE_APPROVE):
        require_everywhere(by, DECIDE_DRAFT, row.zone_ids, Tier.OPERATIONAL)
    if status not in PROPOSAL_STATUSES:
        raise Invalid(
            _("'%(status)s' is not a status of a proposal.") % {"status": status}, remedy=_("Choose another one.")
        )
    if row.status != "open":
        raise Conflict(_("This proposal is no longer open."), remedy=_("Look at its newest version."))
    if row.decision_id not in (None, decision) and decision is not None:
        raise Conflict(_("Somebody else is already deciding on this proposal."), remedy=_("Open their draft."))
    return _change(row, by, status=status, decision_id=decision)


def _change(row: Proposal, by: Viewer, **changes: Any) -> Proposal:
    revised = record_revise(row, by=by, **changes)
    outbox.publish(
        topic=PROPOSAL_CHANGED,
        record_kind=PROPOSAL,
        record_id=revised.id,
        payload={"status": revised.status, "decision": str(revised.decision_id) if revised.decision_id else None},
        by=by,
    )
    return revised


def _playbook() -> PlaybookRow:
    playbook = playbook_get(viewer=system_viewer("plan"))
    if playbook is None:
        raise Invalid(_("There is no playbook yet."), remedy=_("Load a pack of measures first."))
    return playbook


def _content(
    zone_ids: Iterable[UUID], level_from: int, level_to: int, pinned: datetime, playbook: PlaybookRow
) -> dict[str, Any]:
    viewer = system_viewer("plan")
    measures = {measure.code: measure for measure in measure_list(viewer=viewer)}
    step = playbook.level(level_to)
    wanted = [measures[code] for code in (step.measures if step else ()) if code in measures]
    horizon = max((m.expected.horizon_days for m in wanted if m.expected), default=DEFAULT_HORIZON)
    baseline = baseline_for(zone_ids=list(zone_ids), horizon_days=horizon, known_at=pinned)
    return {
        "zone_ids": [str(zone_id) for zone_id in zone_ids],
        "level_from": level_from,
        "level_to": level_to,
        "pinned_at": pinned,
        "playbook_code": playbook.code,
        "playbook_version": playbook.version,
        "baseline": baseline_to_json(baseline),
        "options": options_for(playbook=playbook, measures=measures, level_to=level_to, baseline=baseline),
        "status": "open",
    }


def _title(playbook: PlaybookRow, zones: Sequence[Any], level_to: int, *, reopened: bool) -> dict[str, str]:
    phrase = playbook.phrases["proposal_reopened" if reopened else "proposal_title"]
    return fill(phrase, areas=areas(zones, playbook.phrases), level=playbook.name_of(level_to))


def _reason(playbook: PlaybookRow, level_from: int, level_to: int) -> dict[str, str]:
    return fill(
        playbook.phrases["reason_raised"],
        **{"from": playbook.name_of(level_from), "to": playbook.name_of(level_to)},
    )


def _move(move: MoveRow) -> dict[str, Any]:
    return {"from": move.level_from, "to": move.level_to, "risk_level": str(move.risk_level_id)}


def _link(row: Proposal, links: Sequence[tuple[Ref, str]], by: Viewer) -> None:
    # What joins a proposal later came to it then, not when it was first raised.
    target = Ref(PROPOSAL, row.id, max(clock.now(), row.created_at))
    for source, relation in links:
        chain.link(source=source, target=target, relation=relation, by=by)


def _ref(row: Proposal) -> Ref:
    return Ref(PROPOSAL, row.id, row.created_at)


def _replace_older(row: Proposal, playbook: PlaybookRow, named: set[UUID], by: Viewer) -> None:
    """Close the open proposals that this one answers too, so that one question stands once in the queue."""
    if row.outcome_id is not None:
        return
    mine = {UUID(text) for text in row.zone_ids}
    older = Proposal.objects.known().filter(status="open", decision_id=None, outcome_id=None).exclude(id=row.id)
    paths = {str(zone.id): set(zone.path) for zone in zones_by_id().values()}
    for other in older.filter(level_to__lte=row.level_to):
        if other.id in named or all(mine & paths.get(zone_id, set()) for zone_id in other.zone_ids):
            words: Mapping[str, str] = playbook.phrases["replaced_by_newer"]
            _change(other, by, status="replaced", status_reason=dict(words))
            chain.link(source=_ref(other), target=_ref(row), relation="replaced_by", by=by)
