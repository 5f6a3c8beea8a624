"""Nowcasts, reproduction numbers and forecasts of the installation beside the truth, as of each evening."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np

from salus.assess.methods.contracts import CannotSay
from salus.assess.methods.cori import method as cori
from salus.assess.methods.damped_ensemble import method as damped
from salus.assess.methods.truncation import method as truncation
from salus.epi.ahead.persistence import persistence
from salus.epi.errors import EpiError
from salus.epi.generation import discretised_serial_interval
from salus.epi.hub.scoring import weighted_interval_score
from salus.epi.nowcasting import Nowcast
from salus.epi.triangles import ReportingTriangle, reporting_triangle
from salus.learn.scores.methods.hearing import FloatArray, Heard

# An evening is looked at once a week, as soon as so many cases are known; days older than this are final.
_EVERY, _LEAST_CASES, _SETTLED = 7, 150, 35
_RECENT, _AHEAD, _WINDOW = 10, 14, 7
# Days from infection to specimen, as the laboratory feed draws them: 5 to onset, 1.6 from there.
SPECIMEN_DAYS = 7
_LEAST_PRESSURE = 30.0


@dataclass(slots=True)
class Marks:
    """What was said and what came, collected over evenings and worlds."""

    score: list[float] = field(default_factory=list)
    beside: list[float] = field(default_factory=list)
    within_50: list[bool] = field(default_factory=list)
    within_95: list[bool] = field(default_factory=list)
    error: list[float] = field(default_factory=list)
    error_beside: list[float] = field(default_factory=list)

    def add(self, other: Marks) -> None:
        """Take the marks of another world in."""
        for name in Marks.__slots__:
            getattr(self, name).extend(getattr(other, name))

    def say(self, quantiles: FloatArray, levels: FloatArray, came: FloatArray) -> None:
        """Mark some quantiles (N, Q) against what came (N,)."""
        self.score.extend(weighted_interval_score(quantiles, levels, came).tolist())
        self.within_50.extend(_within(quantiles, levels, came, 0.25))
        self.within_95.extend(_within(quantiles, levels, came, 0.025))
        self.error.extend(np.abs(_at(quantiles, levels, 0.5) - came).tolist())


def _at(quantiles: FloatArray, levels: FloatArray, level: float) -> FloatArray:
    return np.asarray(quantiles[:, int(np.argmin(np.abs(levels - level)))])


def _within(quantiles: FloatArray, levels: FloatArray, came: FloatArray, low: float) -> list[bool]:
    inside = (_at(quantiles, levels, low) <= came) & (came <= _at(quantiles, levels, 1 - low))
    return [bool(each) for each in inside]


@dataclass(slots=True)
class Scores:
    """The marks of one kind of world."""

    nowcast: Marks = field(default_factory=Marks)
    rt_truth: Marks = field(default_factory=Marks)
    rt_installed: Marks = field(default_factory=Marks)
    rt_today: Marks = field(default_factory=Marks)
    cases: Marks = field(default_factory=Marks)
    admissions: Marks = field(default_factory=Marks)

    def add(self, other: Scores) -> None:
        """Take the marks of another world in."""
        for name in Scores.__slots__:
            getattr(self, name).add(getattr(other, name))


def scores_of(heard: Heard) -> Scores:
    """Return how the methods did in one world."""
    found = Scores()
    for evening in evenings(heard):
        _nowcast_and_more(heard, evening, found)
        _forecast(heard.admissions, evening, None, found.admissions)
    return found


def evenings(heard: Heard) -> Iterator[int]:
    """Return the evenings that are looked at: what is to be known of them is known at the end."""
    last = heard.trial.days - _SETTLED - _AHEAD
    for evening in range(27, last, _EVERY):
        if np.nansum(heard.cases[: evening + 1, evening]) >= _LEAST_CASES:
            yield evening


def triangle_on(cube: FloatArray, evening: int) -> ReportingTriangle:
    """Return the reporting triangle as of an evening."""
    day, known = np.nonzero(~np.isnan(cube[: evening + 1, : evening + 1]))
    return reporting_triangle(day, known, cube[day, known], evening, max_delay=40)


def _nowcast_and_more(heard: Heard, evening: int, found: Scores) -> None:
    # Its package has tables, so that it can be imported only where Django is set up: by now it is.
    from salus.assess.run.estimating import told

    rng = np.random.default_rng([heard.trial.seed, evening])
    try:
        nowcast = told(truncation.run(triangle_on(heard.cases, evening), {}, rng), evening)
    except (CannotSay, EpiError):
        return
    days = np.asarray(nowcast.dates)[-_RECENT:]
    final = heard.final(heard.cases)[days]
    quantiles, levels = np.asarray(nowcast.quantiles[-_RECENT:]), np.asarray(nowcast.quantile_levels)
    found.nowcast.say(quantiles, levels, final)
    found.nowcast.error_beside.extend(np.abs(heard.cases[days, evening] - final).tolist())
    _reproduction(heard, nowcast, evening, found)
    _forecast(heard.cases, evening, nowcast, found.cases)


def _reproduction(heard: Heard, nowcast: Nowcast, evening: int, found: Scores) -> None:
    """Mark R against the truth: by the days on which specimens' infections happened, and naively by today."""
    truth, late, generation = true_r(heard), SPECIMEN_DAYS, heard.generation
    days = np.asarray(nowcast.dates)[-_WINDOW:]
    true = {"serial_interval_mean": generation[0], "serial_interval_sd": generation[1]}
    for marks, parameters, back in (
        (found.rt_truth, true, late),
        (found.rt_installed, installed(heard.trial.emergency), late),
        (found.rt_today, true, 0),
    ):
        rng = np.random.default_rng([heard.trial.seed, evening, 1])
        try:
            said = cori.run(nowcast, parameters, rng)
        except CannotSay:
            continue
        at = days - back if back else np.array([evening])
        rows = said.quantiles[-at.size :]
        keep = (at >= 0) & ~np.isnan(truth[at]) & ~np.isnan(rows[:, 0])
        marks.say(np.asarray(rows)[keep], np.asarray(said.quantile_levels), truth[at][keep])


@lru_cache(maxsize=8)
def installed(emergency: str) -> Mapping[str, object]:
    """Return what an installation holds of the serial interval until somebody sets another: its rules as they come."""
    from salus.assess.services.rule_tables import checked, exercise_pack, pack_text

    return checked(pack_text(exercise_pack(emergency))).plan.rt_parameters


def true_r(heard: Heard) -> FloatArray:
    """Return the effective reproduction number by the day of infection, over windows of seven days."""
    infected = sum(heard.infections.values(), np.zeros(heard.trial.days))
    weights = discretised_serial_interval(*heard.generation)
    weights = np.where(np.arange(weights.size) == 0, 0.0, weights)
    pressure = np.convolve(infected, weights / weights.sum())[: infected.size]
    over = [np.convolve(values, np.ones(_WINDOW))[: infected.size] for values in (infected, pressure)]
    # Where next to nobody was infectious, R is chance and no truth.
    return np.where(over[1] >= _LEAST_PRESSURE, over[0] / np.maximum(over[1], 1e-9), np.nan)


def _forecast(cube: FloatArray, evening: int, nowcast: Nowcast | None, marks: Marks) -> None:
    """Mark two weeks ahead of an evening, day by day, beside the same weekday's persistence."""
    history = cube[: evening + 1, evening].copy()
    tail, last = None, int(np.flatnonzero(~np.isnan(history)).max(initial=-1))
    if nowcast is not None:
        last = int(nowcast.dates[-1])
        tail = nowcast.samples[-last:]
    history = history[: last + 1]
    steps = evening + _AHEAD - last
    try:
        said = damped.run(np.maximum(history, 0.0), tail, steps, 1, {}, np.random.default_rng(evening))
    except CannotSay:
        return
    rows = np.asarray(said.quantiles).reshape(steps, -1)[-_AHEAD:]
    came, levels = cube[evening + 1 : evening + 1 + _AHEAD, -1], np.asarray(said.quantile_levels)
    known = ~np.isnan(came)
    marks.say(rows[known], levels, came[known])
    naive = _same_weekday(_completed(history, nowcast), last, evening, levels)
    marks.beside.extend(weighted_interval_score(naive[known], levels, came[known]).tolist())


def _completed(history: FloatArray, nowcast: Nowcast | None) -> FloatArray:
    """Give the baseline the nowcast's middle too: it is to be beaten by foresight, not by late reports."""
    if nowcast is None:
        return history
    count = min(nowcast.samples.shape[0], history.size - 1)
    filled = history.copy()
    filled[-count:] = np.median(np.asarray(nowcast.samples[-count:]).reshape(count, -1), axis=1)
    return filled


def _same_weekday(history: FloatArray, last: int, evening: int, levels: FloatArray) -> FloatArray:
    """Return the hub's baseline for each weekday apart: as a week ago, give or take past changes by the week."""
    out = np.zeros((_AHEAD, levels.size))
    for number in range(_AHEAD):
        target = evening + 1 + number
        weeks = -(-(target - last) // 7)
        newest = target - 7 * weeks
        line = history[newest % 7 : newest + 1 : 7, None]
        out[number] = persistence(line, weeks, levels)[-1, 0]
    return out
