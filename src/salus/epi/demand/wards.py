"""Patient flow between wards: who is in which bed when, from admissions and stays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from salus.epi.arrays import FloatArray, as_floats, as_levels, require
from salus.epi.demand.passage import Hospital, expected_flow, simulate_flow
from salus.epi.errors import (
    EmptyInputError,
    InvalidParameterError,
    MissingInputError,
    NegativeInputError,
    ShapeMismatchError,
)

QUANTILES = (0.025, 0.25, 0.5, 0.75, 0.975)


@dataclass(frozen=True, slots=True)
class Ward:
    """One kind of bed, how long patients stay there, and where they go next.

    Attributes
    ----------
    name : str
    stay : array_like, shape (K,) or (A, K)
        Probability of 0, 1, 2... days, for all or by age; `LengthOfStay.pmf` fits.
    onward : mapping of str to array_like, shape () or (A,)
        Probability of each next ward; what is left leaves the hospital.

    """

    name: str
    stay: npt.ArrayLike
    onward: Mapping[str, npt.ArrayLike] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class WardFlow:
    """Beds in use by day and ward.

    Attributes
    ----------
    occupancy : FloatArray, shape (T, W)
        Expected patients in bed at the end of each day.
    by_age : FloatArray, shape (T, W, A)
    entries, exits : FloatArray, shape (T, W)
        Expected patients who come into and go from the ward, transfers included.
    quantiles : FloatArray, shape (T, W, Q)
        Of occupancy over the draws; NaN without `rng`.
    quantile_levels : FloatArray, shape (Q,)
    samples : FloatArray, shape (T, W, N)
        Occupancy in each draw; empty without `rng`.
    wards : tuple of str
    method : str

    """

    occupancy: FloatArray
    by_age: FloatArray
    entries: FloatArray
    exits: FloatArray
    quantiles: FloatArray
    quantile_levels: FloatArray
    samples: FloatArray
    wards: tuple[str, ...]
    method: str


def ward_flow(
    admissions: npt.ArrayLike,
    wards: Sequence[Ward],
    *,
    present: npt.ArrayLike | None = None,
    growth: float = 0.0,
    rng: np.random.Generator | None = None,
    draws: int = 200,
    quantiles: Sequence[float] = QUANTILES,
) -> WardFlow:
    r"""Move patients through wards by semi-Markov flow.

    With entries :math:`n_w`, stays :math:`p_w` and routes :math:`r_{vw}`,

    .. math:: n_w(t) = a_w(t) + \sum_v r_{vw} \sum_{k \ge 0} p_v(k)\, n_v(t-k), \qquad
              o_w(t) = \sum_{k \ge 0} n_w(t-k) \sum_{j > k} p_w(j).

    Patients already there have the rest of their stay before them: with admissions that
    grew by :math:`g` a day, elapsed time has density :math:`\propto e^{-g a} S(a)`.

    Parameters
    ----------
    admissions : array_like, shape (T, W), (T, W, A) or (T, W, A, N)
        Patients who come from outside by day, ward, age and draw. Draws, such as samples
        of a forecast, carry their own uncertainty; they need `rng`.
    wards : sequence of Ward
        In the order of the second axis.
    present : array_like, shape (W,) or (W, A), optional
        Patients in bed on the evening before the first day.
    growth : float
        Growth per day of past admissions, for the rest of their stay.
    rng : numpy.random.Generator, optional
        Draws whole patients; without it only expectations are given.
    draws : int
        Futures to draw when `admissions` has none of its own.
    quantiles : sequence of float
        Levels in (0, 1).

    Returns
    -------
    WardFlow

    Raises
    ------
    EmptyInputError, ShapeMismatchError, MissingInputError, NegativeInputError, InvalidParameterError

    Notes
    -----
    A stay of *k* days counts on *k* evenings. A stay of 0 days is never counted, and the
    patient is in the next ward the same day.

    References
    ----------
    Howard RA. Dynamic Probabilistic Systems, vol. 2: Semi-Markov and Decision Processes.
    Wiley, 1971. Leclerc QJ et al. Importance of patient bed
    pathways and length of stay differences in predicting COVID-19 hospital bed occupancy
    in England. BMC Health Serv Res 2021;21:566. https://doi.org/10.1186/s12913-021-06509-x

    """
    incoming = _admissions(admissions, len(wards))
    levels = as_levels(quantiles)
    ages = incoming.shape[2]
    hospital = _hospital(wards, ages)
    there = _present(present, len(wards), ages)
    require(abs(growth) < 1, "growth is per day and must lie between -1 and 1.")
    if incoming.shape[3] > 1 and rng is None:
        raise InvalidParameterError("draws of admissions need rng: pass a generator, or their mean.")
    require(draws >= 1, "draws must be 1 or more.")
    by_age, entries, exits = expected_flow(incoming.mean(axis=3), hospital, there, growth)
    samples = np.empty((*by_age.shape[:2], 0))
    found = np.full((*by_age.shape[:2], levels.size), np.nan)
    if rng is not None:
        samples = simulate_flow(incoming, hospital, (there, growth), (rng, draws))
        found = np.moveaxis(np.quantile(samples, levels, axis=-1), 0, -1)
    names = tuple(ward.name for ward in wards)
    return WardFlow(by_age.sum(axis=2), by_age, entries, exits, found, levels, samples, names, "semi-Markov flow")


def _admissions(admissions: npt.ArrayLike, wards: int) -> FloatArray:
    """Shape (T, W, A, N)."""
    table = as_floats(admissions, "admissions")
    if table.size == 0 or wards == 0:
        raise EmptyInputError("admissions or wards is empty: pass one day and one ward at least.")
    if table.ndim not in (2, 3, 4) or table.shape[1] != wards:
        raise ShapeMismatchError(f"admissions must be (days, {wards} wards[, ages[, draws]]).")
    _finite(table, "admissions")
    return table.reshape(*table.shape, *[1] * (4 - table.ndim))


def _present(present: npt.ArrayLike | None, wards: int, ages: int) -> FloatArray:
    if present is None:
        return np.zeros((wards, ages))
    table = as_floats(present, "present")
    if table.ndim == 1 and ages > 1:
        raise ShapeMismatchError(f"present must be by ward and age: ({wards}, {ages}).")
    table = table[:, None] if table.ndim == 1 else table
    if table.shape != (wards, ages):
        raise ShapeMismatchError(f"present must be ({wards}, {ages}) patients.")
    _finite(table, "present")
    return table


def _finite(table: FloatArray, name: str) -> None:
    if not np.isfinite(table).all():
        raise MissingInputError(f"{name} holds NaN or infinity: fill those days.")
    if bool((table < 0).any()):
        raise NegativeInputError(f"{name} holds a negative count: correct it.")


def _hospital(wards: Sequence[Ward], ages: int) -> Hospital:
    names = [ward.name for ward in wards]
    require(len(set(names)) == len(names), "two wards have the same name.")
    stays = [np.asarray(ward.stay, dtype=np.float64) for ward in wards]
    longest = max((stay.shape[-1] for stay in stays if stay.ndim), default=0)
    stay = np.zeros((len(wards), ages, max(longest, 1)))
    route = np.zeros((ages, len(wards), len(wards)))
    for place, (ward, days) in enumerate(zip(wards, stays, strict=True)):
        if days.ndim not in (1, 2) or (days.ndim == 2 and days.shape[0] not in (1, ages)):
            raise ShapeMismatchError(f"the stay of {ward.name} must be (days,) or ({ages} ages, days).")
        stay[place, :, : days.shape[-1]] = days
        for name, share in ward.onward.items():
            require(name in names, f"{ward.name} sends patients to {name}, which is not a ward.")
            route[:, place, names.index(name)] = np.asarray(share, dtype=np.float64)
    good = np.isfinite(stay).all() and bool((stay >= 0).all()) and np.allclose(stay.sum(axis=2), 1, atol=1e-6)
    require(bool(good), "the days of a stay must be probabilities that sum to 1.")
    ways = np.isfinite(route).all() and bool((route >= 0).all() and (route.sum(axis=2) <= 1 + 1e-9).all())
    require(bool(ways), "the ways out of a ward must be probabilities that sum to 1 at most.")
    stuck = np.einsum("awv,wa->awv", route, stay[:, :, 0])
    circle = float(np.abs(np.linalg.eigvals(stuck)).max())
    require(circle < 1 - 1e-9, "patients would go in circles within a day: give some ward a longer stay.")
    return Hospital(stay, route)
