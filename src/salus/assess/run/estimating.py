"""Nowcast, reproduction number and forecast for the city and the levels right below it."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

import numpy as np
import polars as pl

from salus.assess.methods import registry
from salus.assess.methods.contracts import CannotSay, Forecaster, Nowcaster, Reproduction
from salus.assess.rules.document import Plan
from salus.assess.run.areas import Areas
from salus.assess.run.cubes import Cube, Shelf
from salus.assess.run.reading import Reader, micros
from salus.base import clock
from salus.epi.arrays import FloatArray, IntArray
from salus.epi.errors import EpiError
from salus.epi.forecasting import Forecast
from salus.epi.nowcasting import Nowcast
from salus.epi.reproduction import RtResult
from salus.epi.triangles import ReportingTriangle, reporting_triangle

_DAY_MICROS = 86_400_000_000
# A day of which less should have been reported by now is not nowcast.
LEAST_COMPLETE = 0.3


@dataclass(frozen=True)
class Estimated:
    """What is estimated of one series in a group of zones, or why it is not."""

    role: str
    cube: Cube
    places: tuple[int, ...]
    nowcast: Nowcast | None = None
    rt: RtResult | None = None
    forecast: Forecast | None = None
    # The day before the forecast's first step begins.
    origin: int = 0
    why: tuple[tuple[str, str], ...] = ()

    @property
    def nowcast_first(self) -> int:
        """Return the day number of the nowcast's first day."""
        return int(self.nowcast.dates[0]) if self.nowcast is not None else 0


@dataclass(frozen=True)
class Moment:
    """The moment of an assessment, as the numerics need it."""

    known_at: datetime
    seed: int

    @property
    def newest_day(self) -> int:
        """Return the newest day of which any part has passed."""
        return (self.known_at - timedelta(microseconds=1)).astimezone(clock.city_zone()).date().toordinal()

    def rng(self, *names: str) -> np.random.Generator:
        """Return a source of randomness of its own for each use, the same in every run."""
        return np.random.default_rng([self.seed, *(zlib.crc32(name.encode()) for name in names)])


def estimate(shelf: Shelf, reader: Reader, areas: Areas, plan: Plan, moment: Moment) -> list[Estimated]:
    """Return the estimates of every role in the plan."""
    roles = dict.fromkeys([*plan.nowcast.roles, *plan.rt.roles, *plan.forecast.roles])
    return [
        _estimate(role, cube, places, reader, areas, plan, moment)
        for role in roles
        for cube, places in shelf.groups(role)
        if places
    ]


def _estimate(
    role: str,
    cube: Cube,
    places: list[int],
    reader: Reader,
    areas: Areas,
    plan: Plan,
    moment: Moment,
) -> Estimated:
    made = Estimated(role, cube, tuple(places))
    for step in (_add_nowcast, _add_rt, _add_forecast):
        made = step(made, reader, areas, plan, moment)
    return made


def _without(made: Estimated, kind: str, why: str) -> Estimated:
    return replace(made, why=(*made.why, (kind, why)))


def _add_nowcast(made: Estimated, reader: Reader, areas: Areas, plan: Plan, moment: Moment) -> Estimated:
    if made.role not in plan.nowcast.roles:
        return made
    series = made.cube.series
    if series.period != "day" or series.kind != "count":
        return _without(made, "nowcast", "not_daily_counts")
    if series.reconstructed:
        return _without(made, "nowcast", "no_delay_history")
    method: Nowcaster = registry.get(plan.nowcast.method, "nowcast").module
    try:
        triangle = triangle_of(made, reader, areas, moment, plan)
        found = method.run(triangle, plan.nowcast.parameters, moment.rng("nowcast", series.code))
        return replace(made, nowcast=told(found, made.cube.last))
    except CannotSay as error:
        return _without(made, "nowcast", error.why)
    except EpiError:
        return _without(made, "nowcast", "no_data")


def completeness(nowcast: Nowcast) -> FloatArray:
    """Return which share of each of the nowcast's last days should be reported by now, shape (K, S)."""
    return nowcast.diagnostics["completeness"]


def told(nowcast: Nowcast, newest: int) -> Nowcast:
    """Return a nowcast without the newest days of which nothing, or next to nothing, was reported.

    There it says more of the method than of the day, and one odd report multiplies: those days
    are left to the forecast, which goes on from what is told.
    """
    tail = nowcast.samples.shape[0]
    settled = nowcast.dates.size - tail
    # The middle of the zones: a small one's own share is mostly chance.
    enough = np.median(completeness(nowcast), axis=1) >= LEAST_COMPLETE
    enough &= nowcast.dates[settled:] <= newest
    keep = int(np.flatnonzero(enough).max(initial=-1)) + 1
    if settled + keep == 0 or nowcast.dates[settled + keep - 1] > newest:
        raise CannotSay("no_data")
    if keep == tail:
        return nowcast
    end = settled + keep
    return replace(
        nowcast,
        dates=nowcast.dates[:end],
        quantiles=nowcast.quantiles[:end],
        mean=nowcast.mean[:end],
        reported=nowcast.reported[:end],
        samples=nowcast.samples[:keep],
        is_estimate=nowcast.is_estimate[:end],
        diagnostics={name: part[:keep] for name, part in nowcast.diagnostics.items()},
    )


def triangle_of(made: Estimated, reader: Reader, areas: Areas, moment: Moment, plan: Plan) -> ReportingTriangle:
    """Return the reporting triangle of a group of zones, summed from the smallest where needed."""
    leaves = areas.levels[areas.leaf_level]
    own = [place for place in made.places if areas.rows[place].level not in made.cube.summed]
    wanted = leaves if len(own) < len(made.places) else []
    numbers = [areas.rows[place].number for place in dict.fromkeys([*own, *wanted])]
    frame = reader.versions(made.cube.series, numbers)
    reports = report_days(frame, moment)
    # A source that has fallen silent is read as of its last report: its silence is no zero.
    last = int(reports.max(initial=moment.newest_day - 10_000))
    triangle = reporting_triangle(
        _days(frame),
        reports,
        frame["value"].cast(pl.Float64).fill_null(float("nan")).to_numpy(),
        min(last, moment.newest_day),
        max_delay=int(plan.nowcast.parameters.get("max_delay", 40)),
        series=frame["zone"].to_numpy(),
    )
    return _grouped(triangle, made, areas)


def _days(frame: pl.DataFrame) -> IntArray:
    days = frame["valid_on"].to_physical().cast(pl.Int64).to_numpy()
    return np.asarray(days + date(1970, 1, 1).toordinal(), dtype=np.int64)


def report_days(frame: pl.DataFrame, moment: Moment) -> IntArray:
    """Return the day of each report, counted in whole days back from the moment.

    A civil day would not do: at noon the reports of this evening are not there yet, and the
    method would take a half day of reports for a quiet one.
    """
    age = (clock.to_micros(moment.known_at) - micros(frame["known_at"])) // _DAY_MICROS
    return np.asarray(moment.newest_day - age, dtype=np.int64)


def _grouped(triangle: ReportingTriangle, made: Estimated, areas: Areas) -> ReportingTriangle:
    """Put the triangle's series in the order of the places, adding up where a level is summed."""
    column = {number: index for index, number in enumerate(triangle.series)}
    cumulative, latest = [], []
    for place in made.places:
        row = areas.rows[place]
        if row.level in made.cube.summed:
            inside = [areas.rows[leaf].number for leaf in areas.inside[place]]
        else:
            inside = [row.number]
        chosen = [column[number] for number in inside if number in column]
        cumulative.append(triangle.cumulative[:, chosen].sum(axis=1))
        latest.append(triangle.latest[:, chosen].sum(axis=1))
    return replace(
        triangle,
        cumulative=np.stack(cumulative, axis=1),
        latest=np.stack(latest, axis=1),
        series=tuple(areas.rows[place].number for place in made.places),
    )


def _add_rt(made: Estimated, reader: Reader, areas: Areas, plan: Plan, moment: Moment) -> Estimated:
    if made.role not in plan.rt.roles:
        return made
    if made.nowcast is None:
        return _without(made, "rt", dict(made.why).get("nowcast", "no_estimate"))
    method: Reproduction = registry.get(plan.rt.method, "rt").module
    try:
        rng = moment.rng("rt", made.cube.series.code)
        return replace(made, rt=method.run(made.nowcast, plan.rt_parameters, rng))
    except CannotSay as error:
        return _without(made, "rt", error.why)


def _add_forecast(made: Estimated, reader: Reader, areas: Areas, plan: Plan, moment: Moment) -> Estimated:
    if made.role not in plan.forecast.roles:
        return made
    method: Forecaster = registry.get(plan.forecast.method, "forecast").module
    history, uncertain, origin = _history(made)
    step = made.cube.step
    horizon = -(-(plan.forecast.horizon_days + max(0, moment.newest_day - origin)) // step)
    try:
        rng = moment.rng("forecast", made.cube.series.code)
        ahead = method.run(history, uncertain, horizon, step, plan.forecast.parameters, rng)
    except CannotSay as error:
        return _without(made, "forecast", error.why)
    return replace(made, forecast=ahead, origin=origin)


def _history(made: Estimated) -> tuple[FloatArray, FloatArray | None, int]:
    """Return the past, the draws that replace its end, and the last day that both cover.

    Days that were reported but are too open to be nowcast are not part of it.
    """
    cube, places = made.cube, list(made.places)
    values = np.maximum(cube.values[:, places], 0.0)
    if made.nowcast is None:
        return values, None, cube.last + cube.step - 1
    end = int(made.nowcast.dates[-1])
    table = np.full((end - cube.first + 1, len(places)), np.nan)
    rows = min(values.shape[0], table.shape[0])
    table[:rows] = values[:rows]
    tail = made.nowcast.samples[-max(1, table.shape[0] - 1) :]
    return table, tail if len(tail) else None, end
