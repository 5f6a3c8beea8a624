"""Run stock down day by day in many futures at once."""

from __future__ import annotations

import numpy as np

from salus.epi.arrays import FloatArray

_BLOCK = 1 << 15
_ROUNDING = 1e-12
_DECIMALS = 9


def run_down(stock: FloatArray, demand: FloatArray, deliveries: FloatArray | None) -> FloatArray:
    """Time until nothing is left, shape (..., N), infinite beyond the horizon.

    Parameters
    ----------
    stock : FloatArray, shape (...)
        Units at the start.
    demand : FloatArray, shape (H, ..., N)
        Units a day.
    deliveries : FloatArray, shape (H, ..., N) or (H, ..., 1), optional
        Units that arrive before each day's use.

    """
    steps, shape = demand.shape[0], demand.shape[1:]
    need = demand.reshape(steps, -1)
    come = None if deliveries is None else np.broadcast_to(deliveries, demand.shape).reshape(steps, -1)
    left = np.broadcast_to(stock[..., None], shape).reshape(-1)
    out = np.full(need.shape[1], np.inf)
    # Blocks that fit the processor's cache: each is then read once from memory.
    for first in range(0, need.shape[1], _BLOCK):
        part = slice(first, first + _BLOCK)
        _block(left[part].copy(), need[:, part], None if come is None else come[:, part], out[part])
    return np.round(out, _DECIMALS).reshape(shape)


def _block(left: FloatArray, need: FloatArray, come: FloatArray | None, out: FloatArray) -> None:
    """Fill `out` with the times of one block of futures; uses `left` up."""
    open_ = np.ones(left.size, dtype=bool)
    # Thirty tenths are three: rounding must not bring the end a day forward.
    nothing = -_ROUNDING * left
    for day in range(need.shape[0]):
        if come is not None:
            left += come[day]
        left -= need[day]
        short = left < nothing
        if short.any():
            short &= open_
            over = left[short] / need[day][short]
            out[short] = day + 1 + over
            open_ &= ~short
            if not open_.any():
                return
    # Exactly used up on the last day: nothing is left at its end.
    spent = open_ & (left <= -nothing)
    out[spent] = need.shape[0]
