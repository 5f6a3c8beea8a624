"""Joint futures of all units: draws whose days and units move together as past errors did."""

from __future__ import annotations

import numpy as np
from scipy.special import ndtr, ndtri

from salus.epi.arrays import FloatArray
from salus.epi.demand.spread import GRID, Spread

_SHRINK = 0.1


def joint_draws(centre: FloatArray, spreads: list[Spread], count: int, rng: np.random.Generator) -> FloatArray:
    """Draw log levels, shape (H, S, N).

    A normal copula: days are correlated as the errors of the same past origins were, units
    by one common part. Margins are those of the quantiles.
    """
    steps, units = centre.shape
    if count == 0:
        return np.empty((steps, units, 0))
    root = np.linalg.cholesky(_between_days(spreads))
    common = _between_units(spreads)
    shared = rng.standard_normal((steps, 1, count))
    own = rng.standard_normal((steps, units, count))
    mixed = np.sqrt(common) * shared + np.sqrt(1 - common) * own
    normal = np.einsum("hg,gsn->hsn", root, mixed)
    out: FloatArray = np.empty((steps, units, count))
    edge = float(ndtri(GRID[-1]))
    for step, spread in enumerate(spreads):
        inner = np.interp(ndtr(normal[step]), GRID, spread.shape)
        far = np.abs(normal[step]) > edge
        standard = np.where(far, normal[step] * spread.shape[-1] / edge, inner)
        out[step] = centre[step][:, None] + spread.sd[:, None] * standard
    return out


def _between_days(spreads: list[Spread]) -> FloatArray:
    """Correlation of errors at different horizons, drawn to that of a random walk."""
    steps = len(spreads)
    ahead = np.arange(1, steps + 1)
    walk = np.sqrt(np.minimum.outer(ahead, ahead) / np.maximum.outer(ahead, ahead))
    common = min(spread.standardised.shape[0] for spread in spreads)
    if common < steps:
        return walk
    past = np.stack([spread.standardised[:common].ravel() for spread in spreads])
    size = np.sqrt((past**2).mean(axis=1)) + 1e-12
    found = (past / size[:, None]) @ (past / size[:, None]).T / past.shape[1]
    np.fill_diagonal(found, 1.0)
    out: FloatArray = (1 - _SHRINK) * found + _SHRINK * walk
    return out


def _between_units(spreads: list[Spread]) -> float:
    """Mean correlation of two units' errors on the same day, from 0 to .95."""
    past = spreads[-1].standardised
    units = past.shape[1]
    if units < 2 or past.shape[0] < units:
        return 0.0
    size = np.sqrt((past**2).mean(axis=0)) + 1e-12
    total = ((past / size).sum(axis=1) ** 2).mean()
    return float(np.clip((total / units - 1) / (units - 1), 0.0, 0.95))
