"""R where the serial interval itself is uncertain: every interval that it may be has its say, late reports or not."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from salus.epi.arrays import FloatArray, as_levels
from salus.epi.generation import discretised_serial_interval
from salus.epi.nowcasting import Nowcast
from salus.epi.reproduction import RtResult, drawn_windows, estimate_rt_from_nowcast, gamma_quantiles, posterior
from salus.epi.uncertain import UncertainSerialInterval

# The prior of Cori et al., as in `estimate_rt`.
PRIOR = (5.0, 5.0)
# Intervals that are drawn, and the points by which each one's posterior is told.
INTERVALS, POINTS = 48, 24


def estimate_rt_uncertain_on(
    nowcast: Nowcast,
    interval: UncertainSerialInterval,
    *,
    rng: np.random.Generator,
    window: int,
    quantiles: Sequence[float],
) -> RtResult:
    """Estimate R on a nowcast with an uncertain serial interval (Thompson et al. 2019, https://doi.org/10.1016/j.epidem.2019.100356).

    `estimate_rt_uncertain` takes one series that is settled; here many series with days still being reported are taken
    together. Each interval that is drawn gives a posterior of its own, and R is their even mixture; in the days
    that are still being reported each of the nowcast's draws goes with one of the intervals.
    """
    path, samples = nowcast.median_path(), nowcast.samples
    single = path.ndim == 1
    if single:
        path, samples = path[:, None], samples[:, None]
    means, sds = interval.draw(INTERVALS, rng)
    drawn = [discretised_serial_interval(mean, sd, days=path.shape[0]) for mean, sd in zip(means, sds, strict=True)]
    levels = as_levels(quantiles)
    # What stays undefined, and the shape of the answer, are those of the middle of what it may be.
    middle = discretised_serial_interval(interval.mean, interval.sd, days=path.shape[0])
    plain = estimate_rt_from_nowcast(nowcast, middle, rng=rng, window=window, quantiles=quantiles)
    # For days that are still being reported, one value for each of the nowcast's draws.
    days = path.shape[0] - samples.shape[0]
    parts = [_settled(path, drawn, window)[:days], _late(np.nan_to_num(path), samples, drawn, window, rng)]
    parts = [part[:, 0] if single else part for part in parts if part.shape[0]]
    values = np.concatenate([_told(part, levels) for part in parts])
    mean, sd = (np.concatenate([by(part, axis=-1) for part in parts]) for by in (np.mean, np.std))
    lost = plain.undefined
    values[lost], mean[lost], sd[lost] = np.nan, np.nan, np.nan
    return RtResult(mean, sd, values, levels, lost, plain.uninformed, window)


def _told(sample: FloatArray, levels: FloatArray) -> FloatArray:
    found: FloatArray = np.moveaxis(np.quantile(sample, levels, axis=-1), 0, -1)
    return found


def _settled(path: FloatArray, drawn: Sequence[FloatArray], window: int) -> FloatArray:
    """Return R by day and series at evenly spaced points of every interval's posterior, (T, S, points)."""
    points = (np.arange(POINTS) + 0.5) / POINTS
    parts, unit = [], None
    for weights in drawn:
        shape, scale, _undefined, _uninformed = posterior(path, path, weights, (window, *PRIOR))
        if unit is None:
            # The shape is of the cases alone, so that it is the same for every interval.
            unit = gamma_quantiles(np.nan_to_num(shape, nan=1.0), points)
        parts.append(unit * np.nan_to_num(scale, nan=1.0)[..., None])
    return np.concatenate(parts, axis=-1)


def _late(
    path: FloatArray, samples: FloatArray, drawn: Sequence[FloatArray], window: int, rng: np.random.Generator
) -> FloatArray:
    """Return R of the days that are still being reported, shape as `samples`."""
    out = np.empty(samples.shape)
    mean, sd = PRIOR
    for place, weights in enumerate(drawn):
        part = samples[..., place :: len(drawn)]
        if not part.shape[-1]:
            break
        cases, pressure = drawn_windows(path, part, weights, window)
        shape = np.nan_to_num((mean / sd) ** 2 + cases, nan=1.0)
        rate = np.nan_to_num(mean / sd**2 + pressure, nan=1.0)
        out[..., place :: len(drawn)] = rng.standard_gamma(np.maximum(shape, 1e-9)) / np.maximum(rate, 1e-9)
    return out
