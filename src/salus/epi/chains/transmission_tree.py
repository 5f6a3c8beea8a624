"""Who infected whom: the posterior of infectors from dates, contacts and genomes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from salus.epi.arrays import FloatArray, IntArray, as_levels, require
from salus.epi.chains.evidence import Evidence, gather
from salus.epi.chains.tree_kernel import draw_infectors, sweep_days

QUANTILES = (0.025, 0.25, 0.5, 0.75, 0.975)
_CHAINS = 2


@dataclass(frozen=True, slots=True)
class TransmissionTree:
    """Posterior of who infected whom.

    Attributes
    ----------
    infector : IntArray, shape (N,)
        Likeliest infector of each case (the last seen one if cases between went unseen); -1 if
        it likeliest came from outside.
    support : FloatArray, shape (N,)
        Posterior probability of that.
    probability : FloatArray, shape (N, N + 1)
        Of each infector (column) of each case; the last column is of coming from outside.
    direct : FloatArray, shape (N,)
        Probability that nobody unseen stands between a case and its infector, if it had one.
    infection_day : FloatArray, shape (N, Q)
        Quantiles of the day of infection.
    infectees : FloatArray, shape (N, Q)
        Quantiles of the cases that each case infected.
    quantile_levels : FloatArray, shape (Q,)
    reporting, mutations, imports : FloatArray, shape (Q,)
        Quantiles of the share of cases that are seen, mutations per transmission (the prior's
        without genomes), and number of cases from outside.
    contact_reported, contact_false : FloatArray, shape (Q,)
        Quantiles of the probability that a transmission shows as a contact, and that a pair
        without transmission does; NaN without contacts.
    samples : IntArray, shape (M, N)
        Draws of the infectors.
    log_likelihood : FloatArray, shape (chains, draws)
        Its trace.
    rhat : float
        Of that trace: above 1.05 the chains disagree, ask for more draws.

    """

    infector: IntArray
    support: FloatArray
    probability: FloatArray
    direct: FloatArray
    infection_day: FloatArray
    infectees: FloatArray
    quantile_levels: FloatArray
    reporting: FloatArray
    mutations: FloatArray
    imports: FloatArray
    contact_reported: FloatArray
    contact_false: FloatArray
    samples: IntArray
    log_likelihood: FloatArray
    rhat: float


def who_infected_whom(
    dates: npt.ArrayLike,
    *,
    generation: npt.ArrayLike,
    delay: npt.ArrayLike,
    rng: np.random.Generator,
    distances: npt.ArrayLike | None = None,
    genome_length: int | None = None,
    contacts: npt.ArrayLike | None = None,
    unseen: int = 3,
    quantiles: Sequence[float] = QUANTILES,
    draws: int = 800,
) -> TransmissionTree:
    r"""Estimate who infected whom in an outbreak.

    Case :math:`i`, infected on day :math:`t_i`, had infector :math:`a` with :math:`\kappa - 1`
    unseen cases between with weight :math:`R^\kappa \pi (1-\pi)^{\kappa-1} w^{*\kappa}(t_i - t_a)\,
    (\lambda\kappa)^{d} e^{-\lambda\kappa} (3L)^{-d}\, c_{ia}`; cases come from outside at a
    constant rate; each showed :math:`s` days after infection with probability :math:`f(s)`.

    Parameters
    ----------
    dates : array_like, shape (N,)
        Day on which each case showed (onset or sample), whole days; two cases or more.
    generation : array_like, shape (D,)
        Probability :math:`w` by days between an infection and those it causes, from day 0,
        which is 0; sum 1.
    delay : array_like, shape (S,)
        Probability :math:`f` by days from infection to showing, from day 0; sum 1.
    rng : numpy.random.Generator
        Source of the posterior draws.
    distances : array_like, shape (N, N), optional
        Differing sites between genomes; NaN where one is missing.
    genome_length : int, optional
        Sites compared; needed with `distances`.
    contacts : array_like, shape (C, 2), optional
        Pairs of positions of cases that are known to have met, in either order. Pass an empty
        array of shape (0, 2) if contacts were sought and none found.
    unseen : int
        Most unseen cases between a case and its last seen forebear, 0 or more.
    quantiles : sequence of float
        Levels in (0, 1).
    draws : int
        Posterior draws in each of two chains, 100 or more.

    Returns
    -------
    TransmissionTree

    Raises
    ------
    EmptyInputError, ShapeMismatchError, MissingInputError, NegativeInputError, TooShortError,
    InvalidSerialIntervalError, InvalidParameterError

    Notes
    -----
    Given the days of infection the infectors are independent, so they are summed out: only the
    days are sampled, and the infectors drawn exactly. Mutations, reporting, contacts and
    imports have conjugate priors: mutations and R Gamma(1, 1), reporting Beta(10, 1) as in
    outbreaker2, contacts Beta(1, 1), imports exponential with one expected. The later of two cases of one
    unseen infector may be linked to the earlier, two transmissions apart and with the weight
    :math:`R\,\pi (1-\pi)`; it then has the earlier one's infector. The support of an infector
    is calibrated if the model holds.

    References
    ----------
    Jombart T et al. Bayesian reconstruction of disease outbreaks by combining epidemiologic
    and genomic data. PLoS Comput Biol 2014;10:e1003457.
    https://doi.org/10.1371/journal.pcbi.1003457
    Campbell F et al. outbreaker2: a modular platform for outbreak reconstruction. BMC
    Bioinformatics 2018;19:363. https://doi.org/10.1186/s12859-018-2330-z

    """
    levels = as_levels(quantiles)
    require(draws >= 100 and unseen >= 0, "draws must be 100 or more, unseen 0 or more.")
    evidence = gather(dates, generation, delay, distances, genome_length, contacts, unseen)
    runs = [_run(evidence, draws, rng) for _ in range(_CHAINS)]
    return _summarise(evidence, runs, levels)


@dataclass(frozen=True, slots=True)
class _Run:
    support: FloatArray
    likelihood: FloatArray
    infection: IntArray
    infector: IntArray
    kind: IntArray
    rates: FloatArray


def _run(evidence: Evidence, draws: int, rng: np.random.Generator) -> _Run:
    """Run one chain, a quarter of it to settle."""
    cases, settle = evidence.dates.size, draws // 4
    infection = evidence.dates - rng.choice(evidence.delay.size, cases, p=evidence.delay)
    drawn = np.full((3, cases), -1)
    rates = evidence.first_rates()
    support = np.zeros((cases, cases + 1))
    run = _Run(
        support,
        np.empty(draws),
        np.empty((draws, cases), dtype=np.int64),
        np.empty((draws, cases), dtype=np.int64),
        np.empty((draws, cases), dtype=np.int64),
        np.empty((draws, rates.size)),
    )
    for step in range(-settle, draws):
        if step == 0:
            support[:] = 0.0
        weights, imported = evidence.weigh(rates)
        likelihood = sweep_days(
            evidence.dates, evidence.delay, weights, imported, evidence.spacing, rng.random(cases), infection
        )
        chance = rng.random(cases)
        draw_infectors(infection, weights, imported, evidence.spacing, chance, drawn, support)
        rates = evidence.draw_rates(drawn[0], drawn[1], infection, rates, rng)
        if step >= 0:
            run.likelihood[step], run.rates[step] = likelihood, rates
            run.infection[step], run.infector[step], run.kind[step] = infection, drawn[2], drawn[1]
    support /= draws
    return run


def _summarise(evidence: Evidence, runs: list[_Run], levels: FloatArray) -> TransmissionTree:
    cases = evidence.dates.size
    probability = sum((run.support for run in runs), np.zeros((cases, cases + 1))) / len(runs)
    infector = probability.argmax(axis=1)
    samples = np.vstack([run.infector for run in runs])
    kind = np.vstack([run.kind for run in runs])
    linked = (samples >= 0).sum(axis=0)
    direct = ((samples >= 0) & (kind == 0)).sum(axis=0) / np.where(linked > 0, linked, np.nan)
    infectees = np.stack([np.bincount(draw[draw >= 0], minlength=cases) for draw in samples])
    trace = np.stack([run.likelihood for run in runs])
    rates = np.quantile(np.vstack([run.rates for run in runs]), levels, axis=0).T
    return TransmissionTree(
        infector=np.where(infector == cases, -1, infector),
        support=probability.max(axis=1),
        probability=probability,
        direct=direct,
        infection_day=np.quantile(np.vstack([run.infection for run in runs]), levels, axis=0).T,
        infectees=np.quantile(infectees, levels, axis=0).T,
        quantile_levels=levels,
        reporting=rates[1],
        mutations=rates[0],
        imports=np.quantile((samples < 0).sum(axis=1), levels),
        contact_reported=rates[4],
        contact_false=rates[5],
        samples=samples,
        log_likelihood=trace,
        rhat=_rhat(trace),
    )


def _rhat(trace: FloatArray) -> float:
    """Potential scale reduction of split chains (Gelman and Rubin 1992, 10.1214/ss/1177011136)."""
    half = trace.shape[1] // 2
    parts = np.vstack([trace[:, :half], trace[:, half : 2 * half]])
    within, between = parts.var(axis=1, ddof=1).mean(), parts.mean(axis=1).var(ddof=1)
    if within == 0:
        return 1.0 if between == 0 else float("inf")
    return float(np.sqrt((half - 1) / half + between / within))
