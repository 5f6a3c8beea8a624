"""How much the level of a series moves by itself, judged by likelihood."""

from __future__ import annotations

import numpy as np

from salus.epi.arrays import BoolArray, FloatArray

# Mild evidence is enough (16 % of steady series pass it, by Self and Liang 1987): a level that
# is wrongly held still makes intervals too narrow, which is the worse error.
_CRITICAL = 1.0
_GRID = np.concatenate([[0.0], np.geomspace(1e-4, 10.0, 41)])


def wandering(values: FloatArray, seen: BoolArray, design: FloatArray, least: float) -> float:
    """Return the standard deviation of the level's steps: `least`, unless the series refutes it.

    Parameters
    ----------
    values : FloatArray, shape (T,)
        The series in units of its own spread.
    seen : BoolArray, shape (T,)
        Where it is known.
    design : FloatArray, shape (T, P)
        Regressors, fewer than half the known steps.
    least : float
        Value that stands unless twice the log likelihood is better by more than 1 elsewhere.

    Notes
    -----
    For each ratio of drift to noise variance the Kalman filter whitens the series and the
    regressors alike; least squares then gives the likelihood with all else profiled out.

    References
    ----------
    Harvey AC. Forecasting, structural time series models and the Kalman filter. Cambridge
    University Press 1989, section 3.4. https://doi.org/10.1017/CBO9781107049994
    Self SG, Liang KY. J Am Stat Assoc 1987;82:605-10. https://doi.org/10.1080/01621459.1987.10478472

    """
    table = np.column_stack([values, design])
    errors, logdet = _whiten(table, seen, _GRID)
    size = errors.shape[1]
    noise = np.array([_left(each) / size for each in errors])
    likelihood = -0.5 * (size * np.log(noise) + logdet)
    drift = np.sqrt(_GRID * noise)
    best = int(np.argmax(likelihood))
    plain = int(np.argmin(np.abs(drift - least)))
    refuted = 2 * (likelihood[best] - likelihood[plain]) > _CRITICAL and drift[best] > least
    return float(drift[best]) if refuted else least


def _whiten(table: FloatArray, seen: BoolArray, ratios: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Scaled one-step errors of every column, shape (ratios, steps, columns), and log determinants."""
    first = int(np.flatnonzero(seen)[0])
    level = np.repeat(table[first][None, :], ratios.size, axis=0)
    spread = 1.0 + ratios
    errors, logdet = [], np.zeros(ratios.size)
    for step in range(first + 1, table.shape[0]):
        if seen[step]:
            total = spread + 1.0
            error = table[step] - level
            errors.append(error / np.sqrt(total)[:, None])
            logdet += np.log(total)
            gain = spread / total
            level = level + gain[:, None] * error
            spread = spread * (1 - gain)
        spread = spread + ratios
    return np.stack(errors, axis=1), logdet


def _left(errors: FloatArray) -> float:
    """Sum of squares of the first column that the others do not explain."""
    if errors.shape[1] == 1:
        return float((errors**2).sum())
    coefficients = np.linalg.lstsq(errors[:, 1:], errors[:, 0], rcond=None)[0]
    return float(((errors[:, 0] - errors[:, 1:] @ coefficients) ** 2).sum()) + 1e-300
