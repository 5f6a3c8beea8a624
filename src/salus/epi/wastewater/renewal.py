"""From reproduction numbers to the load in the sewer, with slopes."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from scipy.linalg import solve_triangular, toeplitz

from salus.epi.arrays import FloatArray, IntArray

_SHARPNESS = 4.0
_RATES = np.linspace(-1.0, 1.0, 801)


def reproduction(path: FloatArray) -> FloatArray:
    """Inverse softplus link: nearly the identity around 1, never negative."""
    out: FloatArray = np.logaddexp(0.0, _SHARPNESS * path) / _SHARPNESS
    return out


@dataclass(frozen=True, slots=True)
class Sewershed:
    """The renewal process and how its infections reach the sampler.

    Attributes
    ----------
    generation : FloatArray, shape (G,)
        Probability of a generation time of 1, 2... days.
    shedding : FloatArray, shape (K,)
        Share of the load shed 0, 1, 2... days after infection.
    days : int
        Days of infection modelled: those before the first measurement too.
    steady : FloatArray, shape (801,)
        Reproduction number of steady growth at each of `_RATES`.

    """

    generation: FloatArray
    shedding: FloatArray
    days: int
    steady: FloatArray = field(init=False)

    def __post_init__(self) -> None:
        lag = np.arange(1, self.generation.size + 1)
        object.__setattr__(self, "steady", 1.0 / (np.exp(-np.outer(_RATES, lag)) @ self.generation))

    def infections(self, path: FloatArray) -> FloatArray:
        """Infections for paths (days,) or (days, N), 1 on the first day."""
        number = reproduction(path)
        start = min(self.generation.size, self.days)
        rate = np.interp(number[:start], self.steady, _RATES)
        rate[0] = 0.0
        out = np.empty_like(number)
        out[:start] = np.exp(np.cumsum(rate, axis=0))
        backward = self.generation[::-1]
        for day in range(start, self.days):
            out[day] = number[day] * (backward @ out[day - start : day])
        return np.maximum(out, 1e-200)

    def arrival(self, day: IntArray) -> FloatArray:
        """Matrix (n, days) from infections to the load on days of infection `day`."""
        column = np.zeros(self.days)
        length = min(self.shedding.size, self.days)
        column[:length] = self.shedding[:length]
        lag = day[:, None] - np.arange(self.days)
        out: FloatArray = np.where(lag >= 0, column[np.maximum(lag, 0)], 0.0)
        return out

    def slopes(self, path: FloatArray, arrival: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Log load (n,) and its slopes in the path (n, days)."""
        number = reproduction(path)
        turn = 1.0 / (1.0 + np.exp(-_SHARPNESS * path))
        infected = self.infections(path)
        start = min(self.generation.size, self.days)
        push = np.zeros((self.days, self.days))
        pressure = np.zeros(self.days)
        column = np.zeros(self.days)
        column[1 : start + 1] = self.generation[: self.days - 1]
        lagged = toeplitz(column, np.zeros(self.days))
        lagged[:start] = 0.0
        pressure = lagged @ infected
        bend = np.gradient(_RATES, self.steady)
        seed = np.interp(number[:start], self.steady, bend) * turn[:start]
        seed[0] = 0.0
        push[:start, :start] = np.tril(np.outer(infected[:start], seed))
        rest = np.arange(start, self.days)
        push[rest, rest] = turn[rest] * pressure[rest]
        system = np.eye(self.days) - number[:, None] * lagged
        load = np.maximum(arrival @ infected, 1e-250)
        back = solve_triangular(system.T, (arrival / load[:, None]).T, lower=False, check_finite=False)
        return np.log(load), back.T @ push
