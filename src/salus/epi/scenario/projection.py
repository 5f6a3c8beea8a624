"""Run scenarios on from what was observed, from a calibrated posterior."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from salus.epi.arrays import FloatArray, require
from salus.epi.scenario.block import Block
from salus.epi.scenario.calibration import Calibration
from salus.epi.scenario.care_kernel import BACKLOG, ICU_BEDS, WARD_BEDS
from salus.epi.scenario.comparison import Scenario
from salus.epi.scenario.engine import Variation, advance, begin, run_keys
from salus.epi.scenario.model import InForce, Model
from salus.epi.scenario.results import Course
from salus.epi.scenario.state import State

_IN_WARD, _IN_ICU, _LAST_OF_PEOPLE = (5, 6, 7, 8), (9, 10), 12


def project(
    model: Model,
    calibration: Calibration,
    scenarios: Mapping[str, Scenario],
    *,
    days: int,
    rng: np.random.Generator,
    past: Sequence[InForce] = (),
    by: Sequence[str] = (),
    keep: Sequence[str] | None = None,
    drift: bool = True,
) -> dict[str, Course]:
    """Run scenarios with chance from the end of the observed days, one run per posterior draw.

    Parameters
    ----------
    model : Model
        The epidemic and the city.
    calibration : Calibration
        Each of its draws gives a run its transmission, seeds and ascertainment.
    scenarios : mapping of str to Scenario
        Their orders are those in force from now on (days count from the epidemic's first);
        doses count from today.
    days : int
        1 or more.
    rng : numpy.random.Generator
        Same seed, same result. All scenarios share their chance.
    past : sequence of InForce
        The orders that the calibration was given.
    by, keep
        As in `simulate`.
    drift : bool
        Whether transmission goes on walking as it did; else it stays.

    Returns
    -------
    dict of str to Course
        Counts are the model's, without the extra spread of reports: `add_noise` adds it.

    Raises
    ------
    InvalidParameterError
        If there is no scenario. Others as `simulate`.

    """
    require(len(scenarios) > 0, "Pass at least one scenario to project.")
    layout, draws = calibration.layout, calibration.draws
    runs = draws.shape[0]
    state = begin(model, runs=runs, by=by)
    vary = layout.variation(calibration.standard, layout.days)
    state, _ = advance(model, state, days=layout.days, orders=past, keep=("infections",), variation=vary)
    state = whole_people(state, rng)
    path = _ahead(calibration, days, rng if drift else None)
    seen = draws[:, layout.knots + 1] if layout.ascertains else None
    ahead = Variation(path, draws[:, layout.knots], seen)
    out = {}
    for name, scenario in scenarios.items():
        _, out[name] = advance(
            model, state, days=days, orders=scenario.orders, doses=scenario.doses, keep=keep, variation=ahead
        )
    return out


def _ahead(calibration: Calibration, days: int, rng: np.random.Generator | None) -> FloatArray:
    """Factor on transmission of the days ahead, (days, N)."""
    layout = calibration.layout
    last = layout.daily(calibration.draws[:, : layout.knots], layout.days)[-1]
    if rng is None:
        return np.repeat(last[None], days, axis=0)
    daily = layout.prior.step / np.sqrt(layout.prior.step_days)
    walk = np.cumsum(rng.normal(0.0, daily, size=(days, last.size)), axis=0)
    out: FloatArray = last * np.exp(walk)
    return out


def whole_people(state: State, rng: np.random.Generator) -> State:
    """Return the state with whole people, rounded at random, so that chance can run on.

    Residents are kept, zone by zone and stratum by stratum.
    """
    block = state.block
    ring = _round(block.ring, rng)
    residents = np.round(block.people.sum(axis=0) + block.ring.sum(axis=(0, 1)))
    rest = np.minimum(ring.sum(axis=(0, 1)), residents)
    # Rounding may not infect more than live there: the oldest infections give way.
    over = ring.sum(axis=(0, 1)) - rest
    for v in range(ring.shape[0]):
        for slot in range(ring.shape[1]):
            less = np.minimum(over, ring[v, slot])
            ring[v, slot] -= less
            over = over - less
    open_to = block.people / np.maximum(block.people.sum(axis=0), 1e-12) * (residents - rest)
    edges = np.floor(np.cumsum(open_to, axis=0) + rng.random(open_to.shape[1:]))
    edges[-1] = residents - rest
    people = np.diff(np.minimum(edges, edges[-1]), axis=0, prepend=0.0)
    queues, level = block.queues.copy(), block.level.copy()
    queues[:_LAST_OF_PEOPLE] = _round(queues[:_LAST_OF_PEOPLE], rng)
    level[WARD_BEDS] = queues[list(_IN_WARD)].sum(axis=(0, 1))
    level[ICU_BEDS] = queues[list(_IN_ICU)].sum(axis=(0, 1))
    level[BACKLOG] = _round(level[BACKLOG], rng)
    load = ring if block.load is block.ring else ring.copy()
    fresh = Block(people, ring, load, np.floor(block.stock), _round(block.dosed, rng), queues, level, block.mood)
    return replace(state, block=fresh, keys=run_keys(rng, state.keys.size), chance=True)


def _round(values: FloatArray, rng: np.random.Generator) -> FloatArray:
    out: FloatArray = np.floor(values + rng.random(values.shape))
    return out


def add_noise(
    course: Course, output: str, calibration: Calibration, series: int, rng: np.random.Generator
) -> FloatArray:
    r"""One output of the city with the spread of its series, (D, runs), to compare with counts.

    Parameters
    ----------
    course : Course
        From `project`.
    output : str
        Which.
    calibration : Calibration
        Its draws' sizes give the spread.
    series : int
        Index of the observed series, whose size is used.
    rng : numpy.random.Generator
        Same seed, same result.

    Returns
    -------
    FloatArray, shape (D, runs)

    Notes
    -----
    The course's counts *X* already vary by chance, as a Poisson number of mean :math:`\mu` does;
    :math:`X g` with a gamma factor *g* of mean 1 and variance 1/k, rounded at random to whole
    numbers, then has the negative binomial's variance :math:`\mu + \mu^2/k`. Another Poisson
    draw would count chance twice.

    """
    layout = calibration.layout
    require(0 <= series < layout.series, f"There are {layout.series} observed series, counted from 0.")
    size = calibration.draws[:, layout.path + series]
    mean = course.city(output) * rng.standard_gamma(size, size=(course.values.shape[0], size.size)) / size
    out: FloatArray = np.floor(mean + rng.random(mean.shape))
    return out
