"""Nowcast: what the latest counts will be once all reports are in."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from salus.epi.arrays import BoolArray, FloatArray, IntArray, as_levels, require
from salus.epi.delays import require_history
from salus.epi.predictive import Predictive, predict
from salus.epi.reporting_days import WEEK
from salus.epi.triangles import ReportingTriangle

QUANTILES = (0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975)


@dataclass(frozen=True, slots=True)
class Nowcast:
    """Final counts by date; arrays start with ``(T,)`` or ``(T, S)``.

    Attributes
    ----------
    dates : IntArray, shape (T,)
        Day numbers.
    quantiles : FloatArray, shape (T, Q) or (T, S, Q)
        Equal to the reported count where the date is settled.
    quantile_levels : FloatArray, shape (Q,)
    mean : FloatArray
    reported : FloatArray
        Count known now.
    samples : FloatArray, shape (K, N) or (K, S, N)
        Joint draws for the last K dates, the only uncertain ones. Draw n is one possible
        history: sums over dates keep their dependence.
    is_estimate : BoolArray, shape (T,)
        True for the dates that are estimated.
    method : str
    parameters : mapping
    diagnostics : mapping
        ``completeness`` (K, S), ``level_weight`` and ``spread`` (K,) by date of the tail.

    """

    dates: IntArray
    quantiles: FloatArray
    quantile_levels: FloatArray
    mean: FloatArray
    reported: FloatArray
    samples: FloatArray
    is_estimate: BoolArray
    method: str
    parameters: Mapping[str, object]
    diagnostics: Mapping[str, FloatArray]

    def median_path(self) -> FloatArray:
        """Return reported counts with the tail replaced by its median, shape as `reported`."""
        path = self.reported.copy()
        tail = self.samples.shape[0]
        if tail:
            path[-tail:] = np.median(self.samples, axis=-1)
        return path

    def moving_sum(self, days: int = 7) -> FloatArray:
        """Return quantiles of the sum over `days` dates up to each one, shape as `quantiles`.

        Dates without a full window before them are NaN.
        """
        require(days >= 1, "days must be 1 or more.")
        tail, draws = self.samples.shape[0], self.samples.shape[-1]
        steps = self.reported.shape[0]
        lead = min(steps, tail + days - 1)
        path = np.repeat(self.reported[-lead:, ..., None], draws, axis=-1)
        if tail:
            path[-tail:] = self.samples
        out = np.full(self.quantiles.shape, np.nan)
        settled = _rolling(self.reported, days)
        out[days - 1 :] = settled[..., None]
        if tail and lead >= days:
            drawn = np.quantile(_rolling(path, days), self.quantile_levels, axis=-1)
            out[steps - lead + days - 1 :] = np.moveaxis(drawn, 0, -1)
        return out


def _rolling(table: FloatArray, days: int) -> FloatArray:
    steps = table.shape[0] - days + 1
    if steps <= 0:
        return np.empty((0, *table.shape[1:]))
    total = np.zeros((steps, *table.shape[1:]))
    for offset in range(days):
        total += table[offset : offset + steps]
    return total


def nowcast(
    triangle: ReportingTriangle,
    *,
    rng: np.random.Generator,
    max_delay: int | None = None,
    window: int = 182,
    quantiles: Sequence[float] = QUANTILES,
    weekday: bool = True,
    holidays: Collection[int] = (),
    samples: int | None = None,
) -> Nowcast:
    r"""Correct the latest counts for reports that have not arrived yet.

    The count known at delay *d* is the final count times a completeness :math:`p_d`, the
    product of reverse hazards by weekday of report. They are the mean over three memories
    (half-lives of two weeks, two months, and none), because nobody knows how fast delays
    change. If all late reports of the last week ran ahead of what the hazards expect, or
    behind, by a factor :math:`e^s`, the odds of what is missing are multiplied by
    :math:`e^{\beta s}`; replays say how much of it lasts (:math:`\beta`).
    The final count is shrunk to a local level :math:`m_t` with weekday pattern and damped
    growth: :math:`\mu_t = (C_t + r)/(p + r/m_t)`, so that dates with hardly any report are
    still sensible. What is to come has mean :math:`(1-p)\mu_t` and is Poisson given a rate
    with shocks on the log scale that are partly common to all dates and heavy-tailed
    (Student's t); on top, whole counts are revised by a small relative amount. The weight *r* and the spreads are learnt by
    repeating the nowcast as of earlier days and comparing with what came, together with a
    prior for what those days did not show. Many series share their hazards in proportion
    to their size, and half of their common shocks.

    Parameters
    ----------
    triangle : ReportingTriangle
        From `reporting_triangle`.
    rng : numpy.random.Generator
        Same seed, same result.
    max_delay : int, optional
        Delay in days after which a count is taken as final. Default: the triangle's.
    window : int
        Report days to learn from, 14 or more; rounded down to whole weeks. Replays look
        back as far from their own day.
    quantiles : sequence of float
        Levels in (0, 1).
    weekday : bool
        Whether reporting and counts differ by weekday. Set False for weekly steps.
    holidays : collection of int
        Day numbers on which reporting pauses, past ones and those of the next `max_delay`
        days. They are taken as Sundays, and the working day after as a Monday. Days on
        which a source stood still without notice are found and left out of what is learnt.
    samples : int, optional
        Draws. Default 1,000 for a few series, fewer for many.

    Returns
    -------
    Nowcast

    Raises
    ------
    NoDelayHistoryError
        If the reports so far cannot teach a delay.
    InvalidParameterError

    Notes
    -----
    Counts that are later revised down (:math:`p_d > 1`) are handled; the estimate never
    falls below zero.

    References
    ----------
    Hohle M, an der Heiden M. Bayesian nowcasting during the STEC O104:H4 outbreak in
    Germany, 2011. Biometrics 2014;70:993-1002. https://doi.org/10.1111/biom.12194
    Wolffram D et al. Collaborative nowcasting of COVID-19 hospitalization incidences in
    Germany. PLoS Comput Biol 2023;19:e1011394. https://doi.org/10.1371/journal.pcbi.1011394

    """
    levels = as_levels(quantiles)
    require(window >= 2 * WEEK, "window must be 14 report days or more.")
    require(
        all(isinstance(day, (int, np.integer)) for day in holidays),
        "holidays must be whole day numbers, such as date.toordinal().",
    )
    longest = require_history(triangle)
    delay = min(longest, triangle.max_delay if max_delay is None else int(max_delay))
    require(delay >= 1, "max_delay must be 1 day or more.")
    single = triangle.cumulative.ndim == 2
    cut = replace(triangle, cumulative=triangle.cumulative[..., : delay + 1])
    width = 1 if single else triangle.latest.shape[1]
    draws = _draws(width) if samples is None else int(samples)
    require(draws >= 2, "samples must be 2 or more.")
    prediction = predict(cut, window=window // WEEK * WEEK, weekday=weekday, holidays=holidays)
    tail = prediction.draw(draws, rng)
    parameters = {
        "max_delay": delay,
        "window": window // WEEK * WEEK,
        "weekday": weekday,
        "holidays": tuple(sorted(holidays)),
        "samples": draws,
        "persistence": prediction.lasting,
    }
    return _assemble(triangle, tail, levels, prediction, parameters)


def _draws(series: int) -> int:
    """Draws that keep hundreds of series within a second or so."""
    return int(np.clip(40_000 // max(series, 1), 200, 1000))


def _assemble(
    triangle: ReportingTriangle,
    tail: FloatArray,
    levels: FloatArray,
    prediction: Predictive,
    parameters: Mapping[str, object],
) -> Nowcast:
    latest = triangle.latest
    steps = latest.shape[0]
    drawn = tail[:, 0] if latest.ndim == 1 else tail
    count = drawn.shape[0]
    values = np.repeat(latest[..., None], levels.size, axis=-1)
    values[-count:] = np.moveaxis(np.quantile(drawn, levels, axis=-1), 0, -1)
    mean = latest.astype(np.float64, copy=True)
    mean[-count:] = drawn.mean(axis=-1)
    estimated = np.arange(steps) >= steps - count
    diagnostics = {
        "completeness": prediction.share[::-1],
        "level_weight": prediction.learnt.shrink[: len(drawn)][::-1],
        "spread": prediction.learnt.spread[: len(drawn)][::-1],
    }
    return Nowcast(
        triangle.dates,
        values,
        levels,
        mean,
        latest,
        drawn,
        estimated,
        "reverse hazards with tempo and local level",
        parameters,
        diagnostics,
    )
