"""Length of stay from patients of whom some are still in bed."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.special import gammaincc, ndtr

from salus.epi.arrays import FloatArray, as_floats, require
from salus.epi.errors import (
    EmptyInputError,
    MissingInputError,
    NegativeInputError,
    NotConvergedError,
    ShapeMismatchError,
    TooShortError,
)

FAMILIES = ("gamma", "lognormal", "weibull")
_LEAST = 5
_GROUP_SD = 0.5
_TINY = 1e-300
_LONGEST = 365
_UNLIKELY = 0.01


@dataclass(frozen=True, slots=True)
class LengthOfStay:
    """Distribution of whole days in bed, by group of patients.

    Attributes
    ----------
    pmf : FloatArray, shape (G, K)
        Probability of a stay of 0, 1, 2... days; sums to 1.
    mean, median : FloatArray, shape (G,)
        Days.
    lower, upper : FloatArray, shape (G,)
        95 % interval of the mean, days.
    groups : tuple
        Labels, in the order of the first axis.
    patients, discharged : FloatArray, shape (G,)
        How many were seen, and how many of them leave.
    method : str
        The family, chosen by Akaike's criterion.
    parameters : FloatArray, shape (G, 2)
        Logarithms of the median (lognormal) or scale, and of the shape.
    aic : dict
        Akaike's criterion by family, without groups.

    """

    pmf: FloatArray
    mean: FloatArray
    median: FloatArray
    lower: FloatArray
    upper: FloatArray
    groups: tuple[Hashable, ...]
    patients: FloatArray
    discharged: FloatArray
    method: str
    parameters: FloatArray
    aic: dict[str, float]


def length_of_stay(
    days: npt.ArrayLike,
    *,
    discharged: npt.ArrayLike,
    groups: Sequence[Hashable] | None = None,
    families: Sequence[str] = FAMILIES,
) -> LengthOfStay:
    r"""Fit lengths of stay with right censoring, by age or other group.

    A patient who left after *k* days adds :math:`\log[S(k - 1/2) - S(k + 1/2)]` (for
    *k* = 0, :math:`\log[1 - S(1/2)]`), one who is still in bed after *k* days adds
    :math:`\log S(k - 1/2)`. Leaving those out would shorten stays, most in a rising wave.
    Groups are drawn towards all patients: their log parameters have a normal prior about
    the common ones with a standard deviation of .5.

    Parameters
    ----------
    days : array_like, shape (N,)
        Whole days from admission to discharge, or until today for patients still in bed.
    discharged : array_like of bool, shape (N,)
        False for patients still in bed.
    groups : sequence, length N, optional
        Label of each patient, such as an age band.
    families : sequence of str
        Of ``"gamma"``, ``"lognormal"``, ``"weibull"``.

    Returns
    -------
    LengthOfStay

    Raises
    ------
    EmptyInputError, ShapeMismatchError, MissingInputError, NegativeInputError, TooShortError,
    InvalidParameterError, NotConvergedError

    References
    ----------
    Vekaria B et al. Hospital length of stay for COVID-19 patients: data-driven methods for
    forward planning. BMC Infect Dis 2021;21:700. https://doi.org/10.1186/s12879-021-06371-6

    """
    stay, left = _check(days, discharged)
    require(bool(families) and set(families) <= set(FAMILIES), f"families must be of {FAMILIES}.")
    labels = list(groups) if groups is not None else ["all"] * stay.size
    if len(labels) != stay.size:
        raise ShapeMismatchError("groups must have one label per patient.")
    names = tuple(dict.fromkeys(labels))
    fits = {family: _fit(stay, left, family, None) for family in families}
    aic = {family: 2 * value + 4 for family, (_, value) in fits.items()}
    family = min(aic, key=lambda name: aic[name])
    chance = {name: float(np.exp((aic[family] - value) / 2)) for name, value in aic.items()}
    index = np.array([names.index(label) for label in labels])
    parts = [(stay[index == place], left[index == place]) for place in range(len(names))]
    common = {name: fit[0] for name, fit in fits.items()}
    drawn = [
        common if len(names) == 1 else {name: _fit(*part, name, common[name])[0] for name in common} for part in parts
    ]
    pull = None if len(names) == 1 else common
    rows = [_summary(own, chance, part, pull) for own, part in zip(drawn, parts, strict=True)]
    width = max(row[4].size for row in rows)
    pmf = np.stack([np.pad(row[4], (0, width - row[4].size)) for row in rows])
    counts = np.array([[part[0].size, part[1].sum()] for part in parts], dtype=np.float64)
    mean, median, lower, upper = np.array([row[:4] for row in rows]).T.copy()
    best = np.stack([fit[family] for fit in drawn])
    return LengthOfStay(
        pmf, mean, median, lower, upper, names, counts[:, 0], counts[:, 1], family, best, aic
    )  # fmt: skip


def _check(days: npt.ArrayLike, discharged: npt.ArrayLike) -> tuple[FloatArray, npt.NDArray[np.bool_]]:
    stay = as_floats(days, "days")
    left = np.asarray(discharged).astype(bool)
    if stay.size == 0:
        raise EmptyInputError("days is empty: pass one stay per patient.")
    if stay.ndim != 1 or left.shape != stay.shape:
        raise ShapeMismatchError("days and discharged must be one value per patient.")
    if not np.isfinite(stay).all():
        raise MissingInputError("days holds NaN or infinity: leave those patients out.")
    if bool((stay < 0).any()):
        raise NegativeInputError("days holds a negative stay: correct the dates.")
    if int(left.sum()) < _LEAST:
        raise TooShortError(f"fewer than {_LEAST} patients have left: wait for more discharges.")
    if not bool((stay > 0).any()):
        raise TooShortError("every stay is of 0 days: pass stays in hours, or wait for patients who stay overnight.")
    return np.round(stay), left


def _survival(time: FloatArray, theta: FloatArray, family: str) -> FloatArray:
    """Probability that a stay exceeds `time` days; 1 below 0."""
    scale, shape = np.exp(np.clip(theta, -20.0, 20.0))
    ratio = np.maximum(time, 1e-12) / scale
    if family == "gamma":
        value = gammaincc(shape, ratio)
    elif family == "weibull":
        value = np.exp(-(ratio**shape))
    else:
        value = ndtr(-np.log(ratio) * shape)
    return np.where(time <= 0, 1.0, as_floats(value, "value"))


def _loss(
    theta: FloatArray,
    data: tuple[FloatArray, FloatArray, FloatArray],
    family: str,
    common: FloatArray | None,
) -> float:
    """Negative log posterior; data are distinct stays with how many left and how many stay."""
    stay, left, staying = data
    before, after = _survival(stay - 0.5, theta, family), _survival(stay + 0.5, theta, family)
    value = left @ np.log(np.maximum(before - after, _TINY)) + staying @ np.log(np.maximum(before, _TINY))
    prior = 0.0 if common is None else float((((theta - common) / _GROUP_SD) ** 2).sum()) / 2
    return float(prior - value)


def _counts(stay: FloatArray, left: npt.NDArray[np.bool_]) -> tuple[FloatArray, FloatArray, FloatArray]:
    distinct, place = np.unique(stay, return_inverse=True)
    gone = np.bincount(place, weights=left, minlength=distinct.size)
    seen = np.bincount(place, minlength=distinct.size)
    return distinct, gone.astype(np.float64), (seen - gone).astype(np.float64)


def _fit(
    stay: FloatArray, left: npt.NDArray[np.bool_], family: str, common: FloatArray | None
) -> tuple[FloatArray, float]:
    data = _counts(stay, left)
    start = np.array([np.log(max(1.0, stay.mean())), 0.0]) if common is None else common
    best = minimize(
        _loss,
        start,
        args=(data, family, common),
        method="Nelder-Mead",
        options={"xatol": 1e-7, "fatol": 1e-9, "maxiter": 2000},
    )
    if not best.success or not np.isfinite(best.fun):
        raise NotConvergedError("the lengths of stay fit no distribution: check that they are in days.")
    return np.asarray(best.x, dtype=np.float64), float(best.fun)


def _summary(
    own: dict[str, FloatArray],
    chance: dict[str, float],
    part: tuple[FloatArray, npt.NDArray[np.bool_]],
    common: dict[str, FloatArray] | None,
) -> tuple[float, float, float, float, FloatArray]:
    """Mean, median, ends of the mean's interval and the distribution by day of the likeliest family."""
    best = max(chance, key=lambda name: chance[name])
    pmf = _by_day(own[best], best)
    mean = _mean(pmf)
    data = _counts(*part)
    variance = 0.0
    for family, theta in own.items():
        share = chance[family] / sum(chance.values())
        if share < _UNLIKELY:
            continue
        error = _mean_error(theta, family, (data, None if common is None else common[family]))
        # That one family was chosen among several is uncertain too.
        apart = np.log(_mean(_by_day(theta, family)) / mean)
        variance += share * (error**2 + apart**2)
    half = 1.959964 * np.sqrt(variance)
    median = float(np.searchsorted(np.cumsum(pmf), 0.5))
    return mean, median, mean * np.exp(-half), mean * np.exp(half), pmf


def _by_day(theta: FloatArray, family: str) -> FloatArray:
    edges = _survival(np.arange(_LONGEST + 1, dtype=np.float64) - 0.5, theta, family)
    pmf = np.append(edges[:-1] - edges[1:], edges[-1])
    keep = int(np.searchsorted(np.cumsum(pmf), 1 - 1e-9)) + 1
    cut = pmf[:keep]
    out: FloatArray = cut / cut.sum()
    return out


def _mean(pmf: FloatArray) -> float:
    return float(pmf @ np.arange(pmf.size))


def _mean_error(
    theta: FloatArray,
    family: str,
    fit: tuple[tuple[FloatArray, FloatArray, FloatArray], FloatArray | None],
) -> float:
    """Standard error of the log mean, from the curvature of the likelihood."""
    data, common = fit
    step = 1e-3

    def at(*move: float) -> float:
        return _loss(theta + step * np.array(move), data, family, common)

    middle = at(0, 0)
    cross = (at(1, 1) - at(1, -1) - at(-1, 1) + at(-1, -1)) / 4
    first, second = at(1, 0) + at(-1, 0) - 2 * middle, at(0, 1) + at(0, -1) - 2 * middle
    curvature = np.array([[first, cross], [cross, second]]) / step**2
    slope = [
        np.log(_mean(_by_day(theta + step * unit, family)) / _mean(_by_day(theta - step * unit, family))) / (2 * step)
        for unit in np.eye(2)
    ]
    try:
        variance = float(slope @ np.linalg.solve(curvature, slope))
    except np.linalg.LinAlgError:
        return float("nan")
    return float(np.sqrt(variance)) if variance > 0 else float("nan")
