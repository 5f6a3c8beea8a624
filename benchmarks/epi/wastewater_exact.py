"""Samples EpiSewer's priors without approximation, by elliptical slices. Measures nothing itself.

Murray I, Adams RP, MacKay DJC. Elliptical slice sampling. AISTATS 2010;9:541-8.
"""

from __future__ import annotations

import numpy as np

from benchmarks.epi.wastewater_truth import GENERATION, INCUBATION, SHEDDING, Sewer
from salus.epi.wastewater.measurement import Measurements
from salus.epi.wastewater.renewal import Sewershed, reproduction
from salus.epi.wastewater.smoothness import matern

STEPS, WARM, THIN = 3_500, 600, 3
TYPICAL = np.array([0.2, 0.4, np.log(0.3)])
LEVELS = (0.025, 0.25, 0.5, 0.75, 0.975)


class Posterior:
    """Log posterior of whitened paths, level, magnitudes and noise, beside a normal guess of it.

    Slices along ellipses of the guess mix fast; the guess's own height is taken out again,
    so that what is sampled is exact whatever the guess.
    """

    def __init__(self, sewer: Sewer) -> None:
        shed = np.convolve(INCUBATION, SHEDDING)
        self.lead = GENERATION.size + shed.size - 2
        self.model = Sewershed(GENERATION[1:], shed, self.lead + sewer.samples.size)
        day = np.flatnonzero(~np.isnan(sewer.samples))
        value = np.log(sewer.samples[day] * sewer.flow[day])
        self.seen = Measurements(day, value, np.zeros(day.size, dtype=bool))
        self.arrival = self.model.arrival(day + self.lead)
        self.roots = [np.linalg.cholesky(matern(self.model.days, length)) for length in (21.0, 84.0)]
        self.centre = float(np.median(value[:5]))
        self.guess()

    def guess(self) -> None:
        """Climb to the mode at typical magnitudes, and keep the curvature there."""
        start = TYPICAL
        design = np.hstack([start[0] * self.roots[0], start[1] * self.roots[1]])
        state = np.zeros(2 * self.model.days + 1)
        for _ in range(12):
            load, slope = self.model.slopes(self.path(state, start), self.arrival)
            slope = np.column_stack([slope @ design, np.full(load.size, 1.5)])
            expected = load + self.centre + 1.5 * state[-1]
            _, first, weight = self.seen.score(expected, float(np.exp(start[2])))
            precision = np.eye(state.size) + (slope.T * weight) @ slope
            state = state + 0.7 * np.linalg.solve(precision, slope.T @ first - state)
        self.mode, self.pull = state, np.sqrt(weight)[:, None] * slope
        self.spread = np.linalg.cholesky(np.linalg.inv(precision))

    def path(self, state: np.ndarray, hyper: np.ndarray) -> np.ndarray:
        size = self.model.days
        return 1 + hyper[0] * (self.roots[0] @ state[:size]) + hyper[1] * (self.roots[1] @ state[size:-1])

    def height(self, gap: np.ndarray, hyper: np.ndarray) -> float:
        """Log posterior of mode + gap less the guess's log density."""
        if hyper[0] <= 0 or hyper[1] <= 0:
            return -np.inf
        state = self.mode + gap
        infected = self.model.infections(self.path(state, hyper))
        expected = np.log(np.maximum(self.arrival @ infected, 1e-250)) + self.centre + 1.5 * state[-1]
        value = self.seen.score(expected, float(np.exp(hyper[2])))[0].sum()
        guess = gap @ gap + ((self.pull @ gap) ** 2).sum()
        return float(value - 0.5 * state @ state + 0.5 * guess)


def _hyper_prior(hyper: np.ndarray) -> float:
    gaps = (hyper - np.array([0.2, 0.4, np.log(0.3)])) / np.array([0.05, 0.1, 0.7])
    return float(-0.5 * gaps @ gaps)


def _slice(
    post: Posterior, gap: np.ndarray, hyper: np.ndarray, height: float, rng: np.random.Generator
) -> tuple[np.ndarray, float]:
    """Move along an ellipse of the guess to a point no lower than a drawn height."""
    other, floor = post.spread @ rng.standard_normal(gap.size), height + np.log(rng.random())
    angle = rng.uniform(0, 2 * np.pi)
    low, high = angle - 2 * np.pi, angle
    while True:
        trial = gap * np.cos(angle) + other * np.sin(angle)
        found = post.height(trial, hyper)
        if found > floor:
            return trial, found
        low, high = (angle, high) if angle < 0 else (low, angle)
        angle = rng.uniform(low, high)


def sample(sewer: Sewer, rng: np.random.Generator) -> np.ndarray:
    """Quantiles of R by day, shape (days, 5)."""
    post = Posterior(sewer)
    gap, hyper = np.zeros(post.mode.size), TYPICAL
    height = post.height(gap, hyper)
    kept = []
    for step in range(STEPS):
        gap, height = _slice(post, gap, hyper, height, rng)
        trial = hyper + rng.normal(0, [0.03, 0.06, 0.12])
        found = post.height(gap, trial)
        if np.log(rng.random()) < found + _hyper_prior(trial) - height - _hyper_prior(hyper):
            hyper, height = trial, found
        if step >= WARM and step % THIN == 0:
            kept.append(reproduction(post.path(post.mode + gap, hyper))[post.lead :])
    return np.quantile(np.array(kept), LEVELS, axis=0).T
