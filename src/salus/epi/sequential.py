"""Detectors that add up evidence over time: CUSUM and (generalised) likelihood ratio."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from salus.epi.arrays import BoolArray, FloatArray, IntArray, as_floats, as_series, require
from salus.epi.errors import InvalidParameterError, ShapeMismatchError

Transform = Literal["standard", "rossi", "anscombe", "anscombe2nd", "pearson_nb", "none"]
Direction = Literal["up", "down"]


@dataclass(frozen=True, slots=True)
class SequentialResult:
    """What a sequential detector says at each step; arrays follow the input's shape.

    Attributes
    ----------
    statistic : FloatArray
        Evidence gathered so far; an alarm when it passes the threshold.
    upper : FloatArray
        Smallest count that would alarm (CUSUM); NaN for likelihood ratios.
    alarm : BoolArray
    change : IntArray
        Index at which the change most likely began; -1 where there is no sign of one.
    threshold : float

    """

    statistic: FloatArray
    upper: FloatArray
    alarm: BoolArray
    change: IntArray
    threshold: float


def cusum(
    counts: npt.ArrayLike,
    *,
    expected: npt.ArrayLike,
    k: float = 1.04,
    h: float = 2.26,
    transform: Transform = "standard",
    dispersion: float = 0.1,
) -> SequentialResult:
    r"""Add up standardised excess: :math:`C_t = \max(0, C_{t-1} + z_t - k)`, alarm at `h`.

    Parameters
    ----------
    counts : array_like, shape (T,) or (T, S)
        Counts, 0 or more, no gaps.
    expected : array_like
        Expected count, above 0; any shape that broadcasts to that of `counts`.
    k, h : float
        Reference value and threshold in standard deviations. The sum goes on after an alarm.
    transform : {"standard", "rossi", "anscombe", "anscombe2nd", "pearson_nb", "none"}
        How counts become normal; "rossi" and "anscombe" suit low counts.
    dispersion : float
        For "pearson_nb": the variance is ``mean + dispersion * mean**2``.

    Returns
    -------
    SequentialResult

    Raises
    ------
    EmptyInputError, ShapeMismatchError, NegativeInputError, MissingInputError,
    InvalidParameterError

    References
    ----------
    Rossi G, Lampugnani L, Marchi M. An approximate CUSUM procedure for surveillance of
    health events. Stat Med 1999;18:2111-22.
    https://doi.org/10.1002/(SICI)1097-0258(19990830)18:16<2111::AID-SIM171>3.0.CO;2-Q

    """
    table, single = as_series(counts, "counts", missing=False)
    mean = _expected(expected, table)
    if transform not in _SCORES:
        raise InvalidParameterError(f"transform must be one of {', '.join(_SCORES)}.")
    score = _SCORES[transform](table, mean, dispersion)
    total = np.zeros_like(score)
    before = np.zeros_like(score)
    start = np.zeros(table.shape, dtype=np.int64)
    running, began = np.zeros(table.shape[1]), np.zeros(table.shape[1], dtype=np.int64)
    for step, value in enumerate(score):
        before[step] = running
        began = np.where(running > 0, began, step)
        running = np.maximum(0.0, running + value - k)
        total[step], start[step] = running, np.where(running > 0, began, -1)
    room = h + k - before
    with np.errstate(invalid="ignore"):
        upper = np.nan_to_num(_bound(transform, room, mean, dispersion, h - total))
    pick = (slice(None), 0) if single else (slice(None),)
    upper = np.maximum(upper, 0.0)
    return SequentialResult(total[pick], upper[pick], (total >= h)[pick], start[pick], h)


def _expected(expected: npt.ArrayLike, table: FloatArray) -> FloatArray:
    mean = as_floats(expected, "expected")
    if mean.ndim == 1 and mean.size == table.shape[0]:
        mean = mean[:, None]
    try:
        mean = np.broadcast_to(mean, table.shape)
    except ValueError as error:
        raise ShapeMismatchError("expected must be a number or as long as counts.") from error
    require(bool((mean > 0).all()), "expected must be above 0 everywhere.")
    return mean


def _anscombe2nd(x: FloatArray, m: FloatArray, _: float) -> FloatArray:
    out: FloatArray = (x ** (2 / 3) - (m ** (2 / 3) - m ** (-1 / 3) / 9)) / (2 / 3 * m ** (1 / 6))
    return out


_SCORES: dict[str, Callable[[FloatArray, FloatArray, float], FloatArray]] = {
    "standard": lambda x, m, a: (x - m) / np.sqrt(m),
    "rossi": lambda x, m, a: (x - 3 * m + 2 * np.sqrt(x * m)) / (2 * np.sqrt(m)),
    "anscombe": lambda x, m, a: 3 / 2 * (x ** (2 / 3) - m ** (2 / 3)) / m ** (1 / 6),
    "anscombe2nd": _anscombe2nd,
    "pearson_nb": lambda x, m, a: (x - m) / np.sqrt(m + a * m**2),
    "none": lambda x, m, a: x.copy(),
}


def _bound(transform: str, room: FloatArray, m: FloatArray, dispersion: float, left: FloatArray) -> FloatArray:
    """Count that would use up the room; the surveillance package's formulas."""
    if transform == "standard":
        return np.ceil(np.sqrt(m) * room + m)
    if transform == "rossi":
        root = np.sqrt(4 * m**2 + 2 * m**1.5 * room)
        out: FloatArray = 2 * room * np.sqrt(m) + 5 * m - 2 * root
        return out
    if transform in ("anscombe", "anscombe2nd"):
        shift = m ** (1 / 3) / 9 if transform == "anscombe2nd" else 0.0
        return np.asarray(np.maximum(2 / 3 * m ** (1 / 6) * room + m ** (2 / 3) - shift, 0.0) ** 1.5)
    if transform == "pearson_nb":
        return np.asarray(np.sqrt(m + dispersion * m**2) * room + m)
    return left


def likelihood_ratio(
    counts: npt.ArrayLike,
    *,
    expected: npt.ArrayLike,
    factor: float | None = None,
    threshold: float = 5.0,
    dispersion: float = 0.0,
    least: int = 1,
    window: int | None = None,
    direction: Direction = "up",
) -> SequentialResult:
    r"""Detect a lasting change of the mean by a likelihood ratio.

    Counts are Poisson, or negative binomial with variance
    :math:`\mu + \alpha\mu^2`. With a `factor` given, the ratio of that change against none is
    added up and cut at zero; without, the most likely change point and factor are sought at
    each step (generalised likelihood ratio). After an alarm the detector starts afresh.

    Parameters
    ----------
    counts : array_like, shape (T,) or (T, S)
        Counts, 0 or more, no gaps.
    expected : array_like
        Expected count in control, above 0; broadcasts to `counts`.
    factor : float, optional
        Change of the mean to look for, above 0 and not 1, such as 1.5.
    threshold : float
        Alarm above it, in log-likelihood.
    dispersion : float
        :math:`\alpha`, 0 or more; 0 is Poisson.
    least : int
        Least steps since the change, without `factor`.
    window : int, optional
        Most steps since the change, without `factor`. Default: since the last alarm; set it
        for long series, as the work grows with its square.
    direction : {"up", "down"}
        Which change counts, without `factor`.

    Returns
    -------
    SequentialResult

    Raises
    ------
    EmptyInputError, ShapeMismatchError, NegativeInputError, MissingInputError,
    InvalidParameterError

    Notes
    -----
    Equal to ``glrpois`` and ``glrnb`` (intercept) of R's surveillance 1.20.3.

    References
    ----------
    Hohle M, Paul M. Count data regression charts for the monitoring of surveillance time
    series. Comput Stat Data Anal 2008;52:4357-68.
    https://doi.org/10.1016/j.csda.2008.02.015

    """
    table, single = as_series(counts, "counts", missing=False)
    mean = _expected(expected, table)
    require(dispersion >= 0, "dispersion must be 0 or more.")
    require(least >= 1, "least must be 1 step or more.")
    require(window is None or window >= 1, "window must be 1 step or more.")
    require(direction in ("up", "down"), "direction must be 'up' or 'down'.")
    if factor is None:
        value, change = _generalised(table, mean, dispersion, (least, window, direction), threshold)
    else:
        require(factor > 0 and factor != 1, "factor must be above 0 and not 1.")
        value, change = _simple(table, mean, dispersion, factor, threshold)
    pick = (slice(None), 0) if single else (slice(None),)
    upper = np.full(table.shape, np.nan)
    return SequentialResult(value[pick], upper[pick], (value > threshold)[pick], change[pick], threshold)


def _generalised(
    table: FloatArray,
    mean: FloatArray,
    dispersion: float,
    shape: tuple[int, int | None, str],
    threshold: float,
) -> tuple[FloatArray, IntArray]:
    from salus.epi.sequential_kernel import scan

    least, window, direction = shape
    return scan(
        np.ascontiguousarray(table),
        np.ascontiguousarray(mean),
        alpha=dispersion,
        least=least,
        window=-1 if window is None else window,
        bound=threshold,
        sign=1.0 if direction == "up" else -1.0,
    )


def _simple(
    table: FloatArray, mean: FloatArray, dispersion: float, factor: float, threshold: float
) -> tuple[FloatArray, IntArray]:
    theta = np.log(factor)
    if dispersion == 0:
        gain = table * theta + mean * (1 - factor)
    else:
        ratio = (1 + dispersion * mean) / (1 + dispersion * mean * factor)
        gain = table * theta + (table + 1 / dispersion) * np.log(ratio)
    value = np.zeros_like(gain)
    change = np.full(gain.shape, -1, dtype=np.int64)
    running, began = np.zeros(gain.shape[1]), np.zeros(gain.shape[1], dtype=np.int64)
    for step, more in enumerate(gain):
        began = np.where(running > 0, began, step)
        running = np.maximum(0.0, running + more)
        value[step], change[step] = running, np.where(running > 0, began, -1)
        running = np.where(running > threshold, 0.0, running)
    return value, change
