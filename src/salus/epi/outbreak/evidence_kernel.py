"""Compiled core of the outbreak detector: robust seasonal baselines, and evidence beside them.

A baseline is a penalised quasi-Poisson regression on trend and season. Weeks that were
themselves likely outbreaks count less in it. The evidence for an outbreak in the last weeks is
the ratio of two negative binomial likelihoods, averaged over sizes of outbreak.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from salus.epi.arrays import FloatArray

_MOST_ROUNDS = 6
_MOST_STEPS = 12
_CLOSE = 1e-4
_LARGEST_LOG = 30.0
_POISSON = 1.0005
# Places of the settings.
(
    _HISTORY,
    _GAP,
    _PENALTY,
    _STIFF,
    _FADE,
    _SHARE,
    _STRENGTH,
    _USUAL,
    _BOUND,
    _YEAR,
    _CAUTION,
    _MORE,
    _COARSE,
    _SHORT,
    _LONG,
) = range(15)
# Places of the result.
EVIDENCE, UPPER, EXPECTED, DISPERSION, ERROR, SPREAD = range(6)


@njit(cache=True, nogil=True, error_model="numpy")
def _evidence(first, first_mean, last, last_mean, phi, kinds):  # type: ignore[no-untyped-def]
    """Log likelihood ratio of an outbreak that began this week (`first` NaN) or the week before.

    `kinds` holds sizes in standard deviations, then the shares of the first and second week,
    the least size in cases and the weight of what began the week before.
    """
    two = not math.isnan(first)
    begin = first_mean if two else last_mean
    begin_share = kinds[-4]
    sd, total, number = math.sqrt(phi * begin), 0.0, kinds.size - 4
    for i in range(number):
        size = max(kinds[i] * sd, kinds[-2])
        value = 0.0
        for part in range(2 if two else 1):
            count = first if two and part == 0 else last
            mean = begin if part == 0 else last_mean
            more = size * (begin_share if part == 0 else kinds[-3])
            if phi < _POISSON:
                value += count * math.log(1 + more / mean) - more
            else:
                low, high = mean / (phi - 1), (mean + more) / (phi - 1)
                value += math.lgamma(count + high) - math.lgamma(high) - (high - low) * math.log(phi)
                value -= math.lgamma(count + low) - math.lgamma(low)
        total += math.exp(min(value, 600.0))
    return math.log(total / number)


@njit(cache=True, nogil=True, error_model="numpy")
def _weigh(last, before, last_mean, before_mean, spreads, kinds):  # type: ignore[no-untyped-def]
    """Evidence that an outbreak began this week or, where `before` is known, the week before.

    `spreads` holds the variance over the mean of one week, and of each of two weeks whose
    expectations err together.
    """
    total = 0.0
    # One loop instead of two calls: each call is compiled anew into its place.
    for back in range(1 if math.isnan(before) else 2):
        first = before if back == 1 else np.nan
        value = _evidence(first, before_mean, last, last_mean, spreads[back], kinds)
        total += (kinds[-1] if back == 1 else 1.0) * math.exp(min(value, 600.0))
    return math.log(total)


@njit(cache=True, nogil=True, error_model="numpy")
def _limit(before, last_mean, before_mean, spreads, bound, kinds):  # type: ignore[no-untyped-def]
    """Largest count that would not alarm; the evidence rises with the count."""
    low, high, growing = -1.0, max(math.ceil(last_mean), 1.0), True
    while growing or high - low > 1:
        count = high if growing else math.floor((low + high) / 2)
        quiet = _weigh(count, before, last_mean, before_mean, spreads, kinds) <= bound
        if growing and quiet:
            low, high = high, 2 * high + 1
        elif growing:
            growing = False
        elif quiet:
            low = count
        else:
            high = count
    return low


@njit(cache=True, nogil=True, error_model="numpy")
def _solve(matrix, vector):  # type: ignore[no-untyped-def]
    """Solve in place by Cholesky; `matrix` keeps the lower factor."""
    size = vector.size
    for i in range(size):
        for j in range(i + 1):
            rest = matrix[i, j]
            for k in range(j):
                rest -= matrix[i, k] * matrix[j, k]
            matrix[i, j] = math.sqrt(max(rest, 1e-12)) if i == j else rest / matrix[j, j]
    for i in range(size):
        for k in range(i):
            vector[i] -= matrix[i, k] * vector[k]
        vector[i] /= matrix[i, i]
    for i in range(size - 1, -1, -1):
        for k in range(i + 1, size):
            vector[i] -= matrix[k, i] * vector[k]
        vector[i] /= matrix[i, i]


@njit(cache=True, nogil=True, error_model="numpy")
def _means(coefficients, design, log_people, now, begin, end, year, mean):  # type: ignore[no-untyped-def]
    """Expected counts of the steps from `begin` to before `end`; time counts from `now`."""
    for i in range(begin, end):
        eta = coefficients[0] + coefficients[1] * (i - now) / year + log_people[i]
        for j in range(2, coefficients.size):
            eta += coefficients[j] * design[i, j]
        mean[i] = math.exp(min(eta, _LARGEST_LOG))


@njit(cache=True, nogil=True, error_model="numpy")
def _information(y, design, trust, now, begin, end, settings, state):  # type: ignore[no-untyped-def]
    """Gradient and information of the weighted Poisson likelihood at the present means."""
    _coefficients, matrix, vector, row, mean = state
    size = vector.size
    for j in range(size):
        vector[j] = 0.0
        for k in range(j + 1):
            matrix[j, k] = 0.0
    row[0] = 1.0
    for i in range(begin, end):
        if trust[i] <= 0:
            continue
        row[1] = (i - now) / settings[_YEAR]
        weight = trust[i] * math.exp(row[1] * settings[_FADE])
        for j in range(2, size):
            row[j] = design[i, j]
        pull, weight = weight * (y[i] - mean[i]), weight * mean[i]
        for j in range(size):
            vector[j] += pull * row[j]
            part = weight * row[j]
            for k in range(j + 1):
                matrix[j, k] += part * row[k]


@njit(cache=True, nogil=True, error_model="numpy")
def _regress(y, design, log_people, trust, now, begin, end, phi, settings, state):  # type: ignore[no-untyped-def]
    """Newton steps of the penalised regression; leaves the factored information in `state`."""
    coefficients, matrix, vector, _row, mean = state
    for _ in range(_MOST_STEPS):
        _means(coefficients, design, log_people, now, begin, end, settings[_YEAR], mean)
        _information(y, design, trust, now, begin, end, settings, state)
        matrix[0, 0] += 1e-6
        for j in range(1, coefficients.size):
            penalty = phi * (settings[_STIFF] if j == 1 else settings[_PENALTY])
            matrix[j, j] += penalty
            vector[j] -= penalty * coefficients[j]
        # Half a case more than were seen (Jeffreys): where none was, the next is not unheard of.
        vector[0] += settings[_MORE] * phi
        _solve(matrix, vector)
        largest = 0.0
        for j in range(coefficients.size):
            step = min(max(vector[j], -2.0), 2.0)
            coefficients[j] += step
            largest = max(largest, abs(step))
        if largest < _CLOSE:
            break


@njit(cache=True, nogil=True, error_model="numpy")
def _dispersion(y, trust, now, begin, end, size, settings, mean):  # type: ignore[no-untyped-def]
    """Pearson dispersion, drawn towards the usual one where there is little to learn from."""
    total, weight, coarse = 0.0, 0.0, 0.0
    for i in range(begin, end):
        if trust[i] > 0:
            part = trust[i] * math.exp((i - now) / settings[_YEAR] * settings[_FADE])
            total += part * (y[i] - mean[i]) ** 2 / mean[i]
            weight += part
            coarse += part / max(mean[i], settings[_COARSE])
    strength = settings[_STRENGTH]
    freedom = max(weight - size, 1.0) + strength
    phi = max((total + strength * settings[_USUAL]) / freedom, 1.0)
    # The variance of the estimate over its square is that of a squared deviation, by kurtosis.
    kurtosis = 2 + (6 * (phi - 1) + 1 / phi) * coarse / max(weight, 1e-9)
    # A dispersion that rests on little is as often too low as too high, and too low hurts more.
    return phi * (1 + settings[_CAUTION] * kurtosis / freedom)


@njit(cache=True, nogil=True, error_model="numpy")
def _distrust(y, trust, begin, end, phi, settings, mean, kinds):  # type: ignore[no-untyped-def]
    """Weight of each past week: the probability that it was not part of an outbreak."""
    share = settings[_SHARE]
    for i in range(begin, end):
        if math.isnan(y[i]):
            continue
        trust[i] = 1.0
        # Below this no size of outbreak is likelier than none.
        if y[i] > mean[i] + 0.5 * math.sqrt(phi * mean[i]):
            odds = share / (1 - share) * math.exp(_evidence(np.nan, 0.0, y[i], mean[i], phi, kinds))
            trust[i] = 1 / (1 + odds)


@njit(cache=True, nogil=True, error_model="numpy")
def _baseline(y, design, log_people, trust, now, fresh, phi, settings, state, kinds):  # type: ignore[no-untyped-def]
    """Fit, dispersion and weights in turn: once from the step before, or until settled."""
    begin, end = max(0, now - int(settings[_HISTORY])), now - int(settings[_GAP])
    size, mean = state[0].size, state[4]
    for _ in range(_MOST_ROUNDS if fresh else 1):
        _regress(y, design, log_people, trust, now, begin, end, phi, settings, state)
        phi = _dispersion(y, trust, now, begin, end, size, settings, mean)
        _distrust(y, trust, begin, end, phi, settings, mean, kinds)
    return phi


@njit(cache=True, nogil=True, error_model="numpy")
def _variance(row, matrix, phi):  # type: ignore[no-untyped-def]
    """Variance of the predictor at `row`, from the factored information."""
    total = 0.0
    for i in range(row.size):
        rest = row[i]
        for k in range(i):
            rest -= matrix[i, k] * row[k]
        row[i] = rest / matrix[i, i]
        total += row[i] * row[i]
    return total * phi


@njit(cache=True, nogil=True, error_model="numpy")
def _allowance(mean, phi, skews):  # type: ignore[no-untyped-def]
    """Evidence that skewed counts reach by chance, by the logarithm of their skewness.

    `skews` has logarithms of skewness, rising, and what each needs.
    """
    skew = math.log((2 * phi - 1) / math.sqrt(phi * mean))
    if skew <= skews[0, 0]:
        return skews[1, 0]
    for k in range(1, skews.shape[1]):
        if skew < skews[0, k]:
            part = (skew - skews[0, k - 1]) / (skews[0, k] - skews[0, k - 1])
            return skews[1, k - 1] + part * (skews[1, k] - skews[1, k - 1])
    return skews[1, -1]


@njit(cache=True, nogil=True, error_model="numpy")
def _detect(counts, design, log_people, start, least, settings, kinds, skews, out):  # type: ignore[no-untyped-def]
    """Judge every step from `start` on of every series (rows of `counts`)."""
    width, length = counts.shape
    size = design.shape[1]
    matrix, mean = np.empty((size, size)), np.empty(length)
    trust, vector, row = np.empty(length), np.empty(size), np.empty(size)
    for series in range(width):
        y, people = counts[series], log_people[series]
        coefficients, phi, fresh, known, cases, exposed = np.zeros(size), 1.0, True, 0, 0.5, 0.0
        for i in range(length):
            trust[i] = 0.0 if math.isnan(y[i]) else 1.0
        state = (coefficients, matrix, vector, row, mean)
        for now in range(int(settings[_GAP]), length):
            past = now - int(settings[_GAP]) - 1
            if past >= 0 and not math.isnan(y[past]):
                known, cases, exposed = known + 1, cases + y[past], exposed + math.exp(people[past])
            if now < start or known < least:
                continue
            if fresh:
                coefficients[0] = math.log(cases / exposed)
            else:
                coefficients[0] += coefficients[1] / settings[_YEAR]
            phi = _baseline(y, design, people, trust, now, fresh, phi, settings, state, kinds)
            fresh = False
            short = settings[_SHORT] * max(0.0, 1 - known / (settings[_LONG] * settings[_YEAR]))
            _write(y, design, people, now, (phi, short), settings, state, kinds, skews, out[now, series])


@njit(cache=True, nogil=True, error_model="numpy")
def _write(y, design, people, now, spread, settings, state, kinds, skews, place):  # type: ignore[no-untyped-def]
    """Predict this step and the one before from the fit, and weigh what was observed."""
    phi, short = spread
    coefficients, matrix, _, row, mean = state
    _means(coefficients, design, people, now, now - 2, now + 1, settings[_YEAR], mean)
    for j in range(row.size):
        row[j] = design[now, j] if j != 1 else 0.0
    error = _variance(row, matrix, phi)
    spreads = (phi + mean[now] * error, phi + (mean[now] + mean[now - 1]) * error)
    place[EXPECTED], place[DISPERSION], place[ERROR] = mean[now], phi, math.sqrt(error)
    place[SPREAD] = spreads[0]
    more = short + _allowance(mean[now], spreads[0], skews)
    bound = settings[_BOUND] + more
    before = y[now - 1]
    # The echo of an outbreak that was seen and has passed is not news.
    if not math.isnan(before) and _weigh(before, y[now - 2], mean[now - 1], mean[now - 2], spreads, kinds) > bound:
        before = np.nan
    place[UPPER] = _limit(before, mean[now], mean[now - 1], spreads, bound, kinds)
    if not math.isnan(y[now]):
        place[EVIDENCE] = _weigh(y[now], before, mean[now], mean[now - 1], spreads, kinds) - more


def detect(
    counts: FloatArray,
    design: FloatArray,
    log_people: FloatArray,
    first: tuple[int, int],
    settings: FloatArray,
    kinds: FloatArray,
    skews: FloatArray,
) -> FloatArray:
    """Judge every step; shape (T, S, 6): evidence, upper, expected, dispersion, error, spread.

    `first` is the step to start at and the fewest known steps to learn from.
    """
    out: FloatArray = np.full((*counts.shape, 6), np.nan)
    by_series = np.ascontiguousarray(counts.T), design, np.ascontiguousarray(log_people.T)
    _detect(*by_series, first[0], first[1], settings, kinds, skews, out)
    return out
