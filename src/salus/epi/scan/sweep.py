"""Pass every window over every replicate, and keep each replicate's largest statistic.

Replicates lie side by side in lanes, so that one vector instruction compares one window of
many replicates with the count it would need. A replicate is a set of paths: for each zone
the running sum of expected minus observed counts, in small whole numbers. Windows come as
steps: take the paths of a parent set, add one zone, keep the sum in a slot.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from salus.epi.scan.statistic import bound, entry, ratio


@njit(cache=True, nogil=True, error_model="numpy")
def _needs(mean, rounded, span, table, cap, sign, need):  # type: ignore[no-untyped-def]
    """Translate a threshold table into an excess (or deficit) for every end and start."""
    first_end, shortest, longest, earliest = span
    for end in range(first_end, mean.size):
        for start in range(max(earliest, end - longest), end - shortest + 1):
            count = table[entry(max(mean[end] - mean[start], 0.0))]
            need[end, start] = min(sign * (count - rounded[end] + rounded[start]), cap) if count >= 0 else cap


@njit(cache=True, nogil=True, error_model="numpy")
def _hit(path, need, end, begin, stop, reach):  # type: ignore[no-untyped-def]
    """Say whether any lane reaches the need of any window that ends here.

    Four starts at a time, so that the running maximum is loaded and stored a fourth as often.
    """
    lanes, cast = reach.size, path.dtype.type
    for r in range(lanes):
        reach[r] = path[begin, r] - need[begin]
    start = begin + 1
    while start + 4 <= stop:
        a, b, c, d = need[start], need[start + 1], need[start + 2], need[start + 3]
        for r in range(lanes):
            v = max(cast(path[start, r] - a), cast(path[start + 1, r] - b))
            w = max(cast(path[start + 2, r] - c), cast(path[start + 3, r] - d))
            reach[r] = max(reach[r], v, w)
        start += 4
    for last in range(start, stop):
        for r in range(lanes):
            reach[r] = max(reach[r], cast(path[last, r] - need[last]))
    best = cast(reach[0] - path[end, 0])
    for r in range(1, lanes):
        best = max(best, cast(reach[r] - path[end, r]))
    return best >= 0


@njit(cache=True, nogil=True, error_model="numpy")
def _judge(path, need, reach, mean, rounded, window, facts, sign, best):  # type: ignore[no-untyped-def]
    """Judge exactly the windows of the lanes that reached their need."""
    end, begin, stop = window
    cases, share, weight = facts
    for r in range(best.size):
        foot = np.int64(path[end, r])
        if reach[r] < foot:
            continue
        for start in range(begin, stop):
            gap = path[start, r] - foot
            if gap < need[start]:
                continue
            count = float(sign * gap + rounded[end] - rounded[start])
            expected = mean[end] - mean[start]
            if (count - expected) * sign <= 0 or bound(count, expected, cases, share) * weight <= best[r]:
                continue
            best[r] = max(best[r], weight * ratio(count, expected, cases, share))


@njit(cache=True, nogil=True, error_model="numpy")
def _pass(path, need, mean, rounded, span, facts, sign, reach, best):  # type: ignore[no-untyped-def]
    """Pass all durations of one set of zones over the lanes of one group."""
    first_end, shortest, longest, earliest = span
    for end in range(first_end, mean.size):
        begin, stop = max(earliest, end - longest), end - shortest + 1
        if stop > begin and _hit(path, need[end], end, begin, stop, reach):
            window = (end, begin, stop)
            _judge(path, need[end], reach, mean, rounded, window, facts, sign, best)


@njit(cache=True, nogil=True, error_model="numpy")
def sweep(paths, steps, means, rounded, span, tables, weights, facts, best):  # type: ignore[no-untyped-def]
    """Raise `best` (groups, lanes) to each replicate's largest statistic at the level or above."""
    zones, sources, targets, fresh, kinds = steps
    cases, share, cap, signs = facts
    groups, width, lanes = paths.shape[0], paths.shape[2], paths.shape[3]
    slots = targets.max() + 1
    sums = np.zeros((slots, groups, width, lanes), dtype=paths.dtype)
    turned = np.zeros((width, lanes), dtype=paths.dtype)
    mean, whole = np.zeros((slots, width)), np.zeros((slots, width), dtype=np.int64)
    need = np.zeros((width, width), dtype=paths.dtype)
    reach = np.zeros(lanes, dtype=paths.dtype)
    for i in range(zones.size):
        s, t, kind = sources[i], targets[i], kinds[i]
        _extend(sums, paths, mean, means, whole, rounded, zones[i], s, t)
        if not fresh[i]:
            continue
        about = (cases, share, weights[kind])
        for sign in signs:
            _needs(mean[t], whole[t], span, tables[0 if sign > 0 else 1][kind], cap, sign, need)
            for g in range(groups):
                path = sums[t, g]
                if sign < 0:
                    _turn(path, turned)
                    path = turned
                _pass(path, need, mean[t], whole[t], span, about, sign, reach, best[g])


@njit(cache=True, nogil=True, error_model="numpy")
def _turn(path, turned):  # type: ignore[no-untyped-def]
    """Turn the sign, so that a deficit is sought as an excess is."""
    for t in range(path.shape[0]):
        for r in range(path.shape[1]):
            turned[t, r] = -path[t, r]


@njit(cache=True, nogil=True, error_model="numpy")
def _extend(sums, paths, mean, means, whole, rounded, z, s, t):  # type: ignore[no-untyped-def]
    """Add a zone to the set in slot `s` and keep the result in slot `t`."""
    for k in range(means.shape[1]):
        mean[t, k] = mean[s, k] + means[z, k]
        whole[t, k] = whole[s, k] + rounded[z, k]
    for g in range(paths.shape[0]):
        for k in range(paths.shape[2]):
            for r in range(paths.shape[3]):
                sums[t, g, k, r] = sums[s, g, k, r] + paths[g, z, k, r]


@njit(cache=True, nogil=True, error_model="numpy")
def observe(counts, steps, centres, means, span, weights, facts, best, found):  # type: ignore[no-untyped-def]
    """Find the largest statistic of the observed counts about each centre for each end.

    `counts` and `means` are running sums (zones, T + 1). Writes the statistic by centre and
    end into `best` and (step, start) into `found`.
    """
    zones, sources, targets, keep, kinds = steps
    cases, share, fewest, high, low = facts
    first_end, shortest, longest, earliest = span
    slots, width = targets.max() + 1, counts.shape[1]
    count, mean = np.zeros((slots, width)), np.zeros((slots, width))
    for i in range(zones.size):
        z, s, t, c = zones[i], sources[i], targets[i], centres[i]
        for k in range(width):
            count[t, k] = count[s, k] + counts[z, k]
            mean[t, k] = mean[s, k] + means[z, k]
        if not keep[i]:
            continue
        weight = weights[kinds[i]]
        for end in range(first_end, width):
            for start in range(max(earliest, end - longest), end - shortest + 1):
                inside, expected = count[t, end] - count[t, start], mean[t, end] - mean[t, start]
                rise = inside > expected
                if not (high and inside >= fewest if rise else low) or expected <= 0:
                    continue
                if weight * bound(inside, expected, cases, share) <= best[c, end]:
                    continue
                value = weight * ratio(inside, expected, cases, share)
                if value > best[c, end]:
                    best[c, end] = value
                    found[c, end, 0], found[c, end, 1] = i, start
