"""Expected and simulated passage of patients through wards, day by day."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from salus.epi.arrays import FloatArray, IntArray


@dataclass(frozen=True, slots=True)
class Hospital:
    """Stays and routes, checked.

    Attributes
    ----------
    stay : FloatArray, shape (W, A, K)
        Probability of 0, 1, 2... days.
    route : FloatArray, shape (A, W, W)
        From ward, to ward.

    """

    stay: FloatArray
    route: FloatArray

    def remaining(self, growth: float) -> FloatArray:
        """Days left of patients found in bed, shape (W, A, K); day 0 is 0."""
        length = self.stay.shape[2]
        elapsed = np.exp(-growth * np.arange(length))
        left = np.zeros_like(self.stay)
        for day in range(1, length):
            left[:, :, day] = self.stay[:, :, day:] @ elapsed[: length - day]
        total = left.sum(axis=2, keepdims=True)
        # A ward where nobody ever stays a night has nobody to leave it: they go tomorrow.
        fallback = np.zeros(length)
        fallback[min(1, length - 1)] = 1.0
        out: FloatArray = np.where(total > 0, left / np.where(total > 0, total, 1.0), fallback)
        return out


def expected_flow(
    admissions: FloatArray, hospital: Hospital, present: FloatArray, growth: float
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Occupancy (T, W, A), and entries and exits (T, W)."""
    steps, wards, ages = admissions.shape
    length = hospital.stay.shape[2]
    leaving = np.zeros((steps + length + 1, wards, ages))
    staying = np.zeros((steps + length + 1, wards, ages))
    rest = np.moveaxis(present[..., None] * hospital.remaining(growth), 2, 0)
    leaving[: length - 1] += rest[1:]
    staying[: length - 1] += present - np.cumsum(rest[1:], axis=0)
    stay = np.moveaxis(hospital.stay, 2, 0)
    after = 1.0 - np.cumsum(stay, axis=0)
    within = np.einsum("awv,wa->awv", hospital.route, stay[0])
    solve = np.linalg.inv(np.eye(wards) - within)
    entries = np.zeros((steps, wards, ages))
    for day in range(steps):
        moved = np.einsum("wa,awv->va", leaving[day], hospital.route)
        come = np.einsum("wa,awv->va", admissions[day] + moved, solve)
        entries[day] = come
        leaving[day : day + length] += come * stay
        staying[day : day + length] += come * after
    return np.maximum(staying[:steps], 0.0), entries.sum(axis=2), leaving[:steps].sum(axis=2)


def simulate_flow(
    admissions: FloatArray,
    hospital: Hospital,
    start: tuple[FloatArray, float],
    chance: tuple[np.random.Generator, int],
) -> FloatArray:
    """Occupancy (T, W, N) with whole patients; expected admissions become Poisson counts."""
    rng, draws = chance
    present, growth = start
    steps, wards, ages, given = admissions.shape
    count = given if given > 1 else draws
    length = hospital.stay.shape[2]
    leaving = np.zeros((steps + length + 1, wards, ages, count), dtype=np.int64)
    staying = np.zeros((steps, wards, count))
    out = np.append(hospital.route, 1 - hospital.route.sum(axis=2, keepdims=True), axis=2)
    out = np.clip(out, 0.0, 1.0)
    there = np.repeat(np.round(present).astype(np.int64)[..., None], count, axis=-1)
    _place(leaving, staying, (0, there), hospital.remaining(growth), -1, rng)
    arrivals = rng.poisson(np.broadcast_to(admissions, (steps, wards, ages, count)))
    for day in range(steps):
        come = arrivals[day] + _transfers(leaving[day], out, rng)
        while come.any():
            before = leaving[day].copy()
            _place(leaving, staying, (day, come), hospital.stay, 0, rng)
            come = _transfers(leaving[day] - before, out, rng)
    return staying


def _place(
    leaving: IntArray,
    staying: FloatArray,
    group: tuple[int, IntArray],
    stay: FloatArray,
    shift: int,
    rng: np.random.Generator,
) -> None:
    """Give a day's newcomers (W, A, N) their last day, and count their evenings."""
    day, come = group
    length = stay.shape[2]
    chances = stay / stay.sum(axis=2, keepdims=True)
    days = rng.multinomial(come, chances[:, :, None, :])
    ends = np.moveaxis(days, 3, 0)
    if shift:
        ends = ends[-shift:]
    leaving[day : day + ends.shape[0]] += ends
    still = come.sum(axis=1) - np.cumsum(ends.sum(axis=2), axis=0)
    last = min(staying.shape[0], day + min(length, still.shape[0]))
    staying[day:last] += still[: last - day]


def _transfers(exits: IntArray, out: FloatArray, rng: np.random.Generator) -> IntArray:
    """Where the patients who leave (W, A, N) come in, shape (W, A, N)."""
    ways = np.moveaxis(out, 0, 1)[:, :, None, :]
    moved = rng.multinomial(exits, ways / ways.sum(axis=3, keepdims=True))
    arrived: IntArray = np.moveaxis(moved.sum(axis=0)[..., :-1], 2, 0)
    return arrived
