"""The demo crew: named demo people who act, with their own rights, where the visitor has not.

They use the services that the pages use; nothing here has a right that a person of that role has not.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta

from salus.act.schemas import TaskRow
from salus.act.selectors import task_list
from salus.act.services import task_done, task_update
from salus.assess.selectors import signal_list
from salus.assess.services import signal_triage
from salus.base import clock
from salus.base.errors import SalusError
from salus.base.texts import pick
from salus.city.schemas import ZONE_LEVEL, FacilityRow
from salus.city.selectors import facility_list, zone_list
from salus.config.demo.people import demo_viewers
from salus.decide.changes.schemas import ServiceWish, SiteHours
from salus.decide.changes.selectors import service_change_list, service_wish_list
from salus.decide.changes.services import site_open
from salus.decide.releases import release_list
from salus.decide.schemas import DecisionEdit, DecisionRow
from salus.decide.selectors import alert_list, decision_list
from salus.decide.services import (
    alert_compose,
    decision_approve,
    decision_draft,
    decision_revise,
    decision_submit,
    release_publish,
)
from salus.learn.selectors import outcome_list
from salus.learn.services import outcome_publish
from salus.plan.schemas import OPEN_SITES, OptionRow, ProposalRow
from salus.plan.selectors import proposal_list
from salus.trust.schemas import Viewer
from salus.trust.selectors import system_viewer

log = logging.getLogger(__name__)
PATIENCE = timedelta(days=2)
AT_ONCE = 3

Crew = dict[str, Viewer]


def crew_step() -> None:
    """Let each member of the crew do what has waited long enough."""
    crew = demo_viewers(by=system_viewer("demo"))
    steps: tuple[Callable[[Crew], None], ...] = (
        _judge_signals,
        _draft,
        _submit,
        _approve,
        _tell,
        _open_sites,
        _work,
        _tell_outcomes,
    )
    for step in steps:
        try:
            step(crew)
        except SalusError as refusal:
            log.warning("the demo crew could not go on with %s: %s", step.__name__, refusal)


def _waited(moment: object) -> bool:
    return clock.now() - moment > PATIENCE  # type: ignore[operator]


def _judge_signals(crew: Crew) -> None:
    by = crew["epidemiologist"]
    waiting = [row for row in signal_list(viewer=by, status="new") if _waited(row.raised_at)]
    for row in waiting[:AT_ONCE]:
        lasting = row.alarms > 1 or row.observed > 1.5 * row.upper
        note = "The excess lasts." if lasting else "A single day; watched further."
        signal_triage(signal=row.id, status="confirmed" if lasting else "dismissed", note=f"Demo crew: {note}", by=by)


def _preferred(row: ProposalRow) -> str:
    """Return the option with the strongest expected effect, as a cautious centre would choose.

    Where no forecast says what an option would do, the playbook does.
    """

    def rank(option: OptionRow) -> tuple[float, bool]:
        return (option.projected.change_mid if option.projected else 0.0, option.key != "playbook")

    return min(row.options, key=rank).key


def _draft(crew: Crew) -> None:
    by, head = crew["duty_officer"], crew["head"]
    for row in proposal_list(viewer=by, status="open")[:20]:
        if row.taken or not _waited(row.created_at) or not row.options:
            continue
        chosen = _preferred(row)
        rejected = {
            option.key: "Demo crew: it would do less, or nothing is known of what it would do."
            for option in row.options
            if option.key != chosen
        }
        made = decision_draft(proposal=row.id, by=by)
        edit = DecisionEdit(
            option=chosen,
            rationale=f"Demo crew: {pick(row.reason, 'en')} Chosen for its expected effect, or as the playbook asks.",
            why_rejected=rejected,
            accountable=head.id,
        )
        decision_revise(decision=made.id, edit=edit, by=by)
        return


def _by_crew(row: DecisionRow, crew: Crew) -> bool:
    """Return whether the crew wrote a decision: a visitor's draft is the visitor's."""
    return row.author_id == crew["duty_officer"].id and row.rationale.startswith("Demo crew:")


def _submit(crew: Crew) -> None:
    by = crew["duty_officer"]
    for row in decision_list(viewer=by, status="draft"):
        if _by_crew(row, crew):
            decision_submit(decision=row.id, by=by)


def _approve(crew: Crew) -> None:
    by = crew["head"]
    for row in decision_list(viewer=by, status="submitted"):
        if row.submitted_at and clock.now() - row.submitted_at > PATIENCE / 4:
            decision_approve(decision=row.id, by=by)


def _tell(crew: Crew) -> None:
    by = crew["communications_lead"]
    told = {row.subject for row in release_list(kind="decision", limit=500)}
    for row in decision_list(viewer=by, status="approved"):
        if not row.approved_at or clock.now() - row.approved_at < PATIENCE / 8:
            continue
        if str(row.number) not in told:
            release_publish(kind="decision", decision=row.id, by=by)
        if (row.level_to or 0) >= 2 and not alert_list(viewer=by, decision=row.id):
            alert = alert_compose(decision=row.id, by=by)
            release_publish(kind="alert", alert=alert.id, by=by)


def _open_sites(crew: Crew) -> None:
    """Open the sites that measures of the crew's decisions ask for: near, one for each measure, as the pack proposes."""
    by = crew["logistics_lead"]
    for wish in service_wish_list(viewer=by):
        approved = wish.decision.approved_at
        if wish.asked.what != OPEN_SITES or not _by_crew(wish.decision, crew) or not approved:
            continue
        place = _place_for(wish, by)
        if place is not None and clock.now() - approved > PATIENCE / 2:
            site_open(
                facility=place.id, site=wish.asked.site, hours=_hours(wish, by), decision=wish.decision.id,
                measure=wish.measure.code, reason=f"Demo crew: {pick(wish.measure.title, 'en')}.", by=by,
            )  # fmt: skip


def _place_for(wish: ServiceWish, by: Viewer) -> FacilityRow | None:
    """Return where a site is opened: in the areas of the decision if there is such a facility."""
    wanted = set(wish.decision.zone_ids)
    ground = {row.id for row in zone_list(viewer=by) if wanted & set(row.path)}
    fits = [row for row in facility_list(viewer=by, status="open") if row.kind in wish.asked.at]
    taken = {(row.facility_id, row.site) for row in service_change_list(viewer=by, current=True)}
    free = [row for row in fits if (row.id, wish.asked.site) not in taken]
    return min(free, key=lambda row: (row.zone_id not in ground, row.code), default=None)


def _hours(wish: ServiceWish, by: Viewer) -> SiteHours:
    asked, wanted = wish.asked, set(wish.decision.zone_ids)
    zones = [row for row in zone_list(viewer=by, level=ZONE_LEVEL) if wanted & set(row.path)]
    people = sum(row.population or 0.0 for row in zones)
    a_day = max(round(people * asked.per_day_per_1000 / 1000), 10)
    return SiteHours(per_day=a_day, weekdays=asked.weekdays, opens=asked.opens, closes=asked.closes)


def _work(crew: Crew) -> None:
    by = crew["logistics_lead"]
    for row in task_list(viewer=by, open_only=True)[:200]:
        owner = next((member for member in crew.values() if member.id == row.owner_id), None)
        if owner is not None and _waited(row.created_at):
            _carry_on(row, owner)


def _carry_on(row: TaskRow, owner: Viewer) -> None:
    if row.status == "open":
        task_update(task=row.id, status="doing", progress=40, by=owner)
    elif clock.now() > row.due_at - (row.due_at - row.created_at) / 4:
        task_done(task=row.id, note="Demo crew: done.", by=owner)


def _tell_outcomes(crew: Crew) -> None:
    by = crew["communications_lead"]
    told = {row.subject: row.published_at for row in release_list(kind="decision", newest_of_subject=True, limit=500)}
    numbers = {row.id: str(row.number) for row in decision_list(viewer=by)}
    for row in outcome_list(viewer=by):
        published = told.get(numbers.get(row.decision_id, ""))
        if published is not None and published < row.recorded_at and row.verdict != "undetermined":
            outcome_publish(outcome=row.id, by=by)
            return
