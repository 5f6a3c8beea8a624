"""Damped growth of occupancy: the members whose average is the centre of a forecast."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from salus.epi.arrays import FloatArray

OFFSET = 10.0
WEEK = 7
FIRST = 3 * WEEK
_DAMPING = (0.90, 0.93, 0.96)
_BEND = (0.0, 1.0, 2.0)
_SHARING = (0.25, 0.5, 0.75, 1.0)
_OWN_SIZE = 40.0
_FASTEST = 0.12
_SHARPNESS = 4.0


@dataclass(frozen=True, slots=True)
class Growth:
    """What every day's data said about growth, for each combination of sharing and bend.

    Attributes
    ----------
    level : FloatArray, shape (T, S)
        Logarithm of occupancy plus `OFFSET`.
    rate : FloatArray, shape (G, T, S)
        Growth per day as each member sees it; 0 in the first week.

    """

    level: FloatArray
    rate: FloatArray

    def change(self, horizon: int) -> FloatArray:
        """Change of the level `horizon` days ahead of every day, shape (M, T, S)."""
        sums = [phi * (1 - phi**horizon) / (1 - phi) for phi in _DAMPING]
        return np.concatenate([self.rate * total for total in sums])


def measure_growth(occupancy: FloatArray) -> Growth:
    """Growth over the last week by series and over all, and its own change from the week before."""
    level = np.log(occupancy + OFFSET)
    everyone = np.log(occupancy.sum(axis=1) + OFFSET)[:, None]
    shared = _weekly(everyone) / WEEK
    # A week's growth describes a moment three and a half days ago and, in a wave, the past:
    # its change since the week before says where it is heading.
    bend = _weekly(shared)
    bend[: 2 * WEEK] = 0.0
    trust = occupancy / (occupancy + _OWN_SIZE)
    own = shared + (_weekly(level) / WEEK - shared) * trust
    members = [(1 - share) * own + share * shared + extra * bend for share in _SHARING for extra in _BEND]
    return Growth(level, np.clip(np.stack(members), -_FASTEST, _FASTEST))


def _weekly(values: FloatArray) -> FloatArray:
    out = np.zeros_like(values)
    out[WEEK:] = values[WEEK:] - values[:-WEEK]
    return out


def member_weights(error: FloatArray, size: FloatArray) -> FloatArray:
    """Weights (M,) that fall with a power of each member's past error, larger units counting more.

    Parameters
    ----------
    error : FloatArray, shape (M, O, S)
        Past errors of the log level.
    size : FloatArray, shape (O, S)
        Weight of each past error: recency times the root of the number of patients.

    """
    members = error.shape[0]
    if error.shape[1] == 0:
        return np.full(members, 1.0 / members)
    loss = np.abs(error).reshape(members, -1) @ size.ravel() + 1e-12
    weight = (loss / loss.min()) ** -_SHARPNESS
    out: FloatArray = weight / weight.sum()
    return out
