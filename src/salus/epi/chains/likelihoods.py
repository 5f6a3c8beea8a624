"""Maximum likelihood in two parameters, with profile-likelihood intervals."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq, minimize, minimize_scalar
from scipy.stats import chi2

from salus.epi.arrays import FloatArray
from salus.epi.errors import NotConvergedError

LogLikelihood = Callable[[FloatArray], float]
_FARTHEST = 14.0


@dataclass(frozen=True, slots=True)
class Profile:
    """Best point, log likelihood there, and the interval of each coordinate.

    Attributes
    ----------
    best, lower, upper : FloatArray, shape (2,)
        Ends are infinite where the likelihood never falls far enough.
    loglik : float

    """

    best: FloatArray
    lower: FloatArray
    upper: FloatArray
    loglik: float


def profile(loglik: LogLikelihood, first: FloatArray, level: float, ceiling: float = np.inf) -> Profile:
    """Maximise from `first`, on scales such as logarithms that know no bounds.

    A second coordinate beyond `ceiling`, where the likelihood is flat, is taken to be there.

    Raises
    ------
    NotConvergedError
        If the maximum is not finite.

    """
    found = minimize(lambda at: -loglik(at), first, method="Nelder-Mead", options=_NARROW)
    found = minimize(lambda at: -loglik(at), found.x, method="Nelder-Mead", options=_NARROW)
    if not np.isfinite(found.fun):
        raise NotConvergedError("the likelihood has no finite maximum: look for contradictory rows.")
    best = np.array([found.x[0], min(found.x[1], ceiling)])
    top = max(-float(found.fun), loglik(best))
    drop = top - float(chi2.ppf(level, 1)) / 2
    ends = np.array([[_end(loglik, best, axis, sign, drop) for axis in (0, 1)] for sign in (-1, 1)])
    return Profile(best, ends[0], ends[1], top)


_NARROW = {"xatol": 1e-9, "fatol": 1e-12, "maxiter": 4000, "maxfev": 4000}


def _end(loglik: LogLikelihood, best: FloatArray, axis: int, sign: int, drop: float) -> float:
    """Where the profile of one coordinate falls to `drop`."""
    held = [float(best[1 - axis])]

    def below(value: float) -> float:
        top, held[0] = _profiled(loglik, axis, value, held[0])
        return top - drop

    inner, step = float(best[axis]), 0.25
    while True:
        outer = float(best[axis]) + sign * step
        if below(outer) < 0:
            break
        inner, step = outer, step * 2
        if step > _FARTHEST:
            return float(sign) * np.inf
    try:
        return float(brentq(below, inner, outer, xtol=1e-7))
    except ValueError as error:
        raise NotConvergedError("no interval was found: look for values in another unit, or typed wrong.") from error


def _profiled(loglik: LogLikelihood, axis: int, value: float, other: float) -> tuple[float, float]:
    """Best log likelihood with one coordinate held, and where the other one is."""

    def lost(free: float) -> float:
        at = np.empty(2)
        at[axis], at[1 - axis] = value, free
        found = -loglik(at)
        return found if np.isfinite(found) else 1e300

    result = minimize_scalar(lost, bracket=(other - 0.2, other + 0.2), method="brent", options={"xtol": 1e-9})
    return -float(result.fun), float(result.x)
