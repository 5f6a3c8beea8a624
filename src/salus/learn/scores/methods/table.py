"""The table of methods: every world is played and heard by a worker, and what all gave is put into rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Executor, as_completed
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from salus.learn.scores.methods.detecting import Detected, detected, detectors
from salus.learn.scores.methods.estimating import Marks, Scores, scores_of
from salus.learn.scores.methods.hearing import Trial, hear

Row = dict[str, Any]
Told = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Plan:
    """Which worlds are played: seeds of each kind, and the days of each emergency."""

    pack: Path
    detection_seeds: int = 4
    detection_days: int = 600
    estimation_seeds: int = 3
    estimation: tuple[tuple[str, int], ...] = (("respiratory", 125), ("measles", 160))


@dataclass(frozen=True, slots=True)
class Found:
    """What a worker found in one world."""

    trial: Trial
    detected: dict[str, Detected]
    told_after: int
    scores: Scores | None


def rows(plan: Plan, *, executor: Executor | None = None, told: Told = lambda done, of: None) -> list[Row]:
    """Return the table; the same whoever plays the worlds."""
    trials = _trials(plan)
    found = sorted(_played(trials, executor, told), key=lambda row: trials.index(row.trial))
    detection = [row for row in found if row.detected]
    table = _detection_rows(detection) if detection else []
    for emergency, _days in plan.estimation:
        for measured in (False, True):
            table += _estimation_rows(emergency, measured, found)
    return table


def _trials(plan: Plan) -> list[Trial]:
    detection = [Trial(plan.pack, "sporadic", seed, plan.detection_days) for seed in range(1, plan.detection_seeds + 1)]
    estimation = [
        Trial(plan.pack, emergency, seed, days, measured)
        for emergency, days in plan.estimation
        for measured in (False, True)
        for seed in range(1, plan.estimation_seeds + 1)
    ]
    return detection + estimation


def _played(trials: Sequence[Trial], executor: Executor | None, told: Told) -> Iterable[Found]:
    if executor is None:
        for done, trial in enumerate(trials, start=1):
            yield work(trial)
            told(done, len(trials))
        return
    waiting = [executor.submit(work, trial) for trial in trials]
    try:
        for done, future in enumerate(as_completed(waiting), start=1):
            yield future.result()
            told(done, len(trials))
    finally:
        for future in waiting:
            future.cancel()


def work(trial: Trial) -> Found:
    """Play one world, hear it, and judge the methods: what a worker does."""
    heard = hear(trial)
    if trial.emergency != "sporadic":
        return Found(trial, {}, 0, scores_of(heard))
    after = heard.first_told("new") - heard.first("new")
    return Found(trial, {name: detected(heard, each) for name, each in detectors().items()}, after, None)


def claim(what: str, ours: str, beside: str, ratio: str, goal: str, held: bool) -> Row:
    """Return one row, as benchmarks keep them."""
    return {"what": what, "ours": ours, "beside": beside, "ratio": ratio, "goal": goal, "held": bool(held)}


def _detection_rows(found: Sequence[Found]) -> list[Row]:
    after = float(np.median([row.told_after for row in found]))
    beside = f"one report is to be expected after {after:.0f} days"
    return [_detection_row(name, [row.detected[name] for row in found], after, beside) for name in found[0].detected]


def _detection_row(name: str, each: Sequence[Detected], after: float, beside: str) -> Row:
    delays = [row.delay for row in each if row.delay is not None]
    rate = 100 * sum(row.false_alarms for row in each) / max(sum(row.days for row in each), 1)
    middle = float(np.median(delays)) if delays else float("nan")
    span = f" ({min(delays)} to {max(delays)})" if delays else ""
    ours = f"{middle:.0f} days{span}, {len(delays)} of {len(each)} worlds; {rate:.1f} false alarms in 100 days before"
    held = len(delays) == len(each) and rate <= 1
    return claim(
        f"{name}: from the first infection by a new virus to the alarm",
        ours,
        beside,
        f"{middle / after:.1f}" if delays else "",
        "every world, at most 1 false alarm in 100 days",
        held,
    )


def _estimation_rows(emergency: str, measured: bool, found: Sequence[Found]) -> list[Row]:
    total = Scores()
    for row in found:
        if row.scores is not None and (row.trial.emergency, row.trial.measured) == (emergency, measured):
            total.add(row.scores)
    where = f"{emergency}, {'with the reference policy' if measured else 'without measures'}"
    return [
        *_nowcast_rows(where, total.nowcast),
        *_rt_rows(where, total),
        *_forecast_rows(f"{where}: cases, two weeks ahead", total.cases),
        *_forecast_rows(f"{where}: admissions, two weeks ahead", total.admissions),
    ]


def _share(values: Sequence[bool]) -> float:
    return float(np.mean(values))


def _nowcast_rows(where: str, marks: Marks) -> list[Row]:
    if not marks.score:
        return [claim(f"{where}: nowcast of the last ten days", "too few cases to say anything", "", "", "", True)]
    ours, reported = float(np.mean(marks.error)), float(np.mean(marks.error_beside))
    within = f"{_share(marks.within_50):.2f} and {_share(marks.within_95):.2f} in its 50 and 95 % ranges"
    return [
        claim(
            f"{where}: nowcast of the last ten days ({len(marks.score)} days)",
            f"wrong by {ours:.2f} cases, WIS {np.mean(marks.score):.2f}",
            f"counts as reported, {reported:.2f}",
            f"{ours / max(reported, 1e-9):.2f}",
            "at most .7",
            ours <= 0.7 * reported,
        ),
        claim(f"{where}: nowcast, what it covers", within, "", "", "95 % range .90 to .99", _covers(marks)),
    ]


def _covers(marks: Marks, low: float = 0.9, high: float = 0.99) -> bool:
    return low <= _share(marks.within_95) <= high


def _rt_rows(where: str, total: Scores) -> list[Row]:
    kinds = (
        ("R of the infections behind the last week's specimens, true generation time", total.rt_truth),
        ("the same with what the rules hold of the serial interval at first", total.rt_installed),
        ("the same read as R of today, true generation time", total.rt_today),
    )
    found = []
    for what, marks in kinds:
        if marks.score:
            ours = f"wrong by {np.mean(marks.error):.2f}; {_share(marks.within_95):.2f} in its 95 % range"
            held = _share(marks.within_95) >= 0.9
            found.append(claim(f"{where}: {what} ({len(marks.score)} days)", ours, "", "", "at least .90", held))
    return found


def _forecast_rows(what: str, marks: Marks) -> list[Row]:
    if not marks.score or not marks.beside:
        return []
    ours, naive = float(np.mean(marks.score)), float(np.mean(marks.beside))
    covers = f"{_share(marks.within_50):.2f} and {_share(marks.within_95):.2f} in its 50 and 95 % ranges"
    return [
        claim(
            f"{what} ({len(marks.score)} days)",
            f"WIS {ours:.2f}; {covers}",
            f"same weekday's persistence, {naive:.2f}",
            f"{ours / max(naive, 1e-9):.2f}",
            "under 1, 95 % range at least .90",
            ours < naive and _share(marks.within_95) >= 0.9,
        )
    ]


def quick(plan: Plan) -> Plan:
    """Return a plan that only shows that the table can be made."""
    return replace(plan, detection_seeds=0, estimation_seeds=1, estimation=(("respiratory", 110),))
