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

LANES = 128
"""Replicates side by side; known when compiling, so that loops over them have no preamble."""
_BLOCK = 8
_LOWEST = -16_000
"""Below every path, and still within 16 bits when the path at an end is taken from it."""


@njit(cache=True, nogil=True, error_model="numpy")
def _needs(mean, rounded, span, table, cap, sign, need, floors):  # type: ignore[no-untyped-def]
    """Translate a threshold table into an excess (or deficit) for every end and start.

    `floors` has the least of them by end and block of starts.
    """
    first_end, shortest, longest, earliest = span
    for end in range(first_end, mean.size):
        floors[end, :] = cap
        for start in range(max(earliest, end - longest), end - shortest + 1):
            count = table[entry(max(mean[end] - mean[start], 0.0))]
            value = min(sign * (count - rounded[end] + rounded[start]), cap) if count >= 0 else cap
            need[end, start] = value
            floors[end, start // _BLOCK] = min(floors[end, start // _BLOCK], value)


@njit(cache=True, nogil=True, error_model="numpy")
def _crests(path, crests):  # type: ignore[no-untyped-def]
    """Find each lane's highest start in each block of starts."""
    cast = path.dtype.type
    for b in range(crests.shape[0]):
        for r in range(LANES):
            crests[b, r] = path[b * _BLOCK, r]
        for start in range(b * _BLOCK + 1, min((b + 1) * _BLOCK, path.shape[0])):
            for r in range(LANES):
                crests[b, r] = max(crests[b, r], cast(path[start, r]))


@njit(cache=True, nogil=True, error_model="numpy")
def _lead(rows, k, path, end):  # type: ignore[no-untyped-def]
    """Return by how much a row of lanes leads the paths at an end, at most."""
    cast = path.dtype.type
    best = cast(2 * _LOWEST)
    for r in range(LANES):
        best = max(best, cast(rows[k, r] - path[end, r]))
    return best


@njit(cache=True, nogil=True, error_model="numpy")
def _lift(path, need, end, start, stop, reach):  # type: ignore[no-untyped-def]
    """Raise each lane's reach by the starts of a stretch.

    Four starts at a time, so that the running maximum is loaded and stored a fourth as often.
    """
    cast = path.dtype.type
    while start + 4 <= stop:
        a, b, c, d = need[end, start], need[end, start + 1], need[end, start + 2], need[end, start + 3]
        for r in range(LANES):
            v = max(cast(path[start, r] - a), cast(path[start + 1, r] - b))
            w = max(cast(path[start + 2, r] - c), cast(path[start + 3, r] - d))
            reach[0, r] = max(reach[0, r], v, w)
        start += 4
    for last in range(start, stop):
        a = need[end, last]
        for r in range(LANES):
            reach[0, r] = max(reach[0, r], cast(path[last, r] - a))


@njit(cache=True, nogil=True, error_model="numpy")
def _hit(path, crests, need, floors, window, reach):  # type: ignore[no-untyped-def]
    """Say whether any lane reaches the need of any window that ends here.

    Blocks of early starts are skipped when even their highest starts would not do for the
    least of their needs.
    """
    end, begin, stop = window
    near = min(max(begin, (end // _BLOCK - 1) * _BLOCK), stop)
    for r in range(LANES):
        reach[0, r] = _LOWEST
    for b in range(begin // _BLOCK, (near + _BLOCK - 1) // _BLOCK):
        if _lead(crests, b, path, end) >= floors[end, b]:
            _lift(path, need, end, max(begin, b * _BLOCK), min((b + 1) * _BLOCK, near), reach)
    _lift(path, need, end, near, stop, reach)
    return _lead(reach, 0, path, end) >= 0


@njit(cache=True, nogil=True, error_model="numpy")
def _judge(path, need, reach, place, window, facts, sign, best):  # type: ignore[no-untyped-def]
    """Judge exactly the windows of the lanes that reached their need."""
    end, begin, stop = window
    cases, share, weight = facts
    mean, rounded = place
    for r in range(best.size):
        foot = np.int64(path[end, r])
        if reach[0, r] < foot:
            continue
        for start in range(begin, stop):
            gap = path[start, r] - foot
            if gap < need[end, start]:
                continue
            count = float(sign * gap + rounded[end] - rounded[start])
            expected = mean[end] - mean[start]
            if (count - expected) * sign <= 0 or bound(count, expected, cases, share) * weight <= best[r]:
                continue
            best[r] = max(best[r], weight * ratio(count, expected, cases, share))


@njit(cache=True, nogil=True, error_model="numpy")
def _pass(path, needs, place, span, facts, sign, room, best):  # type: ignore[no-untyped-def]
    """Pass all durations of one set of zones over the lanes of one group."""
    first_end, shortest, longest, earliest = span
    need, floors = needs
    reach, crests = room
    _crests(path, crests)
    for end in range(first_end, path.shape[0]):
        begin, stop = max(earliest, end - longest), end - shortest + 1
        window = (end, begin, stop)
        if stop > begin and _hit(path, crests, need, floors, window, reach):
            _judge(path, need, reach, place, window, facts, sign, best)


@njit(cache=True, nogil=True, error_model="numpy")
def _rooms(width, lanes, like):  # type: ignore[no-untyped-def]
    """Allocate what a sweep writes over and over."""
    kind, blocks = like.dtype, (width - 1) // _BLOCK + 1
    needs = np.zeros((width, width), dtype=kind), np.zeros((width, blocks), dtype=kind)
    room = np.zeros((1, lanes), dtype=kind), np.zeros((blocks, lanes), dtype=kind)
    return needs, room, np.zeros((width, lanes), dtype=kind)


@njit(cache=True, nogil=True, error_model="numpy")
def sweep(paths, steps, means, rounded, span, tables, weights, facts, best):  # type: ignore[no-untyped-def]
    """Raise `best` (groups, lanes) to each replicate's largest statistic at the level or above."""
    zones, sources, targets, fresh, kinds = steps
    cases, share, cap, signs = facts
    groups, width, lanes = paths.shape[0], paths.shape[2], paths.shape[3]
    slots = targets.max() + 1
    sums = np.zeros((slots, groups, width, lanes), dtype=paths.dtype)
    mean, whole = np.zeros((slots, width)), np.zeros((slots, width), dtype=np.int64)
    needs, room, turned = _rooms(width, lanes, paths)
    for i in range(zones.size):
        s, t, kind = sources[i], targets[i], kinds[i]
        _extend(sums, paths, mean, means, whole, rounded, zones[i], s, t)
        if not fresh[i]:
            continue
        about = (cases, share, weights[kind])
        for sign in signs:
            _needs(mean[t], whole[t], span, tables[0 if sign > 0 else 1][kind], cap, sign, needs[0], needs[1])
            for g in range(groups):
                path = sums[t, g]
                if sign < 0:
                    _turn(path, turned)
                    path = turned
                _pass(path, needs, (mean[t], whole[t]), span, about, sign, room, best[g])


@njit(cache=True, nogil=True, error_model="numpy")
def _turn(path, turned):  # type: ignore[no-untyped-def]
    """Turn the sign, so that a deficit is sought as an excess is."""
    for t in range(path.shape[0]):
        for r in range(LANES):
            turned[t, r] = -path[t, r]


@njit(cache=True, nogil=True, error_model="numpy")
def _extend(sums, paths, mean, means, whole, rounded, z, s, t):  # type: ignore[no-untyped-def]
    """Add a zone to the set in slot `s` and keep the result in slot `t`.

    Adding in place is apart from copying: compilers vectorise only what cannot overlap.
    """
    if s != t:
        for k in range(means.shape[1]):
            mean[t, k], whole[t, k] = mean[s, k], whole[s, k]
            for g in range(paths.shape[0]):
                for r in range(LANES):
                    sums[t, g, k, r] = sums[s, g, k, r]
    for k in range(means.shape[1]):
        mean[t, k] += means[z, k]
        whole[t, k] += rounded[z, k]
    for g in range(paths.shape[0]):
        for k in range(paths.shape[2]):
            for r in range(LANES):
                sums[t, g, k, r] += paths[g, z, k, r]


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
