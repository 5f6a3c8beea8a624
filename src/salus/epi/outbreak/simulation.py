"""Series with known outbreaks, to measure what a detector finds and how often it cries wolf."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from salus.epi.arrays import BoolArray, FloatArray, IntArray, require
from salus.epi.errors import ShapeMismatchError

_KNOWN = 312


@dataclass(frozen=True, slots=True)
class Scenario:
    r"""A series without outbreaks: :math:`\log\mu_t = \theta + \beta t + season`, variance :math:`\phi\mu`.

    Attributes
    ----------
    theta, beta : float
        Log level, and its change per week.
    gamma : tuple of two floats
        Coefficients of the cosine and the sine of each harmonic.
    harmonics : int
        0: no season; 1: one wave a year; 2: two.
    phi : float
        Variance over mean, 1 or more.

    """

    theta: float
    beta: float
    gamma: tuple[float, float]
    harmonics: int
    phi: float

    def mean(self, weeks: int) -> FloatArray:
        """Expected counts of weeks 1, 2, ..."""
        time = np.arange(1.0, weeks + 1)
        log_mean = self.theta + self.beta * time
        for j in range(1, self.harmonics + 1):
            angle = 2 * np.pi * j * time / 52
            log_mean = log_mean + self.gamma[0] * np.cos(angle) + self.gamma[1] * np.sin(angle)
        out: FloatArray = np.exp(log_mean)
        return out


_LEVELS = (
    (0.1, 0.0025, (0.6, 0.6), 1.5),
    (-2.0, 0.005, (0.1, 0.3), 2.0),
    (1.5, 0.003, (0.2, -0.4), 1.0),
    (0.5, 0.002, (0.5, 0.5), 5.0),
    (2.5, 0.001, (1.0, 0.1), 3.0),
    (3.75, 0.001, (0.1, -0.1), 1.1),
    (5.0, 0.0001, (0.05, 0.01), 1.2),
)
#: The 42 scenarios of Noufaily et al. 2013: seven levels, with and without trend, three seasons.
SCENARIOS = tuple(
    Scenario(theta, slope, gamma, harmonics, phi)
    for theta, beta, gamma, phi in _LEVELS
    for slope in (0.0, beta)
    for harmonics in (0, 1, 2)
)


@dataclass(frozen=True, slots=True)
class SimulatedSeries:
    """Counts with known outbreaks, time first.

    Attributes
    ----------
    counts : FloatArray, shape (T, S)
    expected : FloatArray, shape (T, S)
        Without outbreaks.
    outbreak : BoolArray, shape (T, S)
        Weeks from the start of the current outbreak to its last case.
    start : IntArray, shape (S,)
        Where the current outbreak begins.
    size : FloatArray, shape (S,)
        Its expected cases in standard deviations of a week.
    dispersion : FloatArray, shape (S,)
    judged : int
        Number of last weeks, in which the current outbreak falls.

    """

    counts: FloatArray
    expected: FloatArray
    outbreak: BoolArray
    start: IntArray
    size: FloatArray
    dispersion: FloatArray
    judged: int


def simulate_outbreaks(
    scenarios: Sequence[Scenario] = SCENARIOS,
    *,
    replicates: int,
    rng: np.random.Generator,
    weeks: int = 624,
    judged: int = 49,
    past: int = 4,
    past_sizes: Sequence[float] = (2, 3, 5, 10),
    sizes: Sequence[float] = tuple(range(1, 11)),
    spread: tuple[float, float] = (0.0, 0.5),
) -> SimulatedSeries:
    r"""Simulate weekly counts with past outbreaks and one current outbreak in each series.

    Counts are negative binomial with variance :math:`\phi\mu`. An outbreak of size *k* has a
    Poisson number of cases (2 or more) with mean *k* times the standard deviation of the week
    it begins in; its cases follow the start by a lognormal number of weeks, rounded down.

    Parameters
    ----------
    scenarios : sequence of Scenario
        Default: the 42 published ones.
    replicates : int
        Series per scenario, 1 or more.
    rng : numpy.random.Generator
        Same seed, same series.
    weeks, judged : int
        Length, and number of last weeks in which the current outbreak begins. Past outbreaks
        begin between the middle and the judged weeks.
    past : int
        Past outbreaks in each series.
    past_sizes, sizes : sequence of float
        *k* of past and current outbreaks, each equally likely.
    spread : tuple
        Mean and standard deviation of the logarithm of the weeks from start to case.

    Returns
    -------
    SimulatedSeries

    Raises
    ------
    InvalidParameterError

    References
    ----------
    Noufaily A et al. Stat Med 2013;32:1206-22. https://doi.org/10.1002/sim.5595
    Bedubourg G, Le Strat Y. PLoS One 2017;12:e0181227.
    https://doi.org/10.1371/journal.pone.0181227

    """
    require(replicates >= 1 and len(scenarios) >= 1, "simulate at least one replicate of one scenario.")
    require(0 < judged < weeks, "judged must be 1 or more and less than weeks.")
    middle = min(_KNOWN, weeks // 2)
    require(past <= weeks - judged - middle, "past must fit between the middle and the judged weeks.")
    mean = np.repeat(np.column_stack([part.mean(weeks) for part in scenarios]), replicates, axis=1)
    phi = np.repeat([part.phi for part in scenarios], replicates)
    counts = _background(mean, phi, rng)
    outbreak = np.zeros(mean.shape, dtype=bool)
    start, chosen = np.empty(phi.size, dtype=np.int64), np.empty(phi.size)
    for series in range(phi.size):
        sd = np.sqrt(mean[:, series] * phi[series])
        before = weeks - judged
        for begin in rng.choice(np.arange(middle, before), past, replace=False):
            cases = rng.poisson(rng.choice(past_sizes) * sd[begin])
            counts[:before, series] += _cases(int(begin), int(cases), before, spread, rng)
        start[series], chosen[series] = rng.integers(before, weeks), rng.choice(sizes)
        begin = int(start[series])
        extra = _cases(begin, _at_least_two(chosen[series] * sd[begin], rng), weeks, spread, rng)
        counts[:, series] += extra
        outbreak[begin : max(int(np.flatnonzero(extra).max(initial=begin)), begin) + 1, series] = True
    return SimulatedSeries(counts, mean, outbreak, start, chosen, phi, judged)


def _background(mean: FloatArray, phi: FloatArray, rng: np.random.Generator) -> FloatArray:
    wide = np.broadcast_to(phi > 1, mean.shape)
    more = np.where(phi > 1, phi - 1, 1.0)
    rate = np.where(wide, rng.gamma(mean / more) * more, mean)
    return rng.poisson(rate).astype(np.float64)


def _at_least_two(mean: float, rng: np.random.Generator) -> int:
    while True:
        size = int(rng.poisson(mean))
        if size >= 2:
            return size


def _cases(begin: int, size: int, end: int, spread: tuple[float, float], rng: np.random.Generator) -> FloatArray:
    """Cases of one outbreak per week; those after `end` are lost."""
    week = begin + np.floor(rng.lognormal(*spread, size)).astype(np.int64)
    return np.bincount(week[week < end], minlength=end)[:end].astype(np.float64)


@dataclass(frozen=True, slots=True)
class DetectionPower:
    """What a detector did on simulated series.

    Attributes
    ----------
    false_alarm_rate : float
        Alarms per judged week without an outbreak.
    sensitivity : float
        Share of outbreaks with an alarm between their start and their last case.
    first_week : float
        Share of outbreaks with an alarm in the week in which they began.
    delay : float
        Mean weeks from start to first alarm, of the outbreaks found; NaN if none is.

    """

    false_alarm_rate: float
    sensitivity: float
    first_week: float
    delay: float


def detection_power(alarm: npt.ArrayLike, simulated: SimulatedSeries) -> DetectionPower:
    """Compare alarms with the known outbreaks.

    Parameters
    ----------
    alarm : array_like of bool, shape (T, S)
        Alarms of a detector on ``simulated.counts``.
    simulated : SimulatedSeries
        Series on which the detector ran, with their outbreaks.

    Returns
    -------
    DetectionPower

    Raises
    ------
    ShapeMismatchError

    """
    marks = np.asarray(alarm, dtype=bool)
    if marks.shape != simulated.counts.shape:
        raise ShapeMismatchError("alarm must have the shape of the simulated counts.")
    marks, truth = marks[-simulated.judged :], simulated.outbreak[-simulated.judged :]
    hits = marks & truth
    found = hits.any(axis=0)
    first = np.argmax(hits, axis=0) + len(simulated.counts) - simulated.judged - simulated.start
    delay = float(first[found].mean()) if found.any() else float("nan")
    return DetectionPower(float(marks[~truth].mean()), float(found.mean()), float((found & (first == 0)).mean()), delay)
