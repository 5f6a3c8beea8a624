"""What a stage says of itself to its desk."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from salus.act.selectors import task_counts
from salus.assess.selectors import city_level, signal_list
from salus.base import clock, selectors
from salus.city.selectors import zone_list
from salus.config.processes.stage import evenings
from salus.config.processes.stage.due import Seen
from salus.config.processes.stage.ledger import Ledger
from salus.decide.releases import release_latest
from salus.decide.selectors import decision_list, measures_in_force
from salus.gather.selectors import observations_as_of, series_list
from salus.plan.exercises.schemas import ExerciseDraft, StageStatus
from salus.plan.exercises.stages import Stage, read_json, status_to, write_json
from salus.plan.selectors import proposal_list
from salus.trust.actors import system_viewer

BY = "exercises"
TOLD = "told.json"


def whole_days(stage: Stage) -> int:
    """Return how many days of the world are whole and told."""
    return int(read_json(stage.run / TOLD).get("day", -1)) + 1


def running_day(design: ExerciseDraft) -> int:
    """Return the running day of the exercise; the first is 1."""
    return (clock.today() - design.start_on).days + 1


def days_behind(stage: Stage, design: ExerciseDraft) -> int:
    """Return how many days the clock has left behind that have not happened in the world yet."""
    return max((clock.today() - design.start_on).days + design.lead_in_days - whole_days(stage), 0)


def look(design: ExerciseDraft) -> Seen:
    """Return what has happened that can trigger an inject."""
    viewer, begun = system_viewer(BY), clock.day_start(design.start_on)
    level = city_level(viewer=viewer)
    return Seen(
        day=running_day(design),
        signals=frozenset(row.series for row in signal_list(viewer=viewer) if row.raised_at > begun),
        level=(level.level or 0) if level else 0,
        measures=frozenset(measures_published()),
    )


def measures_published() -> set[str]:
    """Return the measures that the newest published situation says are in force today."""
    release, today = release_latest(kind="situation", known_at=clock.now()), clock.today()
    rows = release.body["measures"] if release else ()
    return {str(row["code"]) for row in rows if _day(row["from"], today) <= today < _day(row["until"], date.max)}


def _day(moment: str | None, otherwise: date) -> date:
    return datetime.fromisoformat(moment).astimezone(clock.city_zone()).date() if moment else otherwise


class Teller:
    """Writes the status, counting anew only when something has changed."""

    def __init__(self, stage: Stage, design: ExerciseDraft) -> None:
        self._stage, self._design = stage, design
        self._change, self._counts, self._seen = -1, {}, Seen(0)  # type: ignore[var-annotated]

    def look(self) -> Seen:
        """Return what has happened, read anew after every change and on every day."""
        change, day = selectors.change_number(), running_day(self._design)
        if (change, day) != (self._change, self._seen.day):
            self._seen, self._counts, self._change = look(self._design), counts(self._stage, self._design), change
        return self._seen

    def tell(self, ledger: Ledger, state: str, problem: str = "") -> StageStatus:
        """Write what the desk may know."""
        seen = self.look()
        status = StageStatus(
            state=state,
            clock=clock.now(),
            day=seen.day,
            days=self._design.days,
            speed=selectors.speed_label(),
            whole_days=whole_days(self._stage),
            counts=self._counts,
            measures=tuple(sorted(seen.measures)),
            level=seen.level,
            fired=ledger.fired(),
            evenings=tuple(evenings.kept(self._stage)),
            written_at=clock.wall_now(),
            problem=problem,
        )
        write_json(self._stage.status, status_to(status))
        return status


def counts(stage: Stage, design: ExerciseDraft) -> dict[str, float]:
    """Return the numbers by which a director sees how far the people who play have come."""
    viewer = system_viewer(BY)
    tasks, decisions = task_counts(viewer=viewer), decision_list(viewer=viewer)
    return {
        "signals_new": len(signal_list(viewer=viewer, status="new")),
        "proposals_open": len(proposal_list(viewer=viewer, status="open")),
        "decisions_open": sum(row.status in {"draft", "submitted"} for row in decisions),
        "decisions_in_force": len({row.decision_id for row in measures_in_force(viewer=viewer)}),
        "tasks_open": sum(tasks[name] for name in ("open", "doing", "blocked")),
        "tasks_overdue": tasks["overdue"],
        "days_behind": days_behind(stage, design),
        **_cases(),
    }


def _cases() -> dict[str, float]:
    """Return how many cases are known in the whole city, and in its last week."""
    viewer = system_viewer(BY)
    series = next(iter(series_list(viewer=viewer, role="cases")), None)
    roots = [zone.number for zone in zone_list(viewer=viewer) if zone.parent_id is None]
    if series is None or not roots:
        return {"cases_known": 0.0, "cases_week": 0.0}
    frame: Any = observations_as_of(viewer=viewer, series=series.code, zones=roots)
    recent = frame.filter(frame["valid_on"] > clock.today() - timedelta(days=7))
    return {"cases_known": float(frame["value"].sum() or 0), "cases_week": float(recent["value"].sum() or 0)}
