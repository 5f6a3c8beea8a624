"""Simulates daily counts of epidemics with waves of several variants. Measures nothing itself."""

from __future__ import annotations

import numpy as np

from salus.epi.arrays import FloatArray

DAYS, PLACES = 560, 5
_WEEK = np.array([1.0, 1.1, 1.05, 1.0, 0.95, 0.75, 0.7])
_PEOPLE, _SEEN, _BACK = 1.6e6, 0.3, 0.003
_AGE = np.arange(11)
_GENERATION = np.diff(1 - np.exp(-((_AGE / 3.5) ** 2)))


def waves(seed: int, *, steep: bool) -> FloatArray:
    """Daily counts (days, places); the last of three variants is far quicker than those before if `steep`.

    Infections deplete the susceptible, who come back slowly, and make people cautious.
    """
    rng = np.random.default_rng(seed)
    begins = (int(rng.integers(60, 120)), int(rng.integers(230, 300)), int(rng.integers(480, 515)))
    starts = [1.3, 1.4, rng.uniform(2.5, 4.0)] if steep else list(rng.uniform(1.3, 2.0, 3))
    infected, open_ = np.full((DAYS, PLACES), 200.0), np.full(PLACES, 0.5)
    number, contacts = np.full(PLACES, 2.0), 0.0
    for day in range(_GENERATION.size, DAYS):
        contacts = 0.97 * contacts + rng.normal(0, 0.02)
        if day in begins:
            open_ = np.full(PLACES, rng.uniform(0.6, 0.8))
            number = starts[begins.index(day)] / open_
        open_ = np.minimum(open_ + _BACK * (1 - open_), 1)
        caution = 1 / (1 + infected[day - 1] / _PEOPLE * 100 / 1.5)
        force = _GENERATION[::-1] @ infected[day - _GENERATION.size : day]
        infected[day] = 5 + number * open_ * caution * np.exp(contacts) * force
        open_ = np.maximum(open_ - infected[day] / _PEOPLE, 0.05)
    mean = _SEEN * infected * _WEEK[np.arange(DAYS) % 7][:, None]
    return rng.poisson(mean * rng.gamma(40, 1 / 40, mean.shape)).astype(np.float64)


def speed(table: FloatArray, now: int) -> float:
    """How far the last week's total is from the week before on the log scale."""
    total = table.sum(axis=1)
    last, before = total[now - 7 : now].sum(), total[now - 14 : now - 7].sum()
    return float(abs(np.log((last + 5) / (before + 5))))
