"""Simulates sources of reports whose delays are known. Measures nothing itself."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from benchmarks.epi.nowcast_data import Rows
from salus.epi.arrays import FloatArray

START, DAYS, LONGEST = 737_425, 260, 28
_WEEK = np.array([1.0, 1.0, 1.1, 1.0, 0.9, 0.3, 0.15])
_BULK_AFTER, _BULK_CHANCE, _TAKEN_BACK = 7, 0.12, 0.0025


@dataclass(frozen=True, slots=True)
class World:
    """How a source behaves: counts a day, series, wandering and daily noise of its pace, bulk, taking back."""

    mean: float = 300.0
    series: int = 1
    wander: float = 0.0
    noise: float = 0.15
    bulk: bool = False
    back: bool = False


WORLDS = {
    "steady": World(noise=0.0),
    "noisy days": World(),
    "few counts": World(mean=5.0),
    "wandering delays": World(wander=0.05),
    "five wandering regions": World(mean=30.0, series=5, wander=0.03),
    "reports taken back": World(mean=200.0, back=True),
    "old reports in bulk": World(wander=0.05, bulk=True, back=True),
    "old reports in bulk, five regions": World(mean=30.0, series=5, wander=0.05, bulk=True, back=True),
}


def simulate(world: World, seed: int) -> Rows:
    """Totals known by day of event and of report."""
    rng = np.random.default_rng(seed)
    left = _events(world, rng)
    pace = np.zeros(DAYS)
    for day in range(1, DAYS):
        pace[day] = 0.97 * pace[day - 1] + rng.normal(0, world.wander)
    pace += rng.normal(0, world.noise, DAYS)
    known, held = np.zeros(left.shape), np.zeros(left.shape)
    parts = []
    for report in range(DAYS):
        date = np.arange(max(0, report - LONGEST), report + 1)
        age = report - date
        rate = np.where(age < 10, 0.22, 0.12) * _WEEK[report % 7] * np.exp(pace[report])
        came = rng.binomial(left[date], np.where(age == LONGEST, 1.0, 1 - np.exp(-rate))[:, None])
        left[date] -= came
        held[date] += np.where((age > _BULK_AFTER)[:, None] & world.bulk, came, 0)
        known[date] += np.where((age > _BULK_AFTER)[:, None] & world.bulk, 0, came)
        free = date if rng.random() < _BULK_CHANCE else date[age == LONGEST]
        known[free] += held[free]
        held[free] = 0
        if world.back:
            known[date] -= rng.binomial(known[date].astype(int), _TAKEN_BACK)
        parts.append(_rows(date, report, known[date]))
    return Rows(*(np.concatenate([part[i] for part in parts]) for i in range(4)))


def _events(world: World, rng: np.random.Generator) -> np.ndarray:
    """Counts that happen by day and series."""
    day = np.arange(DAYS)[:, None]
    path = np.cumsum(rng.normal(0, 0.012, (DAYS, world.series)), axis=0)
    path += 0.4 * np.sin(2 * np.pi * (day / rng.uniform(60, 160) + rng.random()))
    rate = world.mean * np.exp(path - path.mean(axis=0)) * np.where(day % 7 < 5, 1.1, 0.75)
    out: np.ndarray = rng.poisson(rate * rng.gamma(50, 1 / 50, rate.shape))
    return out


def _rows(date: np.ndarray, report: int, total: FloatArray) -> tuple[np.ndarray, ...]:
    series = np.tile(np.arange(total.shape[1]), date.size)
    day = np.repeat(date, total.shape[1]) + START
    return day, np.full(day.size, report + START), total.ravel(), series
