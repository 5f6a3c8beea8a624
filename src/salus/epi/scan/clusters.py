"""What a scan found: clusters in order of their statistic, with p-values."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from salus.epi.arrays import FloatArray, IntArray, require
from salus.epi.scan.windows import SpatialWindows

_EULER = 0.5772156649015329
_TIE = 1e-9


@dataclass(frozen=True, slots=True)
class Cluster:
    """A window with more (or fewer) cases than expected.

    Attributes
    ----------
    zones : ndarray of int
        Zones of the cluster, the centre first.
    start, end : int
        First and last time step, both inside.
    cases, expected : float
        Observed and expected counts inside.
    ratio : float
        Observed over expected.
    relative_risk : float
        Risk inside over risk outside; infinite if no case lies outside.
    log_likelihood_ratio, statistic : float
        The statistic is the ratio times the penalty of an ellipse.
    pvalue : float
        Monte Carlo p-value.
    gumbel_pvalue : float
        By the Gumbel approximation; NaN with fewer than two distinct replicates.
    recurrence : float
        Time steps between such clusters if there is nothing to find; NaN unless prospective.
    centre : int
        Zone about which the window lies.
    radius, elongation, angle : float
        Radius (minor half-axis of an ellipse), ratio of axes, angle of the long axis from
        east in radians.

    """

    zones: IntArray
    start: int
    end: int
    cases: float
    expected: float
    ratio: float
    relative_risk: float
    log_likelihood_ratio: float
    statistic: float
    pvalue: float
    gumbel_pvalue: float
    recurrence: float
    centre: int
    radius: float
    elongation: float
    angle: float


@dataclass(frozen=True, slots=True)
class ScanResult:
    """Clusters, most likely first, and the distribution of the statistic without clusters.

    Attributes
    ----------
    clusters : tuple of Cluster
        The most likely cluster and those after it that share no zone in the same time with one
        before, down to the smallest replicate, below which nothing can be said; empty if no
        window had more (or fewer) cases than expected.
    maxima : ndarray of float, shape (R,)
        Largest statistic of each replicate of the null hypothesis.
    gumbel : tuple of float
        Location and scale of the Gumbel distribution fitted to `maxima`; NaN if undefined.
    stopped : bool
        Whether the replicates stopped early.
    cases : int
        Number of cases.
    method : str
        Name of the model and of the analysis.
    parameters : mapping
        What was asked for.

    """

    clusters: tuple[Cluster, ...]
    maxima: FloatArray
    gumbel: tuple[float, float]
    stopped: bool
    cases: int
    method: str
    parameters: Mapping[str, object]

    def critical_value(self, level: float = 0.05) -> float:
        """Return the statistic that a cluster must exceed to be significant.

        Parameters
        ----------
        level : float
            Chance of any false alarm, between 0 and 1.

        Raises
        ------
        InvalidParameterError

        """
        require(0 < level < 1, "level lies between 0 and 1, for example 0.05.")
        return float(np.quantile(self.maxima, 1 - level, method="higher"))


@dataclass(frozen=True, slots=True)
class Candidate:
    """The best window about one centre that ends at one column of time, before its p-value."""

    step: int
    start: int
    end: int
    statistic: float


def without_overlap(
    candidates: list[Candidate], windows: SpatialWindows, columns: int, smallest: float
) -> list[tuple[Candidate, IntArray]]:
    """Keep candidates in order of their statistic that share no zone and time with one kept before.

    As in SaTScan 10.3, each centre offers its best window for each end, and the same zones
    may appear again in another period. Beyond the first, none is kept that every replicate
    reaches.
    """
    taken = np.zeros((windows.zones, columns), dtype=bool)
    kept: list[tuple[Candidate, IntArray]] = []
    for candidate in sorted(candidates, key=lambda each: -each.statistic):
        if kept and threshold_of(candidate.statistic) <= smallest:
            break
        period = slice(candidate.start, candidate.end)
        # Asking about the centre alone spares listing the members of most.
        if taken[windows.centre[candidate.step], period].any():
            continue
        members = windows.members(candidate.step)
        if not taken[members, period].any():
            taken[members, period] = True
            kept.append((candidate, members))
    return kept


def gumbel_moments(maxima: FloatArray) -> tuple[float, float]:
    """Fit a Gumbel distribution by moments; NaN when the maxima do not vary.

    References
    ----------
    Abrams, Kleinman, Kulldorff (2010), Gumbel based p-value approximations for spatial scan
    statistics. https://doi.org/10.1186/1476-072X-9-61

    """
    spread = float(np.std(maxima, ddof=1)) if maxima.size > 1 else 0.0
    if spread <= 0:
        return math.nan, math.nan
    scale = spread * math.sqrt(6) / math.pi
    return float(maxima.mean()) - _EULER * scale, scale


def threshold_of(statistic: float) -> float:
    """Return the value that a replicate must reach to count as equal or larger."""
    return statistic * (1 - _TIE)


def monte_carlo_pvalue(statistic: float, maxima: FloatArray, stopped: bool) -> float:
    """Return the rank of a statistic among the replicates, sequential if they stopped early.

    References
    ----------
    Besag, Clifford (1991), Sequential Monte Carlo p-values.
    https://doi.org/10.1093/biomet/78.2.301

    """
    above = int((maxima >= threshold_of(statistic)).sum())
    return above / maxima.size if stopped else (above + 1) / (maxima.size + 1)


def gumbel_pvalue(statistic: float, gumbel: tuple[float, float]) -> float:
    """Return the chance of a larger statistic under the fitted Gumbel distribution."""
    place, scale = gumbel
    return -math.expm1(-math.exp(-(statistic - place) / scale)) if scale > 0 else math.nan
