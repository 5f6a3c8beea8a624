"""How much wider a forecast must be when the level moves fast and the last forecasts missed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from salus.epi.arrays import FloatArray

_LEAST_SPEED = 0.02
_POWERS = np.linspace(0.0, 1.2, 25)
# What all places do together is a movement; what one does alone is mostly chance.
_SHARED = 0.75
_EPISODE = 14.0
_USUAL = 0.65
# So much faster than usual (on the log scale) is as far as a power reaches that was not seen at work.
_FARTHEST = 1.0


@dataclass(frozen=True, slots=True)
class Pace:
    """How much wider errors are after fast movement and after misses.

    Attributes
    ----------
    then : FloatArray, shape (O, S)
        Factor of the spread at each past origin.
    now : FloatArray, shape (S,)
        Factor at present.
    power : float
        0 where speed does not matter, 1 where the spread grows in proportion to it.

    """

    then: FloatArray
    now: FloatArray
    power: float


def learn_pace(error: FloatArray, recency: FloatArray, moved: FloatArray, period: int) -> Pace:
    r"""Learn by how much past errors were larger when the level was moving or forecasts had just missed.

    Parameters
    ----------
    error : FloatArray, shape (O, H, S)
        NaN where unknown.
    recency : FloatArray, shape (O,)
        Weight of each past forecast.
    moved : FloatArray, shape (O + 1, S)
        Movement of the level within the last week, at each origin and now.
    period : int
        Steps in a week.

    Notes
    -----
    :math:`\sigma_t \propto (v_t^2 + \bar v^2)^{\gamma / 2} (u_t^2 + \bar u^2)^{\delta / 2}` with the
    speed :math:`v_t` (the last week's movement and the error of the forecast made for it) and the
    surprise :math:`u_t` (root mean square of the newest errors of everyone over the spread
    expected of them). The powers are the likeliest. Present speed and surprise beyond what is
    typical count with the median of the power's posterior where that is larger: fast episodes
    are few, so that the power is little known, and an underestimate costs most just then.

    References
    ----------
    Bollerslev T. Generalized autoregressive conditional heteroskedasticity. J Econom
    1986;31:307-27. https://doi.org/10.1016/0304-4076(86)90063-1
    Gibbs I, Candes E. Adaptive conformal inference under distribution shift. NeurIPS 2021.
    https://arxiv.org/abs/2106.00170

    """
    week = min(period, error.shape[1])
    missed = _newest(error, moved.shape, week)
    speed = np.sqrt(_together(moved) + _together(missed))
    first = _scaled(error, recency, speed)
    left = error / first.then[:, None]
    known = ~np.isnan(left)
    mean_square = np.where(known, left**2, 0.0).sum(axis=(0, 2)) / np.maximum(known.sum(axis=(0, 2)), 1)
    left /= np.sqrt(np.maximum(mean_square, 1e-12))[:, None]
    newest = [_newest(left, moved.shape, ahead, unknown=1.0) ** 2 for ahead in range(1, week + 1)]
    surprise = np.sqrt(np.broadcast_to(np.mean(newest, axis=(0, 2))[:, None], moved.shape))
    second = _scaled(left, recency, surprise)
    return Pace(first.then * second.then, first.now * second.now, first.power)


def _newest(error: FloatArray, shape: tuple[int, ...], ahead: int, unknown: float = 0.0) -> FloatArray:
    """Error of the newest known forecast so far ahead, at each origin and now, (O + 1, S)."""
    out = np.full(shape, unknown)
    out[ahead:] = np.nan_to_num(error[: max(shape[0] - ahead, 0), ahead - 1], nan=unknown)
    return out


def _together(values: FloatArray) -> FloatArray:
    """Square of a movement, mostly of what all series have in common."""
    common = values.mean(axis=1, keepdims=True)
    return np.asarray((1 - _SHARED) * values**2 + _SHARED * common**2)


def _scaled(error: FloatArray, recency: FloatArray, speed: FloatArray) -> Pace:
    """Factors in the power of speed that past errors make likely."""
    typical = max(float(np.median(speed)), _LEAST_SPEED)
    log_speed = 0.5 * np.log(speed**2 + typical**2) - np.log(typical)
    seen = ~np.isnan(error)
    mass = seen * recency[:, None, None]
    square = np.where(seen, error, 0.0) ** 2
    total = np.maximum(mass.sum(axis=(0, 2)), 1e-9)
    shift = (mass * log_speed[:-1][:, None]).sum(axis=(0, 2)) / total
    loss = np.empty(_POWERS.size)
    for place, power in enumerate(_POWERS):
        factor = np.exp(-2.0 * power * log_speed[:-1])[:, None]
        spread = (mass * square * factor).sum(axis=(0, 2)) / total
        loss[place] = (np.log(spread + 1e-8) + 2.0 * power * shift).mean()
    best = float(_POWERS[np.argmin(loss)])
    # Neighbouring errors repeat each other: two weeks are one piece of evidence.
    belief = np.exp(-0.5 * float(recency.sum()) / _EPISODE * (loss - loss.min()))
    middle = float(np.interp(0.5, np.cumsum(belief) / belief.sum(), _POWERS))
    beyond = np.clip(log_speed[-1] - float(np.quantile(log_speed, _USUAL)), 0.0, _FARTHEST)
    now = best * log_speed[-1] + max(middle - best, 0.0) * beyond
    return Pace(np.exp(best * log_speed[:-1]), np.exp(now), best)
