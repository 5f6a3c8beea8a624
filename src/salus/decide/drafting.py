"""The content of a decision while it is being written: from a proposal, and changed by edits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from salus.base import clock
from salus.base.errors import Invalid
from salus.base.texts import LocalText, pick
from salus.decide.evidence import Wanted, pin
from salus.decide.expecting import expected_for
from salus.decide.schemas import DecisionEdit
from salus.plan.baseline import baseline_for, baseline_to_json
from salus.plan.options import NOTHING, projected_for, sides_of
from salus.plan.phrases import areas, fill
from salus.plan.rows import baseline_from_json
from salus.plan.schemas import Baseline, MeasureRow, PlaybookRow, ProposalRow
from salus.plan.scope import zones_of
from salus.plan.selectors import measure_list, playbook_get
from salus.trust.actors import system_viewer
from salus.trust.selectors import assignment_list, person_get

OWN = "own"
HORIZON = 14
# Longer than the effects that are expected, so that it can be judged before it ends.
IN_FORCE_DAYS = 28
# The post that answers for a decision, by weight: the first that a person holds is shown.
POSTS = (
    "head", "duty_officer", "epidemiologist", "logistics_lead", "communications_lead", "administrator", "partner",
)  # fmt: skip


@dataclass(frozen=True)
class Desk:
    """What is at hand while a decision is written."""

    measures: Mapping[str, MeasureRow]
    playbook: PlaybookRow

    @classmethod
    def laid(cls) -> Desk:
        """Return the desk with the city's measures and playbook of the moment."""
        viewer = system_viewer("decide")
        playbook = playbook_get(viewer=viewer)
        if playbook is None:
            raise Invalid(_("There is no playbook yet."), remedy=_("Load a pack of measures first."))
        return cls({row.code: row for row in measure_list(viewer=viewer, include_withdrawn=True)}, playbook)

    def of(self, codes: Sequence[str]) -> list[MeasureRow]:
        """Return measures by code, refusing one that does not exist."""
        unknown = [code for code in codes if code not in self.measures]
        if unknown:
            raise Invalid(
                _("No such measure: %(unknown)s.") % {"unknown": ", ".join(unknown)},
                remedy=_("Choose measures from the list."),
            )
        return [self.measures[code] for code in codes]


def kept_options(proposal: ProposalRow) -> list[dict[str, Any]]:
    """Return a proposal's options as a decision keeps them."""
    return [
        {
            "key": option.key,
            "title": dict(option.title),
            "measures": list(option.measures),
            "projected": asdict(option.projected) if option.projected else None,
            "sides": {side: list(texts) for side, texts in option.sides.items()},
            "task_count": option.task_count,
            "note": dict(option.note),
            "why_rejected": "",
        }
        for option in proposal.options
    ]


def from_proposal(proposal: ProposalRow) -> dict[str, Any]:
    """Return the fields of a decision that answers a proposal, before anything was chosen."""
    return {
        "proposal_id": proposal.id,
        "zone_ids": [str(zone_id) for zone_id in proposal.zone_ids],
        "level_to": proposal.level_to,
        "options": kept_options(proposal),
        "public_reason": dict(proposal.reason),
        "evidence": _evidence_of(proposal),
        "baseline": baseline_to_json(proposal.baseline),
        "pinned_at": proposal.pinned_at,
    }


def from_nothing(zone_ids: Sequence[UUID], desk: Desk) -> dict[str, Any]:
    """Return the fields of a decision that a person begins without a proposal."""
    now = clock.now()
    baseline = baseline_for(zone_ids=zone_ids, horizon_days=HORIZON, known_at=now)
    nothing: dict[str, Any] = {
        "key": NOTHING,
        "title": dict(desk.playbook.phrases["option_none"]),
        "measures": [],
        "projected": projected_for([], baseline),
        "sides": sides_of([]),
        "task_count": 0,
        "note": {},
        "why_rejected": "",
    }
    return {
        "proposal_id": None,
        "zone_ids": [str(zone_id) for zone_id in zone_ids],
        "level_to": None,
        "options": [nothing],
        "public_reason": {},
        "evidence": {"known_at": now.isoformat(), "refs": _observed(baseline, now) + _estimated(baseline, now)},
        "baseline": baseline_to_json(baseline),
        "pinned_at": now,
    }


def _evidence_of(proposal: ProposalRow) -> dict[str, Any]:
    now = clock.now()
    refs = pin([Wanted("proposal", proposal.id, {})], now)
    wishes = [Wanted("risk_level", move.risk_level_id, {}) for move in proposal.moves]
    if proposal.assessment_id is not None:
        wishes.append(Wanted("assessment", proposal.assessment_id, {}))
    if proposal.outcome_id is not None:
        wishes.append(Wanted("outcome", proposal.outcome_id, {}))
    if proposal.baseline is not None:
        wishes += Wanted.estimates(proposal.baseline)
    refs += pin(wishes, proposal.pinned_at)
    return {"known_at": now.isoformat(), "refs": refs + _observed(proposal.baseline, proposal.pinned_at)}


def _observed(baseline: Baseline | None, known_at: datetime) -> list[dict[str, Any]]:
    """The observations behind the baseline: the four weeks that were known."""
    if baseline is None:
        return []
    until = known_at.date()
    wanted = Wanted.observations(baseline.series, baseline.zone_numbers, until - timedelta(days=28), until)
    return pin([wanted], known_at)


def _estimated(baseline: Baseline | None, known_at: datetime) -> list[dict[str, Any]]:
    return pin(Wanted.estimates(baseline), known_at) if baseline else []


def edited(fields: dict[str, Any], edit: DecisionEdit, desk: Desk) -> dict[str, Any]:
    """Return the fields with an edit made, and everything that follows from it."""
    found = dict(fields)
    if edit.zone_ids is not None:
        _move(found, edit.zone_ids, desk)
    if edit.measures is not None:
        _choose_own(found, edit.measures, desk)
    elif edit.option is not None and edit.option != found["option_key"]:
        _choose(found, edit.option, desk)
    elif edit.zone_ids is not None and found["option_key"]:
        _follow(found, desk)
    for name in ("rationale", "dissent", "in_force_from", "in_force_until"):
        if getattr(edit, name) is not None:
            found[name] = getattr(edit, name)
    for name in ("title", "public_text", "public_reason"):
        given = getattr(edit, name)
        # A form sends back what it showed: where nobody touched that, the words of the new option stand.
        if given and dict(given) != fields[name]:
            found[name] = dict(given)
    if edit.why_rejected is not None:
        found["options"] = [
            {**o, "why_rejected": edit.why_rejected.get(o["key"], o["why_rejected"])} for o in found["options"]
        ]
    if edit.accountable is not None:
        found["accountable_id"], found["accountable_role"] = edit.accountable, post_of(edit.accountable)
    if edit.evidence is not None:
        _add_evidence(found, edit.evidence)
    return found


def _move(found: dict[str, Any], zone_ids: Sequence[UUID], desk: Desk) -> None:
    """Change the areas: the forecast of other areas is another one, of the same moment."""
    zones_of(zone_ids)
    found["zone_ids"] = [str(zone_id) for zone_id in zone_ids]
    baseline = baseline_for(zone_ids=zone_ids, horizon_days=HORIZON, known_at=found["pinned_at"])
    found["baseline"] = baseline_to_json(baseline)
    found["options"] = [
        {**option, "projected": projected_for(desk.of(option["measures"]), baseline)} for option in found["options"]
    ]


def _choose_own(found: dict[str, Any], codes: Sequence[str], desk: Desk) -> None:
    chosen = desk.of(list(dict.fromkeys(codes)))
    baseline = baseline_from_json(found["baseline"])
    option = {
        "key": OWN,
        "title": _titles(chosen, desk),
        "measures": [measure.code for measure in chosen],
        "projected": projected_for(chosen, baseline),
        "sides": sides_of(chosen),
        "task_count": sum(len(measure.task_templates) for measure in chosen),
        "note": {},
        "why_rejected": "",
    }
    found["options"] = [*(kept for kept in found["options"] if kept["key"] != OWN), option]
    _choose(found, OWN, desk)


def _titles(chosen: Sequence[MeasureRow], desk: Desk) -> dict[str, str]:
    if not chosen:
        return dict(desk.playbook.phrases["option_none"])
    languages = desk.playbook.phrases["option_none"]
    return {language: "; ".join(pick(measure.title, language) for measure in chosen) for language in languages}


def _choose(found: dict[str, Any], key: str, desk: Desk) -> None:
    if key not in {option["key"] for option in found["options"]}:
        raise Invalid(
            _("There is no option '%(key)s'.") % {"key": key}, remedy=_("Choose one of the options that are listed.")
        )
    found["option_key"] = key
    _follow(found, desk)


def _follow(found: dict[str, Any], desk: Desk) -> None:
    """Write what follows from the option: measures, expected effect, title and public words."""
    option = next(option for option in found["options"] if option["key"] == found["option_key"])
    chosen = desk.of(option["measures"])
    found["measures"] = [measure.code for measure in chosen]
    found["expected"] = expected_for(baseline_from_json(found["baseline"]), chosen, found["pinned_at"])
    named = areas(zones_of(found["zone_ids"]), desk.playbook.phrases)
    found["title"] = fill(desk.playbook.phrases["decision_title"], areas=named, option=option["title"])
    found["public_text"] = public_words(chosen, named, desk.playbook)


def public_words(chosen: Sequence[MeasureRow], named: LocalText, playbook: PlaybookRow) -> dict[str, str]:
    """Return what people are told: where, and each measure's own words."""
    intro = fill(playbook.phrases["public_intro" if chosen else "public_nothing"], areas=named)
    return {
        language: "\n".join([words, *(pick(measure.public_text, language) for measure in chosen)])
        for language, words in intro.items()
    }


def _add_evidence(found: dict[str, Any], more: Sequence[tuple[str, UUID]]) -> None:
    kept = found["evidence"]
    there = {(ref["kind"], ref["id"]) for ref in kept["refs"]}
    wishes = [Wanted(kind, id, {}) for kind, id in more if (kind, str(id)) not in there]
    found["evidence"] = {**kept, "refs": [*kept["refs"], *pin(wishes, clock.now())]}


def post_of(person: UUID) -> str:
    """Return the weightiest role that a person holds: the post that the public is told."""
    held = person_get(viewer=system_viewer("decide"), person=person).roles
    return next((role for role in POSTS if role in held), held[0] if held else "")


def head_of_centre() -> UUID | None:
    """Return the head of the emergency centre where exactly one person holds that post for the whole city."""
    held = {row.person_id for row in assignment_list(viewer=system_viewer("decide"), role="head") if not row.zone_id}
    return held.pop() if len(held) == 1 else None
