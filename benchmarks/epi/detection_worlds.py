"""Series with known outbreaks for the detection benchmark, and what a detector that knew the truth would find."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.special import gammaln
from scipy.stats import lognorm

from salus.epi.outbreak import SCENARIOS, DetectionPower, Scenario, SimulatedSeries, detection_power, simulate_outbreaks

Array = npt.NDArray[np.float64]
SIZES = np.arange(1.0, 11.0)
SHARES = np.diff(lognorm.cdf(np.arange(3), 0.5))


def published(replicates: int, seed: int) -> SimulatedSeries:
    """Return the 42 scenarios of Noufaily et al., which the thresholds were found on (other seeds)."""
    return simulate_outbreaks(SCENARIOS, replicates=replicates, rng=np.random.default_rng(seed))


def others(count: int, seed: int, *, weeks: int = 416) -> SimulatedSeries:
    """Levels, trends, seasons and dispersions drawn at random; nothing was tuned on them."""
    rng = np.random.default_rng(seed)
    drawn = [
        Scenario(
            rng.uniform(-1.5, 5.5),
            rng.uniform(-0.002, 0.002),
            (rng.normal(0, 0.4), rng.normal(0, 0.4)),
            int(rng.integers(0, 3)),
            float(rng.uniform(1, 4)),
        )
        for _ in range(count)
    ]
    return simulate_outbreaks(drawn, replicates=1, rng=rng, weeks=weeks, judged=52, past=int(rng.integers(2, 6)))


def _log_ratio(y: Array, mean: Array, phi: Array, more: Array) -> Array:
    """Log likelihood ratio of a count with `more` expected against none."""
    wide = phi > 1
    scale = np.where(wide, phi - 1, 1.0)
    low, high = mean / scale, (mean + more) / scale
    negative = gammaln(y + high) - gammaln(high) - gammaln(y + low) + gammaln(low) - (high - low) * np.log(phi)
    poisson = y * np.log1p(more / mean) - more
    return np.asarray(np.where(wide, negative, poisson))


def informed_evidence(simulated: SimulatedSeries) -> tuple[Array, Array]:
    """Evidence of this week, and of this and the week before, by one who knows mean and dispersion."""
    y, mean = simulated.counts, simulated.expected
    phi = np.broadcast_to(simulated.dispersion, y.shape)
    sd = np.sqrt(phi * mean)
    one = np.array([_log_ratio(y, mean, phi, size * SHARES[0] * sd) for size in SIZES])
    later = np.array([_log_ratio(y[1:], mean[1:], phi[1:], size * SHARES[1] * sd[:-1]) for size in SIZES])
    both = np.full(y.shape, -np.inf)
    both[1:] = np.log(np.exp(one[:, :-1] + later).mean(axis=0))
    return np.log(np.exp(one).mean(axis=0)), both


def informed_power(simulated: SimulatedSeries, rate: float, *, pairs: bool) -> DetectionPower:
    """Return what the evidence finds at a rate of false alarms when nothing has to be estimated."""
    single, both = informed_evidence(simulated)
    low, high = -2.0, 12.0
    for _ in range(40):
        bound = (low + high) / 2
        if detection_power(_alarm(single, both, bound, pairs=pairs), simulated).false_alarm_rate > rate:
            low = bound
        else:
            high = bound
    return detection_power(_alarm(single, both, high, pairs=pairs), simulated)


def _alarm(single: Array, both: Array, bound: float, *, pairs: bool) -> npt.NDArray[np.bool_]:
    alarm = single > bound
    if pairs:
        alarm[1:] |= (both[1:] > bound) & ~(single[:-1] > bound)
    return alarm
