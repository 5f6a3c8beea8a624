"""Expected counts: person-time between censuses, indirect standardisation, strata of time."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from salus.epi.arrays import FloatArray, IntArray, as_floats, require
from salus.epi.errors import EmptyInputError, MissingInputError, NegativeInputError, ShapeMismatchError, TooShortError


def person_time(population: npt.ArrayLike, census: npt.ArrayLike, edges: npt.ArrayLike) -> FloatArray:
    """Return person-days at risk in each step of time, from counts at census dates.

    Parameters
    ----------
    population : array_like, shape (K, ...)
        People at each census, 0 or more; any further axes, for example zone and age group.
    census : array_like, shape (K,)
        Day number of each census, rising. A census known by its year is put at 1 July.
    edges : array_like, shape (T + 1,)
        Day numbers at which the steps of time begin, and the end of the last.

    Returns
    -------
    ndarray of float, shape (T, ...)

    Raises
    ------
    EmptyInputError, ShapeMismatchError, MissingInputError, NegativeInputError, TooShortError,
    InvalidParameterError

    Notes
    -----
    The population is linear between censuses and constant before the first and after the
    last; the integral over each step is exact. SaTScan does the same.

    References
    ----------
    Kulldorff (2022), SaTScan user guide, population file. https://www.satscan.org

    """
    people = as_floats(population, "population")
    dates = as_floats(census, "census")
    bounds = as_floats(edges, "edges")
    if people.size == 0:
        raise EmptyInputError("population is empty: pass at least one census.")
    if dates.shape != (people.shape[0],):
        raise ShapeMismatchError("pass one census day for each row of population.")
    if bounds.ndim != 1 or bounds.size < 2:
        raise TooShortError("edges needs the start of the first step and the end of the last at least.")
    require(bool((np.diff(dates) > 0).all() and (np.diff(bounds) > 0).all()), "census and edges must rise.")
    _finite(people, "population")
    knots = np.unique(np.concatenate([dates, bounds]))
    hats = np.stack([np.interp(knots, dates, row) for row in np.eye(dates.size)], axis=1)
    areas = (hats[1:] + hats[:-1]) / 2 * np.diff(knots)[:, None]
    running = np.concatenate([np.zeros((1, dates.size)), np.cumsum(areas, axis=0)])
    weights = np.diff(running[np.searchsorted(knots, bounds)], axis=0)
    return np.asarray(np.tensordot(weights, people, axes=1))


def expected_cases(cases: npt.ArrayLike, person_time: npt.ArrayLike) -> FloatArray:
    """Return expected counts by indirect standardisation over covariate groups.

    Parameters
    ----------
    cases : array_like, shape (T, S) or (T, S, G, ...)
        Cases by time, zone and any covariates, such as age group and sex.
    person_time : array_like, same shape as cases
        People or person-time at risk, 0 or more.

    Returns
    -------
    ndarray of float, shape (T, S)
        Sums to the number of cases.

    Raises
    ------
    EmptyInputError, ShapeMismatchError, MissingInputError, NegativeInputError, InvalidParameterError

    Notes
    -----
    ``E[t, s] = sum over g of P[t, s, g] C[g] / P[g]``: every group has its own rate in the
    whole area and period.

    References
    ----------
    Kulldorff, Feuer, Miller, Freedman (1997), Breast cancer clusters in the northeast United
    States. https://doi.org/10.1093/oxfordjournals.aje.a009214

    """
    counts = as_floats(cases, "cases")
    risk = as_floats(person_time, "person_time")
    if counts.size == 0:
        raise EmptyInputError("cases is empty: pass at least one time step and zone.")
    if counts.shape != risk.shape or counts.ndim < 2:
        raise ShapeMismatchError(f"cases {counts.shape} and person_time {risk.shape} must share (time, zone, ...).")
    _finite(counts, "cases")
    _finite(risk, "person_time")
    counts, risk = (array.reshape(*array.shape[:2], -1) for array in (counts, risk))
    found, people = counts.sum(axis=(0, 1)), risk.sum(axis=(0, 1))
    require(not bool(((found > 0) & (people == 0)).any()), "a covariate group has cases but nobody at risk.")
    rate = np.divide(found, people, out=np.zeros_like(found), where=people > 0)
    return np.asarray(risk @ rate)


def match_strata(cases: FloatArray, expected: FloatArray, strata: IntArray) -> FloatArray:
    """Scale expected counts so that each stratum of time expects as many cases as it had."""
    scaled = expected.copy()
    for stratum in np.unique(strata):
        rows = strata == stratum
        total, seen = expected[rows].sum(), cases[rows].sum()
        require(total > 0 or seen == 0, "a stratum of time has cases but nobody at risk.")
        scaled[rows] *= seen / total if total > 0 else 0.0
    return scaled


def permuted_expectation(cases: FloatArray, strata: IntArray) -> FloatArray:
    """Return expected counts if zone and time are independent within each stratum of time."""
    expected = np.zeros_like(cases)
    for stratum in np.unique(strata):
        rows = strata == stratum
        part = cases[rows]
        if part.sum() > 0:
            expected[rows] = np.outer(part.sum(axis=1), part.sum(axis=0)) / part.sum()
    return expected


def _finite(array: FloatArray, name: str) -> None:
    if not np.isfinite(array).all():
        raise MissingInputError(f"{name} holds NaN or infinity and every value is needed: fill or drop those rows.")
    if bool((array < 0).any()):
        raise NegativeInputError(f"{name} holds a negative value: pass totals, not corrections, or clip.")
