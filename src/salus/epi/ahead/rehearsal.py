"""What the members' forecasts of the past year teach: how to weigh them and how wide to be.

The members are fitted once on all but the last part of the past and then forecast that part
week by week; nothing after the week of a past forecast is used for it but the fit's end.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from salus.epi.arrays import FloatArray, IntArray

_STEPS = 60
_RATE = 0.5
_LEAST_WEIGHT = 0.02
# A year of past forecasts is one season: it tells members apart no better than this, less where
# the members that forecast it had few seasons to learn from.
_LEARNT = 0.25
_FEW_SEASONS = 5 * 52.0
_NARROWEST, _WIDEST = 0.9, 1.6
# The season to come differs from those lived through: each quantile moves out by this share
# for every standard deviation that it lies from the median.
_UNSEEN = 0.02
_ENOUGH_WEEKS = 20.0


@dataclass(frozen=True, slots=True)
class Lesson:
    """Weights of the members and widening of the mixture.

    Attributes
    ----------
    weights : FloatArray, shape (M,)
    widening : FloatArray, shape (Q,)
        Factor of each quantile's distance from the median.
    weeks : int
        Past forecasts learnt from, 0 where there was no room for any.

    """

    weights: FloatArray
    widening: FloatArray
    weeks: int


def untaught(usual: FloatArray, levels: FloatArray) -> Lesson:
    """Usual weights, and no widening but for what no season has shown yet."""
    return Lesson(usual, _unseen(levels), 0)


def _unseen(levels: FloatArray) -> FloatArray:
    return np.asarray(1.0 + _UNSEEN * np.abs(ndtri(levels)))


def learn(
    past: FloatArray,
    table: FloatArray,
    origins: IntArray,
    levels: FloatArray,
    importance: FloatArray,
    usual: FloatArray,
) -> Lesson:
    """Learn from past forecasts.

    Parameters
    ----------
    past : FloatArray, shape (M, O, H, S, Q)
        Members' forecasts, input's scale.
    table : FloatArray, shape (T, S)
        What became known.
    origins : IntArray, shape (O,)
        Step that each forecast was made from.
    levels : FloatArray, shape (Q,)
        Quantile levels in (0, 1), rising.
    importance : FloatArray, shape (S,)
        What an error in each place counts.
    usual : FloatArray, shape (M,)
        Weights that the members have where nothing is learnt.

    """
    steps = origins[:, None] + np.arange(1, past.shape[2] + 1)
    truth = np.where((steps < table.shape[0])[..., None], table[np.minimum(steps, table.shape[0] - 1)], np.nan)
    learnt = _LEARNT * table.shape[0] / (table.shape[0] + _FEW_SEASONS)
    weights = _weigh(past, truth, levels, importance, usual, learnt)
    mixture = np.einsum("m,mohsq->ohsq", weights, past)
    return Lesson(weights, _widening(mixture, truth, levels, origins.size) * _unseen(levels), int(origins.size))


def _weigh(
    past: FloatArray,
    truth: FloatArray,
    levels: FloatArray,
    importance: FloatArray,
    usual: FloatArray,
    learnt: float,
) -> FloatArray:
    """Simplex weights with the least weighted interval score, a share of `learnt` beside the usual ones.

    Notes
    -----
    The score is convex in the weights: exponentiated gradient (Kivinen and Warmuth, Inf Comput
    1997;132:1-63, https://doi.org/10.1006/inco.1996.2612) from the usual weights, averaged.

    """
    known = ~np.isnan(truth) & ~np.isnan(past).any(axis=(0, -1))
    if not known.any():
        return usual
    shown = past[:, known]
    importance = np.broadcast_to(importance, truth.shape)[known][:, None]
    real, weights, total = truth[known][:, None], np.maximum(usual, _LEAST_WEIGHT), np.zeros(usual.size)
    weights /= weights.sum()
    for step in range(_STEPS):
        short = real > np.einsum("m,mnq->nq", weights, shown)
        pull = np.where(short, -levels, 1.0 - levels) * importance
        slope = np.einsum("mnq,nq->m", shown, pull)
        slope -= weights @ slope
        weights = weights * np.exp(-_RATE / np.sqrt(step + 1) * slope / max(float(np.abs(slope).max()), 1e-300))
        weights /= weights.sum()
        total += weights
    return learnt * total / _STEPS + (1 - learnt) * usual


def _widening(mixture: FloatArray, truth: FloatArray, levels: FloatArray, weeks: int) -> FloatArray:
    """Factor by which each quantile's distance from the median would have had to grow to hold its share."""
    score = np.asarray(ndtri(levels))
    middle = int(np.argmin(np.abs(score)))
    centre = mixture[..., middle]
    factor = np.ones(levels.size)
    trust = weeks / (weeks + _ENOUGH_WEEKS)
    for place in range(levels.size):
        other = int(np.argmin(np.abs(score + score[place])))
        low, high = mixture[..., min(place, other)], mixture[..., max(place, other)]
        reach = np.where(truth < centre, centre - low, high - centre)
        need = np.abs(truth - centre) / np.maximum(reach, 1e-9)
        known = ~np.isnan(need)
        if place == middle or not known.any():
            continue
        share = abs(2 * levels[place] - 1)
        factor[place] = np.clip(np.quantile(need[known], share), _NARROWEST, _WIDEST) ** trust
    return factor
