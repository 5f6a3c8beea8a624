"""The hub's baseline: as now, give or take the changes that each place has lived through."""

from __future__ import annotations

import numpy as np

from salus.epi.arrays import FloatArray

_DRAWS = 2_000
_SEED = 20_230_930


def persistence(table: FloatArray, horizon: int, levels: FloatArray) -> FloatArray:
    """Quantiles (H, S, Q) of the last value plus summed past changes, both signs alike.

    Parameters
    ----------
    table : FloatArray, shape (T, S)
        Two known values a place at least; NaN is missing.
    horizon : int
        Steps ahead.
    levels : FloatArray, shape (Q,)
        Quantile levels in (0, 1), rising.

    References
    ----------
    Cramer EY et al. Evaluation of individual and ensemble probabilistic forecasts of COVID-19
    mortality in the United States. PNAS 2022;119:e2113561119, supplement 1.1.
    https://doi.org/10.1073/pnas.2113561119

    """
    rng = np.random.default_rng(_SEED)
    even = (np.arange(_DRAWS) + 0.5) / _DRAWS
    draws = np.stack([rng.permutation(even) for _ in range(horizon)])
    out = np.empty((horizon, table.shape[1], levels.size))
    for place in range(table.shape[1]):
        known = table[~np.isnan(table[:, place]), place]
        step = np.diff(known)
        walk = np.cumsum(np.quantile(np.concatenate([step, -step]), draws), axis=0)
        walk -= np.median(walk, axis=1, keepdims=True)
        out[:, place] = np.quantile(known[-1] + walk, levels, axis=1).T
    return np.maximum(out, 0.0)
