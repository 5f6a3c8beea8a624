"""Kulldorff's scan statistics: Poisson, Bernoulli and space-time permutation.

What all three share is said here once.

Parameters
----------
windows : SpatialWindows or None
    From `circular_windows`, `elliptic_windows` or `connected_windows`. None looks for
    clusters in time only, in all zones together.
rng : numpy.random.Generator
    One number is drawn from it as the seed of all replicates.
analysis : {"space-time", "prospective", "spatial"}
    Clusters of any period, clusters still going on at the end, or of the whole period.
rates : {"high", "low", "both"}
    What to look for.
max_duration, min_duration : int
    Longest and shortest cluster in time steps. Default from 1 to half of T.
min_cases : int
    Fewest cases in a cluster of high rates.
replicates : int
    Monte Carlo replicates. 999 or 9,999.
early_stop : int, optional
    Stop once so many replicates have reached the observed statistic: saves time when
    there is nothing to find. 50 is a good choice.
executor : concurrent.futures.Executor, optional
    Runs replicates in parallel; threads suffice. Does not change the result.

Raises
------
EmptyInputError, ShapeMismatchError, MissingInputError, NegativeInputError, TooShortError,
InvalidParameterError

"""

from __future__ import annotations

from concurrent.futures import Executor
from typing import Literal

import numpy as np
import numpy.typing as npt

from salus.epi.scan.clusters import ScanResult
from salus.epi.scan.frame import frame_of, read_cases, read_expected, read_strata
from salus.epi.scan.run import Question, run
from salus.epi.scan.standard import match_strata, permuted_expectation
from salus.epi.scan.windows import SpatialWindows

Analysis = Literal["space-time", "prospective", "spatial"]
Rates = Literal["high", "low", "both"]


def scan_poisson(
    cases: npt.ArrayLike,
    expected: npt.ArrayLike,
    windows: SpatialWindows | None,
    *,
    rng: np.random.Generator,
    analysis: Analysis = "space-time",
    rates: Rates = "high",
    max_duration: int | None = None,
    min_duration: int = 1,
    min_cases: int = 2,
    strata: npt.ArrayLike | None = None,
    replicates: int = 999,
    early_stop: int | None = None,
    executor: Executor | None = None,
) -> ScanResult:
    """Find clusters of cases given how many were expected in each zone and step of time.

    Parameters
    ----------
    cases : array_like, shape (T, S)
        Whole numbers of cases by time and zone, no NaN.
    expected : array_like, shape (T, S)
        Expected counts (`expected_cases`) or people at risk, 0 or more; scaled to the number
        of cases.
    strata : array_like of int, shape (T,), optional
        Group of each time step, for example the weekday: expected counts are scaled so that
        each group expects as many cases as it had.
    windows, rng, analysis, rates, max_duration, min_duration, min_cases, replicates, early_stop, executor
        Shared by all scans: see this module.

    Returns
    -------
    ScanResult

    Notes
    -----
    The statistic is ``max over windows of c log(c / e) + (C - c) log((C - c) / (C - e))``.

    References
    ----------
    Kulldorff (1997), A spatial scan statistic. https://doi.org/10.1080/03610929708831995
    Kulldorff (2001), Prospective time periodic geographical disease surveillance using a scan
    statistic. https://doi.org/10.1111/1467-985X.00186

    """
    counts = read_cases(cases, "cases")
    means = read_expected(expected, counts)
    if strata is not None:
        means = match_strata(counts, means, read_strata(strata, counts.shape[0]))
    question = Question(rates, min_cases, replicates, early_stop)
    frame = frame_of(counts, means, windows, analysis, (min_duration, max_duration), None)
    return run("poisson", frame, windows, question, rng, executor)


def scan_bernoulli(
    cases: npt.ArrayLike,
    controls: npt.ArrayLike,
    windows: SpatialWindows | None,
    *,
    rng: np.random.Generator,
    analysis: Analysis = "spatial",
    rates: Rates = "high",
    max_duration: int | None = None,
    min_duration: int = 1,
    min_cases: int = 2,
    replicates: int = 999,
    early_stop: int | None = None,
    executor: Executor | None = None,
) -> ScanResult:
    """Find clusters of cases among cases and controls.

    Parameters
    ----------
    cases, controls : array_like, shape (T, S)
        Whole numbers by time and zone, for example positive and negative tests.
    windows, rng, analysis, rates, max_duration, min_duration, min_cases, replicates, early_stop, executor
        Shared by all scans: see this module.

    Returns
    -------
    ScanResult

    Notes
    -----
    The statistic is the likelihood ratio of two proportions, inside and outside.

    References
    ----------
    Kulldorff, Nagarwalla (1995), Spatial disease clusters: detection and inference.
    https://doi.org/10.1002/sim.4780140809

    """
    counts = read_cases(cases, "cases")
    others = read_cases(controls, "controls", like=counts)
    people = counts + others
    question = Question(rates, min_cases, replicates, early_stop)
    means = people * (counts.sum() / people.sum())
    frame = frame_of(counts, means, windows, analysis, (min_duration, max_duration), None)
    return run("bernoulli", frame, windows, question, rng, executor, people=int(people.sum()))


def scan_permutation(
    cases: npt.ArrayLike,
    windows: SpatialWindows,
    *,
    rng: np.random.Generator,
    analysis: Literal["space-time", "prospective"] = "prospective",
    rates: Rates = "high",
    max_duration: int | None = None,
    min_duration: int = 1,
    min_cases: int = 2,
    strata: npt.ArrayLike | None = None,
    replicates: int = 999,
    early_stop: int | None = None,
    executor: Executor | None = None,
) -> ScanResult:
    """Find space-time clusters from cases alone, without any population.

    Parameters
    ----------
    cases : array_like, shape (T, S)
        Whole numbers of cases by time and zone.
    windows : SpatialWindows
        Built with the cases of each zone as its population, as SaTScan does, or with people.
    strata : array_like of int, shape (T,), optional
        Group of each time step, for example the weekday: times are permuted within groups,
        so that zones may differ in their weekly pattern.
    rng, analysis, rates, max_duration, min_duration, min_cases, replicates, early_stop, executor
        Shared by all scans: see this module.

    Returns
    -------
    ScanResult

    Notes
    -----
    Expected counts are ``C[zone] C[time] / C``; zones with more cases throughout and days
    with more cases everywhere are no clusters. Replicates keep both margins.

    References
    ----------
    Kulldorff, Heffernan, Hartman, Assunção, Mostashari (2005), A space-time permutation scan
    statistic for disease outbreak detection. https://doi.org/10.1371/journal.pmed.0020059

    """
    counts = read_cases(cases, "cases", at_least=2)
    groups = np.zeros(counts.shape[0], dtype=np.int64) if strata is None else read_strata(strata, counts.shape[0])
    means = permuted_expectation(counts, groups)
    question = Question(rates, min_cases, replicates, early_stop)
    frame = frame_of(counts, means, windows, analysis, (min_duration, max_duration), groups)
    return run("permutation", frame, windows, question, rng, executor)
