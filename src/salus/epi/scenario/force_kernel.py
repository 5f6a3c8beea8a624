"""Compiled core of the force of infection: past infections, who meets whom, hazards.

Strata and runs are one axis of width A R, so that sums over zones run over neighbours in memory.
"""

from __future__ import annotations

from numba import njit

from salus.epi.scenario.draws import INNER


@njit(**INNER, fastmath={"contract"})
def _mix_pair(begin, length, column, value, x, one, two):  # type: ignore[no-untyped-def]
    """Multiply two rows that have the same columns, four terms at a time."""
    for m in range(one.size):
        one[m], two[m] = 0.0, 0.0
    for k in range(begin, begin + length - 3, 4):
        a, b, c, d = x[column[k]], x[column[k + 1]], x[column[k + 2]], x[column[k + 3]]
        p, q, r, s = value[k], value[k + 1], value[k + 2], value[k + 3]
        e = k + length
        t, u, v, w = value[e], value[e + 1], value[e + 2], value[e + 3]
        for m in range(one.size):
            one[m] += p * a[m] + q * b[m] + r * c[m] + s * d[m]
            two[m] += t * a[m] + u * b[m] + v * c[m] + w * d[m]
    for k in range(begin + length // 4 * 4, begin + length):
        a, p, q = x[column[k]], value[k], value[k + length]
        for m in range(one.size):
            one[m] += p * a[m]
            two[m] += q * a[m]


@njit(**INNER, fastmath={"contract"})
def _mix_row(begin, end, column, value, x, row):  # type: ignore[no-untyped-def]
    """Multiply one row."""
    for m in range(row.size):
        row[m] = 0.0
    for k in range(begin, end):
        a, p = x[column[k]], value[k]
        for m in range(row.size):
            row[m] += p * a[m]


@njit(**INNER)
def _mix(first, column, value, x, out):  # type: ignore[no-untyped-def]
    """Multiply sparse rows with a dense matrix; neighbours alike go in pairs, which is faster."""
    i, zones = 0, out.shape[0]
    while i < zones:
        begin, end = first[i], first[i + 1]
        length = end - begin
        alike = i + 1 < zones and first[i + 2] - end == length and length > 3
        if alike:
            for k in range(begin, end):
                if column[k] != column[k + length]:
                    alike = False
                    break
        if alike:
            _mix_pair(begin, length, column, value, x, out[i], out[i + 1])
            i += 2
        else:
            _mix_row(begin, end, column, value, x, out[i])
            i += 1


@njit(**INNER, fastmath={"contract"})
def _sum_four(a, b, c, d, p, q, r, s, out, fresh):  # type: ignore[no-untyped-def]
    """Add four rows by their weights to `out`, or begin it with them."""
    if fresh:
        for m in range(out.size):
            out[m] = p * a[m] + q * b[m] + r * c[m] + s * d[m]
    else:
        for m in range(out.size):
            out[m] += p * a[m] + q * b[m] + r * c[m] + s * d[m]


@njit(**INNER)
def _weights(weight, caught, found, since, like):  # type: ignore[no-untyped-def]
    """Infectiousness of four days ago and the three before, where a share of the infected is found."""
    cast, n = like.dtype.type, weight.size
    p, q, r, s = cast(weight[since] - found * caught[since]), cast(0.0), cast(0.0), cast(0.0)
    if since + 1 < n:
        q = cast(weight[since + 1] - found * caught[since + 1])
    if since + 2 < n:
        r = cast(weight[since + 2] - found * caught[since + 2])
    if since + 3 < n:
        s = cast(weight[since + 3] - found * caught[since + 3])
    return p, q, r, s


@njit(**INNER)
def _infectiousness(past, weight, caught, isolation, day, out):  # type: ignore[no-untyped-def]
    """Sum past infections, (D, Z, A R), by their infectiousness today; return whether there is any."""
    length, strata = past.shape[0], isolation.shape[1]
    runs = past.shape[2] // strata
    # Day by day through memory as it lies: a zone's days lie far apart.
    for since in range(0, length, 4):
        w, x = past[(day - since - 1) % length], past[(day - since - 2) % length]
        y, z = past[(day - since - 3) % length], past[(day - since - 4) % length]
        p, q, r, s = _weights(weight, caught, 0.0, since, out)
        for i in range(out.shape[0]):
            if isolation[i].any():
                for a in range(strata):
                    e, f, g, h = _weights(weight, caught, isolation[i, a], since, out)
                    m, n = a * runs, (a + 1) * runs
                    _sum_four(w[i, m:n], x[i, m:n], y[i, m:n], z[i, m:n], e, f, g, h, out[i, m:n], since == 0)
            else:
                _sum_four(w[i], x[i], y[i], z[i], p, q, r, s, out[i], since == 0)
    for i in range(out.shape[0]):
        for m in range(out.shape[1]):
            if out[i, m] > 0.0:
                return True
    return False


@njit(**INNER)
def _free(contact):  # type: ignore[no-untyped-def]
    """Whether no measure binds anybody in a setting."""
    for i in range(contact.shape[0]):
        for a in range(contact.shape[1]):
            if contact[i, a] != 1.0:
                return False
    return True


@njit(**INNER)
def _scale(push, contact, out):  # type: ignore[no-untyped-def]
    runs = push.shape[1] // contact.shape[1]
    for i in range(push.shape[0]):
        for a in range(contact.shape[1]):
            part = out.dtype.type(contact[i, a])
            for m in range(a * runs, (a + 1) * runs):
                out[i, m] = push[i, m] * part


@njit(**INNER)
def _hold(push, held):  # type: ignore[no-untyped-def]
    """Multiply by what is held, (A, R) or (1, R) for all strata."""
    runs = held.shape[1]
    for i in range(push.shape[0]):
        for a in range(push.shape[1] // runs):
            row, part = push[i, a * runs : (a + 1) * runs], held[min(a, held.shape[0] - 1)]
            for r in range(runs):
                row[r] *= part[r]


@njit(**INNER)
def _meet(other, link, runs, out):  # type: ignore[no-untyped-def]
    """Sum what strata are met, (A R), by how much one stratum meets of each, four at a time."""
    cast, last = out.dtype.type, link.size - 1
    for b in range(0, link.size, 4):
        c, d, e = min(b + 1, last), min(b + 2, last), min(b + 3, last)
        # Beyond the last it is met again, by nobody.
        q, r, s = link[c] if c > b else 0.0, link[d] if d > b + 1 else 0.0, link[e] if e > b + 2 else 0.0
        _sum_four(
            other[b * runs : (b + 1) * runs],
            other[c * runs : (c + 1) * runs],
            other[d * runs : (d + 1) * runs],
            other[e * runs : (e + 1) * runs],
            cast(link[b]), cast(q), cast(r), cast(s), out, b == 0,
        )  # fmt: skip


@njit(**INNER, fastmath={"contract"})
def _receive(hazard, met, link, contact, held, beta, row):  # type: ignore[no-untyped-def]
    """Add what one setting does to the hazard on each zone and stratum."""
    runs = row.size
    for i in range(contact.shape[0]):
        for a in range(contact.shape[1]):
            _meet(met[i], link[a], runs, row)
            to, part = hazard[i, a * runs : (a + 1) * runs], hazard.dtype.type(beta * contact[i, a])
            if held.shape[0] > 0:
                own = held[a]
                for r in range(runs):
                    to[r] += part * own[r] * row[r]
            else:
                for r in range(runs):
                    to[r] += part * row[r]


@njit(**INNER)
def force(spread, mixing, contact, isolation, factor, held, past, day, hazard, work):  # type: ignore[no-untyped-def]
    """Hazard of infection on a naive person today, (V, Z, A R)."""
    cautious = held.shape[1] > 0
    for v in range(hazard.shape[0]):
        hazard[v] = spread.imported[v]
        if not _infectiousness(past[v], spread.weight[v], spread.caught[v], isolation, day, work[0]):
            continue
        _hold(work[0], factor)
        for s in range(contact.shape[0]):
            sent = 1 if cautious or not _free(contact[s]) else 0
            if sent == 1:
                _scale(work[0], contact[s], work[1])
            if cautious:
                _hold(work[1], held[s])
            _mix(mixing.first[s], mixing.column, mixing.value, work[sent], work[2])
            _receive(
                hazard[v], work[2], spread.link[s], contact[s], held[s], spread.beta[v], work[1, 0, : factor.shape[1]]
            )
