"""The truth of Port Alma's epidemic: a stochastic renewal model of two strains in zones that mix.

New infections of strain k in zone z on day t are negative binomial about

    R_k(t) * sum_y M[z, y] * S_k[y] / N[y] * sum_s w[s] * I_k[t - s, y] + importations,

with w a discretised gamma serial interval, M the share of contacts between zones and S_k those who are
still susceptible to the strain. Immunity wanes. The second strain escapes part of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp

import numpy as np
from numpy.typing import NDArray

from salus.gather.sources.builtin_city.land import Land
from salus.gather.sources.builtin_city.people import People

Counts = NDArray[np.int64]
INTERVAL_DAYS = 16
WANING_DAYS = 260.0
DISPERSION = 9.0
ESCAPE = 0.5
SECOND_STRAIN_DAY = 141
# Day and reproduction number of each strain without immunity, joined by straight lines.
CONTACT = (
    [0, 35, 52, 68, 118, 140, 240, 560],
    [1.42, 1.42, 1.18, 0.88, 0.8, 0.86, 0.83, 0.83],
)
SECOND = (
    [0, 178, 192, 211, 240, 266, 302, 331, 350, 384, 400, 430, 560],
    [1.52, 1.5, 1.34, 0.98, 0.94, 1.12, 1.24, 1.32, 1.47, 1.45, 1.2, 1.14, 1.3],
)
# A gathering that infected many at once: day, zone, people.
BURSTS = ((104, "RIV-4", 70), (168, "GAR-2", 160))


@dataclass(frozen=True, slots=True)
class Truth:
    """What really happened, by day (rows) and zone (columns)."""

    zones: tuple[str, ...]
    infections: Counts
    onsets: Counts
    admissions: Counts
    deaths: Counts
    second_strain: NDArray[np.float64]


def serial_interval(mean: float = 5.0, sd: float = 2.4) -> NDArray[np.float64]:
    """Return the share of transmissions on each day after infection, days 1 to 16."""
    days = np.arange(1, INTERVAL_DAYS + 1, dtype=float)
    shape, rate = (mean / sd) ** 2, mean / sd**2
    weight: NDArray[np.float64] = days ** (shape - 1.0) * np.exp(-rate * days)
    return weight / weight.sum()


def mixing(land: Land, people: People) -> NDArray[np.float64]:
    """Return for each zone the share of its people's contacts that lie in each zone."""
    centres = np.array([land.zones[code].centroid.coords[0] for code in people.zones])
    scale = np.array([92.4, 110.57])
    apart = np.linalg.norm((centres[:, None, :] - centres[None, :, :]) * scale, axis=2)
    pull = people.total[None, :] * np.exp(-apart / 2.2)
    np.fill_diagonal(pull, 0.0)
    away = pull / pull.sum(axis=1, keepdims=True)
    share: NDArray[np.float64] = 0.68 * np.eye(len(people.zones)) + 0.32 * away
    return share


def simulate(land: Land, people: People, days: int, rng: np.random.Generator) -> Truth:
    """Return the truth of a seed."""
    strains = _infect(land, people, days, rng)
    infections = strains.sum(axis=0)
    symptomatic = rng.binomial(infections, 0.62)
    onsets = _later(symptomatic, _delay(5.0, 2.2, 15), rng)
    older = people.by_age[:, 4:].sum(axis=1) / people.total
    severity = np.clip(0.011 + 0.16 * older, 0.0, 0.2)[None, :]
    second = strains[1] / np.maximum(infections, 1)
    milder = 1.0 - 0.35 * second
    ill = rng.binomial(onsets, np.broadcast_to(severity * milder, onsets.shape))
    admissions = _later(ill, _delay(6.0, 3.5, 24), rng)
    deaths = _later(rng.binomial(admissions, 0.13), _delay(9.0, 6.0, 40), rng)
    return Truth(people.zones, infections, onsets, admissions, deaths, second)


def _infect(land: Land, people: People, days: int, rng: np.random.Generator) -> Counts:
    count = len(people.zones)
    made = np.zeros((2, days, count), dtype=np.int64)
    size = people.total.astype(float)
    immune = np.zeros((2, count))
    weight, mix = serial_interval(), mixing(land, people)
    harbour = np.array([4.0 if code.startswith("HAR") else 0.6 for code in people.zones])
    crowded = (people.segments["crowded_housing"] / size / 0.08).clip(0.4, 2.5)
    local = 1.0 + 0.1 * np.tanh(crowded - 1.0)
    for day in range(days):
        for strain in (0, 1):
            if strain == 1 and day < SECOND_STRAIN_DAY:
                continue
            past = made[strain, max(day - INTERVAL_DAYS, 0) : day][::-1]
            force = mix @ (weight[: len(past)] @ past) if len(past) else np.zeros(count)
            guard = immune[0] * (1.0 if strain == 0 else 1.0 - ESCAPE) + immune[1]
            open_share = np.clip(1.0 - guard / size, 0.02, 1.0)
            mean = _strength(strain, day) * local * open_share * force + _arrivals(strain, day, harbour)
            fresh = rng.poisson(mean * rng.gamma(DISPERSION, 1.0 / DISPERSION, count))
            made[strain, day] = np.minimum(fresh, (0.4 * size).astype(np.int64))
        _burst(made, day, people.zones)
        immune = np.minimum(immune * exp(-1.0 / WANING_DAYS) + made[:, day], 0.95 * size)
    return made


def _strength(strain: int, day: int) -> float:
    return float(np.interp(day, *CONTACT) if strain == 0 else np.interp(day, *SECOND))


def _arrivals(strain: int, day: int, harbour: NDArray[np.float64]) -> NDArray[np.float64]:
    if strain == 1:
        return harbour * (1.1 if day < SECOND_STRAIN_DAY + 9 else 0.05)
    return harbour * (0.55 if day < 12 else 0.03)


def _burst(made: Counts, day: int, zones: tuple[str, ...]) -> None:
    for when, zone, people in BURSTS:
        if when == day and zone in zones:
            made[0 if day < SECOND_STRAIN_DAY else 1, day, zones.index(zone)] += people


def _delay(mean: float, sd: float, days: int) -> NDArray[np.float64]:
    at = np.arange(days, dtype=float) + 0.5
    shape, rate = (mean / sd) ** 2, mean / sd**2
    share: NDArray[np.float64] = at ** (shape - 1.0) * np.exp(-rate * at)
    return share / share.sum()


def _later(counts: Counts, delay: NDArray[np.float64], rng: np.random.Generator) -> Counts:
    """Return the counts on the day on which each person's delay ends."""
    moved = np.zeros_like(counts)
    spread = rng.multinomial(counts, delay)
    for lag in range(min(delay.size, counts.shape[0])):
        moved[lag:] += spread[: counts.shape[0] - lag, :, lag]
    return moved
