"""Compiled core of Farrington's algorithms: quasi-Poisson fits of R's `glm`, step for step.

The design is one level per season block and one slope, so that every weighted least
squares step has a closed form: means within blocks, then one regression of what is left.
This is what makes it a thousand times faster than a general solver, with equal results.

All state of a fit lives in one table of rows, so that a machine compiles little on first use.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit
from scipy.special import xlogy

from salus.epi.arrays import FloatArray, IntArray

_EPSILON = 1e-8
_MOST_STEPS = 25
_TINY = 2.220446049250313e-16
_Y, _TIME, _OFFSET, _PRIOR, _MU, _ETA, _WEIGHT, _START, _LOG, _NEXT, _POWER = range(11)
_MASS, _MEAN_Z, _MEAN_T, _SQUARE, _BOTH = range(5)


@njit(cache=True, nogil=True, error_model="numpy")
def _step(work, group, sums, size, trend):  # type: ignore[no-untyped-def]
    """Solve one weighted least squares step: block sums, block means, slope and its spread.

    One pass, without a division: the weight times the working response is a sum. Times count
    from the first one, so that their squares are small.
    """
    sums[:] = 0.0
    g, mass, pull, time, square, both = group[0], 0.0, 0.0, 0.0, 0.0, 0.0
    for i in range(size):
        if group[i] != g:
            _add(sums, g, mass, pull, time, square, both)
            g, mass, pull, time, square, both = group[i], 0.0, 0.0, 0.0, 0.0, 0.0
        mu, prior, t = work[_MU, i], work[_PRIOR, i], work[_TIME, i]
        weight = prior * mu
        part = weight * (work[_ETA, i] - work[_OFFSET, i]) + prior * (work[_Y, i] - mu)
        work[_WEIGHT, i] = weight
        mass, pull, time = mass + weight, pull + part, time + weight * t
        square, both = square + weight * t * t, both + part * t
    _add(sums, g, mass, pull, time, square, both)
    spread, slope = 0.0, 0.0
    for g in range(sums.shape[1]):
        if sums[_MASS, g] > 0:
            spread += sums[_SQUARE, g] - sums[_MEAN_T, g] ** 2 / sums[_MASS, g]
            slope += sums[_BOTH, g] - sums[_MEAN_T, g] * sums[_MEAN_Z, g] / sums[_MASS, g]
            sums[_MEAN_Z, g] /= sums[_MASS, g]
            sums[_MEAN_T, g] /= sums[_MASS, g]
    return (spread, slope / spread) if trend else (0.0, 0.0)


@njit(cache=True, nogil=True, error_model="numpy")
def _add(sums, g, mass, pull, time, square, both):  # type: ignore[no-untyped-def]
    """Add a stretch of one block to its sums."""
    sums[_MASS, g] += mass
    sums[_MEAN_Z, g] += pull
    sums[_MEAN_T, g] += time
    sums[_SQUARE, g] += square
    sums[_BOTH, g] += both


@njit(cache=True, nogil=True, error_model="numpy")
def _fit(work, group, sums, size, trend):  # type: ignore[no-untyped-def]
    """Iteratively reweighted least squares exactly as `glm.fit` does it.

    Leaves the fitted values and the weights of the last step (which R keeps from before the
    last update) in `work`; returns the slope, its spread and whether the fit converged.
    """
    before, spread, slope = 0.0, 0.0, 0.0
    for i in range(size):
        y = work[_Y, i]
        work[_MU, i], work[_ETA, i] = y + 0.1, work[_LOG, i]
        before += 2 * work[_PRIOR, i] * (work[_START, i] - y * work[_ETA, i] + 0.1)
    for _ in range(_MOST_STEPS):
        spread, slope = _step(work, group, sums, size, trend)
        deviance, growth, mu = 0.0, math.exp(slope), 0.0
        for i in range(size):
            y, g = work[_Y, i], group[i]
            eta = sums[_MEAN_Z, g] + slope * (work[_TIME, i] - sums[_MEAN_T, g]) + work[_OFFSET, i]
            # The next week of the same block is one factor on: exponentials are most of the work.
            mu = mu * growth if work[_NEXT, i] > 0 else math.exp(eta)
            work[_ETA, i], work[_MU, i] = eta, max(mu, _TINY)
            deviance += work[_PRIOR, i] * (work[_START, i] - y * eta - (y - mu))
        deviance *= 2
        if abs(deviance - before) / (abs(deviance) + 0.1) < _EPSILON:
            return spread, slope, True
        before = deviance
    return spread, slope, False


@njit(cache=True, nogil=True, error_model="numpy")
def _dispersion(work, size, weights, freedom):  # type: ignore[no-untyped-def]
    """Pearson dispersion from the weights in row `weights` and the working residuals."""
    total = 0.0
    for i in range(size):
        rest = (work[_Y, i] - work[_MU, i]) / work[_MU, i]
        total += work[weights, i] * rest * rest
    return total / freedom


@njit(cache=True, nogil=True, error_model="numpy")
def _reweight(work, group, sums, size, spread, phi, threshold):  # type: ignore[no-untyped-def]
    """Give low prior weights to past outbreaks, by their Anscombe residuals."""
    total = 0.0
    for i in range(size):
        g, mu = group[i], work[_MU, i]
        gap = work[_TIME, i] - sums[_MEAN_T, g]
        hat = work[_WEIGHT, i] / sums[_MASS, g]
        if spread > 0:
            hat += work[_WEIGHT, i] * gap * gap / spread
        hat = 1.0 if hat > 1.0 - 10 * _TINY else hat
        # Counts below what is expected are no outbreak: their residual is negative.
        if hat < 1.0 and work[_Y, i] <= mu and threshold >= 0:
            work[_PRIOR, i] = 1.0
        else:
            scale = math.sqrt(phi * (1 - hat))
            anscombe = 1.5 * (work[_POWER, i] * mu ** (-1 / 6) - math.sqrt(mu))
            residual = anscombe / scale if scale > 0 else np.inf
            work[_PRIOR, i] = residual**-2 if residual > threshold else 1.0
        total += work[_PRIOR, i]
    lost = 0
    for i in range(size):
        work[_PRIOR, i] *= size / total
        lost += 1 if work[_PRIOR, i] == 0 else 0
    return lost


@njit(cache=True, nogil=True, error_model="numpy")
def _model(work, group, sums, size, trend, options):  # type: ignore[no-untyped-def]
    """One full fit: plain, then reweighted; returns it with dispersions and the trend used."""
    again, threshold, flexible = options[1] > 0, options[2], options[5] > 0
    for i in range(size):
        work[_PRIOR, i] = 1.0
    second, usable, freedom, phi, shown = False, False, size, 1.0, _WEIGHT
    while True:
        spread, slope, converged = _fit(work, group, sums, size, trend)
        if not (converged or second) and trend:
            trend = False
            continue
        if not second:
            usable, freedom = converged, size - sums.shape[1] - (1 if trend else 0)
        phi = max(_dispersion(work, size, _WEIGHT, freedom), 1.0)
        if second or not (again and usable):
            break
        freedom -= _reweight(work, group, sums, size, spread, phi, threshold)
        second = True
    if second and flexible:
        # R's code overwrites the model's working weights here, so that standard errors are
        # scaled by a dispersion of the prior weights. Equal results need the same.
        shown = _PRIOR
    return spread, slope, phi, _dispersion(work, size, shown, freedom), freedom, trend, usable


@njit(cache=True, nogil=True, error_model="numpy")
def _predict(work, group, sums, size, now_time, now_offset, options, critical, place):  # type: ignore[no-untyped-def]
    """Fit one window and write its prediction into `place`; the trend only if it may stay."""
    last, most, trend = sums.shape[1] - 1, 0.0, options[0] > 0
    for i in range(size):
        y = work[_Y, i]
        most = max(most, y)
        same = i > 0 and group[i] == group[i - 1] and work[_OFFSET, i] == work[_OFFSET, i - 1]
        work[_NEXT, i] = 1.0 if same and work[_TIME, i] - work[_TIME, i - 1] == 1 else 0.0
    while True:
        spread, slope, phi, scale, freedom, used, usable = _model(work, group, sums, size, trend, options)
        ahead = now_time - sums[_MEAN_T, last]
        eta = sums[_MEAN_Z, last] + now_offset
        if not (usable and used):
            break
        eta += slope * ahead
        statistic = abs(slope) / math.sqrt(scale / spread)
        if options[3] >= 3 and statistic > critical[freedom] and math.exp(eta) <= most:
            break
        trend = False
    if not usable:
        return
    variance = 1 / sums[_MASS, last]
    if used:
        variance += ahead * ahead / spread
        place[3] = slope
    # The original predicts with the dispersion that it bounds below by one.
    place[1] = math.sqrt(variance * (scale if options[5] > 0 else phi))
    place[0], place[2], place[4], place[5] = eta, phi, (1.0 if used else 0.0), 1.0


@njit(cache=True, nogil=True, error_model="numpy")
def _fit_all(counts, starts_at, logs, powers, offsets, windows, now, options, critical, work, group, sums, out):  # type: ignore[no-untyped-def]
    """Fit every window of every series."""
    rows, times, groups, starts = windows
    for window in range(starts.size - 1):
        for series in range(counts.shape[1]):
            size = 0
            for i in range(starts[window], starts[window + 1]):
                row = rows[i]
                value = counts[row, series]
                if not np.isnan(value):
                    work[_Y, size], work[_TIME, size] = value, times[i]
                    work[_OFFSET, size], group[size] = offsets[row, series], groups[i]
                    work[_START, size], work[_LOG, size] = starts_at[row, series], logs[row, series]
                    work[_POWER, size] = powers[row, series]
                    size += 1
            if size > 0:
                ahead, offset = now[0][window, series], now[1][window, series]
                _predict(work, group, sums, size, ahead, offset, options, critical, out[window, series])


def fit_windows(
    counts: FloatArray,
    offsets: FloatArray,
    windows: tuple[IntArray, FloatArray, IntArray, IntArray],
    now: tuple[FloatArray, FloatArray],
    options: tuple[bool, bool, float, int, int, bool],
    critical: FloatArray,
) -> FloatArray:
    """Fit every window of every series.

    `windows` is rows, times, groups of all windows one after another, and where each
    starts; `options` whether to allow a trend and to reweight, the threshold of reweighting,
    years, blocks, and whether standard errors follow R's flexible variant. Returns
    (W, S, 6): predictor, its standard error, dispersion, slope, whether a trend was used,
    whether the fit is usable.
    """
    longest = int(np.diff(windows[3]).max())
    out: FloatArray = np.full((windows[3].size - 1, counts.shape[1], 6), np.nan)
    state = np.empty((11, longest)), np.empty(longest, dtype=np.int64), np.empty((5, options[4]))
    settings = np.array(options, dtype=np.float64)
    ahead = np.ascontiguousarray(now[0]), np.ascontiguousarray(now[1])
    # Windows overlap: what is needed of each count is taken once.
    tables = counts, xlogy(counts, counts), np.log(counts + 0.1), counts ** (2 / 3)
    _fit_all(*tables, offsets, windows, ahead, settings, critical, *state, out)
    return out
