"""Simulates sewers whose reproduction number is known. Measures nothing itself."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.stats import gamma

from salus.epi import discretised_serial_interval
from salus.epi.wastewater.renewal import reproduction
from salus.epi.wastewater.smoothness import matern

LEAD = 80
# Days from one crest to the next, and how far R swings.
SWINGS = {"small quick waves": (11, 0.06), "large waves": (28, 0.12)}
DAYS = 120


def _by_day(shape: float, scale: float, days: int, shift: float) -> np.ndarray:
    mass = np.diff(np.append(0.0, gamma(shape, scale=scale).cdf(np.arange(days) + shift)))
    return mass / mass.sum()


# The distributions of EpiSewer's example for SARS-CoV-2.
GENERATION = discretised_serial_interval(3.0, 2.4, days=13)
GENERATION = GENERATION / GENERATION.sum()
INCUBATION = _by_day(8.5, 0.4, 11, 0.5)
SHEDDING = _by_day(0.929639, 7.241397, 31, 1.0)


@dataclass(frozen=True, slots=True)
class Sewer:
    """Truth and samples of one plant, by day."""

    number: np.ndarray
    samples: np.ndarray
    measured: np.ndarray
    flow: np.ndarray
    stray: np.ndarray
    limit: float | None


def _number(shape: str, total: int, rng: np.random.Generator) -> np.ndarray:
    day = np.arange(total)
    if shape == "waves":
        quick = 0.08 * np.sin(2 * np.pi * day / 17)
        return np.exp(0.25 * np.sin(2 * np.pi * (day / rng.uniform(40, 120) + rng.random())) + quick)
    if shape in SWINGS:
        period, size = SWINGS[shape]
        slow = 0.25 * np.sin(2 * np.pi * (day / rng.uniform(40, 120) + rng.random()))
        return np.exp(slow + size * np.sin(2 * np.pi * (day / period + rng.random())))
    if shape == "random turns":
        path, speed = np.zeros(total), 0.0
        for step in range(1, total):
            speed = 0.85 * speed + rng.normal(0, 0.012)
            path[step] = 0.95 * path[step - 1] + speed
        return np.exp(path)
    if shape == "steps":
        out, step = np.ones(total), 0
        while step < total:
            length = int(rng.integers(20, 50))
            out[step : step + length] = np.exp(rng.normal(0, 0.25))
            step += length
        return out
    sizes = max(0.02, rng.normal(0.2, 0.05)), max(0.05, rng.normal(0.4, 0.1))
    cover = sizes[0] ** 2 * matern(total, 21.0) + sizes[1] ** 2 * matern(total, 84.0)
    return reproduction(1 + np.linalg.cholesky(cover) @ rng.standard_normal(total))


def _infections(number: np.ndarray, start: float, rng: np.random.Generator) -> np.ndarray:
    out = np.full(number.size, start)
    for day in range(14, number.size):
        pressure = GENERATION[1:] @ out[day - 1 : day - GENERATION.size : -1]
        out[day] = rng.poisson(min(max(number[day] * pressure, 1), 1e9))
    return out


def simulate(seed: int, shape: str, noise: float, weekdays: tuple[int, ...], *, limited: bool) -> Sewer:
    """Simulate a plant with chance infections, log-normal noise and 2 % stray samples."""
    rng = np.random.default_rng([seed, sum(map(ord, shape))])
    total, start = DAYS + LEAD, 2000.0
    while True:
        number = _number(shape, total, rng)
        infected = _infections(number, start, rng)
        if infected.min() > start / 50 and infected.max() < start * 400:
            break
    load = 1e11 * np.convolve(infected, np.convolve(INCUBATION, SHEDDING))[:total]
    flow = 1.8e11 * np.exp(rng.normal(0, 0.25, total))
    measured = load / flow * np.exp(noise * rng.standard_normal(total))
    stray = rng.random(total) < 0.02
    measured = np.where(stray, measured * np.exp(rng.normal(1.5, 0.6, total)), measured)
    known = np.isin(np.arange(DAYS) % 7, weekdays)
    samples = np.where(known, measured[LEAD:], np.nan)
    limit = float(np.nanquantile(samples, 0.15)) if limited else None
    return Sewer(number[LEAD:], samples, measured[LEAD:], flow[LEAD:], stray[LEAD:], limit)
