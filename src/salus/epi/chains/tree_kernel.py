"""Gibbs sampling of infection days with the infectors summed out, compiled."""

from __future__ import annotations

import numpy as np
from numba import njit

from salus.epi.arrays import FloatArray, IntArray


@njit(cache=True)
def _link(weight: FloatArray, spacing: FloatArray, days: int) -> float:
    """Weight of one infector, summed over how many unseen cases stand between."""
    if days < 0 or days >= spacing.shape[1]:
        return 0.0
    total = 0.0
    for between in range(spacing.shape[0]):
        total += weight[between] * spacing[between, days]
    return total


@njit(cache=True)
def _own(case: int, day: int, infection: IntArray, weights: FloatArray, spacing: FloatArray) -> float:
    """Weight of all infectors of a case infected on a day."""
    total = 0.0
    for other in range(infection.shape[0]):
        if other != case:
            total += _link(weights[case, other], spacing, day - infection[other])
    return total


@njit(cache=True)
def _others(
    case: int, day: int, infection: IntArray, weights: FloatArray, spacing: FloatArray, totals: FloatArray
) -> float:
    """Log change of everybody else's weight if the case was infected on another day."""
    change: float = 0.0
    product: float = 1.0
    for other in range(infection.shape[0]):
        if other == case:
            continue
        weight = weights[other, case]
        gain = _link(weight, spacing, infection[other] - day)
        loss = _link(weight, spacing, infection[other] - infection[case])
        if gain != loss:
            product *= max((totals[other] + (gain - loss)) / totals[other], 1e-250)
            if product < 1e-50 or product > 1e50:
                change += np.log(product)
                product = 1.0
    return change + float(np.log(product))


@njit(cache=True)
def sweep_days(
    dates: IntArray,
    delay: FloatArray,
    weights: FloatArray,
    imported: FloatArray,
    spacing: FloatArray,
    uniforms: FloatArray,
    infection: IntArray,
) -> float:
    """Draw the day of infection of each case in turn; return the log likelihood.

    Parameters
    ----------
    dates, infection : IntArray, shape (N,)
        Day on which each case showed, and of its infection, which is redrawn in place.
    delay : FloatArray, shape (S,)
        Probability of so many days between the two.
    weights : FloatArray, shape (N, N, K)
        Weight of an infector (second axis) with 0, 1.. unseen cases between.
    imported : FloatArray, shape (N,)
        Weight of having come from outside.
    spacing : FloatArray, shape (K, D)
        Probability of so many days between infections, by unseen cases between.
    uniforms : FloatArray, shape (N,)
        Random numbers.

    """
    cases, longest = dates.shape[0], delay.shape[0]
    totals = np.empty(cases)
    chance = np.empty(longest)
    for case in range(cases):
        totals[case] = imported[case] + _own(case, infection[case], infection, weights, spacing)
    for case in range(cases):
        top = -np.inf
        for days in range(longest):
            chance[days] = -np.inf
            if delay[days] > 0.0:
                day = dates[case] - days
                own = imported[case] + _own(case, day, infection, weights, spacing)
                rest = _others(case, day, infection, weights, spacing, totals)
                chance[days] = np.log(delay[days]) + np.log(own) + rest
                top = max(top, chance[days])
        total = 0.0
        for days in range(longest):
            chance[days] = np.exp(chance[days] - top)
            total += chance[days]
        goal, days = uniforms[case] * total, 0
        while days < longest - 1 and goal > chance[days]:
            goal -= chance[days]
            days += 1
        infection[case] = dates[case] - days
        for other in range(cases):
            totals[other] = imported[other] + _own(other, infection[other], infection, weights, spacing)
    likelihood = 0.0
    for case in range(cases):
        likelihood += np.log(totals[case]) + np.log(delay[dates[case] - infection[case]])
    return likelihood


@njit(cache=True)
def draw_infectors(
    infection: IntArray,
    weights: FloatArray,
    imported: FloatArray,
    spacing: FloatArray,
    uniforms: FloatArray,
    drawn: IntArray,
    support: FloatArray,
) -> None:
    """Draw who infected each case, -1 for an import, and by which kind of link.

    `drawn`, shape (3, N), takes the case linked to, the kind of link (unseen cases between, or
    last: an unseen infector in common) and the infector, which for a common unseen infector is
    that of the case linked to. The exact probabilities given the days and the infectors of
    earlier cases are added to `support`, shape (N, N + 1), whose last column is for imports.
    """
    cases, kinds = infection.shape[0], spacing.shape[0]
    for case in np.argsort(infection):
        total = imported[case] + _own(case, infection[case], infection, weights, spacing)
        goal = uniforms[case] * total - imported[case]
        support[case, cases] += imported[case] / total
        drawn[0, case], drawn[1, case], drawn[2, case] = -1, 0, -1
        for other in range(cases):
            days = infection[case] - infection[other]
            if other == case or days < 0 or days >= spacing.shape[1]:
                continue
            for kind in range(kinds):
                part = weights[case, other, kind] * spacing[kind, days]
                if part <= 0.0:
                    continue
                source = drawn[2, other] if kinds > 1 and kind == kinds - 1 else other
                support[case, source] += part / total
                if goal > 0.0:
                    drawn[0, case], drawn[1, case], drawn[2, case] = other, kind, source
                    goal -= part
