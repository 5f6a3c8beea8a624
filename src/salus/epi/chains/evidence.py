"""What dates, genomes and contacts say about each pair of cases."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import gammaln

from salus.epi.arrays import BoolArray, FloatArray, IntArray, require
from salus.epi.errors import (
    EmptyInputError,
    InvalidParameterError,
    InvalidSerialIntervalError,
    MissingInputError,
    NegativeInputError,
    ShapeMismatchError,
    TooShortError,
)

# Order of the sampled rates.
# How much rather cases are seen than not: the shape of the prior of the share, as in outbreaker2.
_DOUBT = 10.0
_MUTATIONS, _REPORTING, _OFFSPRING, _IMPORTS, _CONTACT, _FALSE = range(6)


@dataclass(frozen=True, slots=True)
class Evidence:
    """Data and fixed quantities of one outbreak.

    Attributes
    ----------
    dates : IntArray, shape (N,)
    delay : FloatArray, shape (S,)
    spacing : FloatArray, shape (K, D)
        Days between infections with 0, 1.. unseen cases between; then, if any may be unseen,
        between two cases of one unseen infector.
    distance : FloatArray, shape (N, N)
        Differing sites; NaN where unknown.
    known : BoolArray, shape (N, N)
        Where they are.
    sites : float
        Ways in which one mutation can happen: three times the genome's length.
    outside : FloatArray, shape (N,)
        Log probability of a genome that came from outside.
    met : BoolArray, shape (N, N), or None if contacts were not sought.

    """

    dates: IntArray
    delay: FloatArray
    spacing: FloatArray
    distance: FloatArray
    known: BoolArray
    sites: float
    outside: FloatArray
    met: BoolArray | None

    def first_rates(self) -> FloatArray:
        """Rates to begin with: mutations, reporting, offspring, imports a day, contacts true and false."""
        return np.array([1.0, 0.9, 1.0, 1 / self.span, 0.5, 0.1])

    @property
    def steps(self) -> IntArray:
        """Transmissions that a link of each kind takes; two from an unseen infector to both of its cases."""
        kinds = self.spacing.shape[0]
        steps = np.arange(1, kinds + 1)
        if kinds > 1:
            steps[-1] = 2
        return steps

    @property
    def span(self) -> int:
        """Days over which infections may have happened."""
        return int(self.dates.max() - self.dates.min()) + self.delay.size

    def weigh(self, rates: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Weight of each link by its kind, as in `spacing` (N, N, K), and of outside (N,)."""
        steps = self.steps
        genome = self._genome(rates[_MUTATIONS], steps)
        reported = np.log(rates[_REPORTING]) + (steps - 1) * np.log1p(-rates[_REPORTING])
        # Every generation multiplies; of an unseen infector's cases the earlier one is there already.
        births = np.where(np.arange(steps.size) < steps, steps, 1)
        logs = genome + reported + births * np.log(rates[_OFFSPRING])
        if self.met is not None:
            yes, no = np.log(rates[_CONTACT] / rates[_FALSE]), np.log1p(-rates[_CONTACT]) - np.log1p(-rates[_FALSE])
            logs[:, :, 0] += np.where(self.met, yes, no)
        outside = self.outside + np.log(rates[_IMPORTS])
        # Only ratios within a case matter: take out each one's largest, so that none underflows.
        top = np.maximum(logs.max(axis=(1, 2)), outside)
        weights: FloatArray = np.exp(logs - top[:, None, None])
        return weights, np.exp(outside - top)

    def _genome(self, mutations: float, steps: IntArray) -> FloatArray:
        """Log probability of each case's genome given each infector's, by generations between."""
        mean = mutations * steps
        seen = np.nan_to_num(self.distance)[:, :, None] * np.log(mean / self.sites) - mean
        logs: FloatArray = np.where(self.known[:, :, None], seen, self.outside[:, None, None])
        return logs

    def _draw_births(
        self, kind: IntArray, infection: IntArray, rates: FloatArray, rng: np.random.Generator
    ) -> tuple[float, float]:
        """Draw the share of cases that are seen and the infections by each case.

        Seen and unseen infections by a case are drawn in turn; only those until the last
        infection could be noticed.
        """
        depth = max(self.spacing.shape[0] - 1, 1)
        until = np.minimum(infection.max() - infection, self.spacing.shape[1] - 1)
        room = np.cumsum(self.spacing[:depth], axis=1)[:, until].sum(axis=1)
        seen, between = kind.size, int((self.steps[kind] - 1).sum())
        hidden = rates[_OFFSPRING] * (1 - rates[_REPORTING])
        shown = rng.gamma(1 + seen, 1 / (1 + float(room @ hidden ** np.arange(depth))))
        if depth > 1:
            grid = np.linspace(0.005, 4, 400)
            logs = between * np.log(grid) - shown * (grid[:, None] ** np.arange(depth)) @ room - grid
            logs -= _DOUBT * np.log1p(grid / shown)
            chance = np.cumsum(np.exp(logs - logs.max()))
            hidden = float(grid[np.searchsorted(chance, rng.random() * chance[-1])])
        return shown / (shown + hidden), shown + hidden

    def draw_rates(
        self, infector: IntArray, kind: IntArray, infection: IntArray, rates_now: FloatArray, rng: np.random.Generator
    ) -> FloatArray:
        """Draw the rates given to whom each case is linked, and how."""
        linked = np.flatnonzero(infector >= 0)
        source, between = infector[linked], self.steps[kind[linked]] - 1
        known = self.known[linked, source]
        rates = np.full(6, np.nan)
        changed = float(np.nan_to_num(self.distance[linked, source])[known].sum())
        rates[_MUTATIONS] = rng.gamma(1 + changed, 1 / (1 + float((between[known] + 1).sum())))
        rates[_REPORTING], rates[_OFFSPRING] = self._draw_births(kind[linked], infection, rates_now, rng)
        rates[_IMPORTS] = rng.gamma(1 + infector.size - linked.size, 1 / (2 * self.span))
        if self.met is not None:
            pairs = infector.size * (infector.size - 1) // 2
            direct = linked[between == 0]
            shown = int(self.met[direct, infector[direct]].sum())
            other = int(self.met.sum()) // 2 - shown
            rates[_CONTACT] = rng.beta(1 + shown, 1 + direct.size - shown)
            rates[_FALSE] = rng.beta(1 + other, 1 + pairs - direct.size - other)
        # A rate of exactly 0 or 1 has no logarithm.
        sure = 1 - 1e-9
        kept: FloatArray = np.clip(rates, 1e-9, np.array([np.inf, sure, np.inf, np.inf, sure, sure]))
        return kept


def gather(
    dates: npt.ArrayLike,
    generation: npt.ArrayLike,
    delay: npt.ArrayLike,
    distances: npt.ArrayLike | None,
    genome_length: int | None,
    contacts: npt.ArrayLike | None,
    unseen: int,
) -> Evidence:
    """Check the data and lay them out; raises the errors that `who_infected_whom` names."""
    days = np.asarray(dates, dtype=np.float64)
    if days.size == 0:
        raise EmptyInputError("dates is empty: pass a day for each case.")
    if days.ndim != 1 or days.size < 2:
        raise TooShortError("dates must hold two cases or more, one day each.")
    if not np.isfinite(days).all() or bool((days != np.round(days)).any()):
        raise MissingInputError("dates must be whole days for every case: drop cases without a date.")
    spacing = _spacing(_probabilities(generation, "generation"), unseen)
    require(spacing[0, 0] == 0, "generation must give day 0 no weight: nobody infects on the day of infection.")
    cases = days.size
    distance = _distance(distances, genome_length, cases)
    known = np.isfinite(distance)
    sites = 3.0 * (genome_length or 1)
    outside = _outside(distance, known, sites, days)
    waits = _probabilities(delay, "delay")
    met = None if contacts is None else _met(contacts, cases)
    return Evidence(days.astype(np.int64), waits, spacing, distance, known, sites, outside, met)


def _probabilities(values: npt.ArrayLike, name: str) -> FloatArray:
    weights = np.asarray(values, dtype=np.float64)
    good = weights.ndim == 1 and weights.size > 0 and bool(np.isfinite(weights).all()) and bool((weights >= 0).all())
    if not good or abs(float(weights.sum()) - 1) > 1e-6:
        raise InvalidSerialIntervalError(f"{name} must be probabilities by day from day 0 that sum to 1.")
    whole: FloatArray = weights / weights.sum()
    return whole


def _spacing(weights: FloatArray, unseen: int) -> FloatArray:
    """Convolutions of the generation time with itself, then its difference, by days.

    Of two cases of one infector the later is linked to the earlier, so that days are above 0.
    """
    depth = unseen + 1
    out = np.zeros((depth + min(unseen, 1), depth * (weights.size - 1) + 1))
    row = weights
    for step in range(depth):
        out[step, : row.size] = row
        row = np.convolve(row, weights)
    if unseen:
        apart = np.correlate(weights, weights, mode="full")[weights.size :]
        out[depth, 1 : apart.size + 1] = apart
    return out


def _distance(distances: npt.ArrayLike | None, genome_length: int | None, cases: int) -> FloatArray:
    if distances is None:
        return np.full((cases, cases), np.nan)
    table = np.asarray(distances, dtype=np.float64).copy()
    if table.shape != (cases, cases):
        raise ShapeMismatchError(f"distances must be ({cases}, {cases}): one row and column per case.")
    if genome_length is None or genome_length < 1:
        raise InvalidParameterError("genome_length is needed with distances: the number of sites compared.")
    if bool((table < 0).any()):
        raise NegativeInputError("distances holds a negative number of differing sites.")
    np.fill_diagonal(table, np.nan)
    if not np.array_equal(table, table.T, equal_nan=True):
        raise InvalidParameterError("distances must be the same in both directions.")
    return table


def _outside(distance: FloatArray, known: BoolArray, sites: float, days: FloatArray) -> FloatArray:
    """Log probability of a genome from outside; 0 without a genome.

    All its mutations since the first case's genome count, not only those since the nearest
    one's: the nearest may be its own infectee. Their number is Poisson with an exponential mean.
    """
    out = np.zeros(distance.shape[0])
    sequenced = known.any(axis=1)
    if not sequenced.any():
        return out
    mean = float(distance[known].mean())
    apart = np.where(known, distance, mean).mean(axis=1)
    first = np.lexsort((apart, np.where(sequenced, days, np.inf)))[0]
    steps = np.where(known[first], distance[first], mean)
    steps[first] = 0.0
    far = mean + 1.0
    log_chance = gammaln(steps + 1) - np.log(far) - (steps + 1) * np.log1p(1 / far) - steps * np.log(sites)
    out[sequenced] = log_chance[sequenced]
    return out


def _met(contacts: npt.ArrayLike, cases: int) -> BoolArray:
    pairs = np.asarray(contacts)
    if pairs.ndim != 2 or pairs.shape[1] != 2:
        raise ShapeMismatchError("contacts must be pairs of positions, shape (contacts, 2).")
    table = np.zeros((cases, cases), dtype=np.bool_)
    whole = pairs.astype(np.int64)
    if bool((whole != pairs).any() or (whole < 0).any() or (whole >= cases).any()):
        raise InvalidParameterError(f"contacts must name positions of cases, 0 to {cases - 1}.")
    table[whole[:, 0], whole[:, 1]] = True
    table |= table.T
    np.fill_diagonal(table, False)
    return table
