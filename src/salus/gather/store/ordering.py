"""The order of the key, found with little memory: the frame itself is never copied whole."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl

from salus.gather.store.columns import KEY

Order = npt.NDArray[np.unsignedinteger] | None
_BITS = 64


def key_order(frame: pl.DataFrame) -> Order:
    """Return the row numbers in the order of the key, ties as they came; None where it is so already."""
    packed = _packed(frame)
    if packed is None:
        return _by_columns(frame)
    if len(packed) < 2 or bool((packed[1:] >= packed[:-1]).all()):
        return None
    return np.argsort(packed, kind="stable").astype(np.uint32)


def _packed(frame: pl.DataFrame) -> npt.NDArray[np.uint64] | None:
    """Return one number a row that sorts as the key does, or None where it does not fit."""
    packed = np.zeros(len(frame), dtype=np.uint64)
    used = 0
    for name in KEY:
        offsets, span = _offsets(frame[name])
        bits = span.bit_length()
        used += bits
        if used > _BITS:
            return None
        if bits:
            packed <<= np.uint64(bits)
            packed |= offsets.view(np.uint64)
    return packed


def _offsets(column: pl.Series) -> tuple[npt.NDArray[np.int64], int]:
    """Return the distance of each value from the least one, in the largest step that divides all."""
    values = column.to_numpy()
    if not len(values):
        return values.astype(np.int64), 0
    least, most = int(values.min()), int(values.max())
    if least == most:
        return np.zeros(0, dtype=np.int64), 0
    offsets = values.astype(np.int64)
    offsets -= least
    step = _common_step(offsets)
    if step > 1:
        offsets //= step
    return offsets, (most - least) // step


def _common_step(offsets: npt.NDArray[np.int64]) -> int:
    """Return the largest of a few usual steps (day, hour, second) that divides all offsets."""
    probe = int(np.gcd.reduce(offsets[:: max(len(offsets) // 1000, 1)])) or 1
    for step in (probe, 86_400_000_000, 3_600_000_000, 1_000_000, 86_400, 3_600, 1_000):
        if step > 1 and probe % step == 0 and not (offsets % step).any():
            return step
    return 1


def _by_columns(frame: pl.DataFrame) -> Order:
    order = frame.select(pl.arg_sort_by(KEY, maintain_order=True)).to_series()
    return order.to_numpy().astype(np.uint32)
