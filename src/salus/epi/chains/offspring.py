"""How many people each case infects, and how unequally: R, k and what follows from them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import brentq
from scipy.special import betaln
from scipy.stats import chi2
from scipy.stats import gamma as gamma_distribution

from salus.epi.arrays import FloatArray, as_series, require
from salus.epi.chains.likelihoods import LogLikelihood, Profile, profile
from salus.epi.errors import MissingInputError, ShapeMismatchError, TooShortError

# Beyond this k the negative binomial cannot be told from the Poisson by any outbreak.
_POISSON = np.log(1e4)


@dataclass(frozen=True, slots=True)
class OffspringDistribution:
    """Negative binomial distribution of the people infected by one case.

    Attributes
    ----------
    R, R_lower, R_upper : float
        Mean, with its profile-likelihood interval.
    k, k_lower, k_upper : float
        Dispersion: variance is ``R + R**2 / k``. Infinite when nothing speaks against Poisson.
    loglik : float
        At the maximum.
    poisson_pvalue : float
        Likelihood-ratio test of equal infectiousness (k infinite).
    top_share, top_lower, top_upper : float
        Share of transmission due to the most infectious fifth of cases, over k's interval.
    extinction : float
        Probability that the chains from one new case die out by themselves.
    cases : int

    """

    R: float
    R_lower: float
    R_upper: float
    k: float
    k_lower: float
    k_upper: float
    loglik: float
    poisson_pvalue: float
    top_share: float
    top_lower: float
    top_upper: float
    extinction: float
    cases: int


def offspring_distribution(infectees: npt.ArrayLike, *, level: float = 0.95) -> OffspringDistribution:
    r"""Fit how many people each case infected.

    :math:`Z \sim \mathrm{NegBin}(R, k)`, :math:`P(Z=z) = \frac{\Gamma(k+z)}{z!\,\Gamma(k)}
    \left(\frac{k}{k+R}\right)^k \left(\frac{R}{R+k}\right)^z`.

    Parameters
    ----------
    infectees : array_like, shape (N,)
        People infected by each case, the cases with none included; ten cases or more.
    level : float
        Of the intervals, in (0, 1).

    Returns
    -------
    OffspringDistribution

    Raises
    ------
    EmptyInputError, ShapeMismatchError, MissingInputError, NegativeInputError, TooShortError,
    InvalidParameterError, NotConvergedError

    References
    ----------
    Lloyd-Smith JO et al. Superspreading and the effect of individual variation on disease
    emergence. Nature 2005;438:355-9. https://doi.org/10.1038/nature04153

    """
    counts = _whole(infectees, "infectees", 10)
    require(counts.sum() > 0, "nobody infected anybody: R is 0, and k cannot be told.")
    values, times = np.unique(counts, return_counts=True)

    def loglik(at: FloatArray) -> float:
        return float(times @ _log_negative_binomial(values, at[0], at[1]))

    return _describe(loglik, float(counts.mean()), float(counts.var()), counts.size, level)


def offspring_from_clusters(
    sizes: npt.ArrayLike, *, imports: npt.ArrayLike | None = None, level: float = 0.95
) -> OffspringDistribution:
    r"""Fit R and k from the final sizes of clusters when nobody knows who infected whom.

    A cluster that began with :math:`s` imported cases ends at size :math:`j` with probability
    :math:`\frac{s}{j} P(Z_1 + \dots + Z_j = j - s)`.

    Parameters
    ----------
    sizes : array_like, shape (N,)
        Cases in each cluster that is over, single cases included; ten clusters or more.
    imports : array_like, shape (N,), optional
        Cases in each that came from outside. Default 1.
    level : float
        Of the intervals, in (0, 1).

    Returns
    -------
    OffspringDistribution

    Raises
    ------
    EmptyInputError, ShapeMismatchError, MissingInputError, NegativeInputError, TooShortError,
    InvalidParameterError, NotConvergedError

    Notes
    -----
    Holds for clusters that went extinct by themselves; with R above 1 the likelihood is that
    of the extinct ones only if the large ones are in the data, so do not leave them out.

    References
    ----------
    Blumberg S, Lloyd-Smith JO. Inference of R0 and transmission heterogeneity from the size
    distribution of stuttering chains. PLoS Comput Biol 2013;9:e1002993.
    https://doi.org/10.1371/journal.pcbi.1002993

    """
    final = _whole(sizes, "sizes", 10)
    began = np.ones_like(final) if imports is None else _whole(imports, "imports", 10)
    if began.shape != final.shape:
        raise ShapeMismatchError("imports must have one value per cluster.")
    require(
        bool((began >= 1).all() and (final >= began).all()), "each cluster needs an import, and no more than cases."
    )
    require(bool((final > began).any()), "no cluster grew: R is 0, and k cannot be told.")
    pairs, times = np.unique(np.stack([final, began]), axis=1, return_counts=True)
    size, first = pairs

    def loglik(at: FloatArray) -> float:
        # A sum of j negative binomials of mean R and dispersion k has mean jR and dispersion jk.
        term = _log_negative_binomial(size - first, at[0] + np.log(size), at[1] + np.log(size))
        return float(times @ (np.log(first / size) + term))

    mean = 1 - float(began.sum() / final.sum())
    return _describe(loglik, mean, mean + mean**2 / 0.5, final.size, level)


def share_of_top(k: float, top: float = 0.2) -> float:
    """Share of transmission due to the most infectious part of cases.

    Parameters
    ----------
    k : float
        Dispersion, above 0; infinite for equal infectiousness.
    top : float
        Part of cases, in (0, 1).

    Returns
    -------
    float
        With infectiousness gamma distributed with shape k, as in Lloyd-Smith et al. 2005.

    Raises
    ------
    InvalidParameterError

    References
    ----------
    Lloyd-Smith JO et al. Nature 2005;438:355-9. https://doi.org/10.1038/nature04153

    """
    require(k > 0 and 0 < top < 1, "k must be above 0 and top strictly between 0 and 1.")
    if np.isinf(k):
        return top
    edge = gamma_distribution.isf(top, k)
    return float(gamma_distribution.sf(edge, k + 1))


def extinction_probability(R: float, k: float, cases: int = 1) -> float:
    r"""Return the probability that the chains from some new cases die out by themselves.

    The smallest root of :math:`q = (1 + R(1 - q)/k)^{-k}`, to the power of the cases.

    Parameters
    ----------
    R, k : float
        Mean, 0 or more, and dispersion, above 0 or infinite, of the offspring distribution.
    cases : int
        New cases at the start, 0 or more.

    Returns
    -------
    float

    Raises
    ------
    InvalidParameterError

    References
    ----------
    Lloyd-Smith JO et al. Nature 2005;438:355-9. https://doi.org/10.1038/nature04153

    """
    require(R >= 0 and k > 0 and cases >= 0, "R and cases must be 0 or more, k above 0.")
    if R <= 1:
        return 1.0

    def excess(survival: float) -> float:
        # In the probability of survival, so that a root near no survival keeps its digits.
        log_q = -R * survival if np.isinf(k) else -k * np.log1p(R * survival / k)
        return float(-np.expm1(log_q) - survival)

    low = 1e-12
    if excess(low) <= 0:
        return 1.0
    survival = float(brentq(excess, low, 1.0, xtol=1e-15))
    return float((1 - survival) ** cases)


def _whole(values: npt.ArrayLike, name: str, at_least: int) -> FloatArray:
    table, single = as_series(values, name, missing=False)
    if not single:
        raise ShapeMismatchError(f"{name} must be one list.")
    if table.size < at_least:
        raise TooShortError(f"{name} has {table.size} values, {at_least} are needed to tell how unequal cases are.")
    if bool((table != np.round(table)).any()):
        raise MissingInputError(f"{name} must be whole numbers.")
    return table[:, 0]


def _log_negative_binomial(counts: FloatArray, log_mean: npt.ArrayLike, log_k: npt.ArrayLike) -> FloatArray:
    """Log probability, in the Poisson limit too."""
    mean = np.exp(np.clip(log_mean, -700, 700))
    k = np.exp(np.clip(log_k, -700, 60))
    # log Gamma(k + z) - log Gamma(k) - log z! by the beta function keeps its digits for large k.
    choose = np.where(counts > 0, -np.log(np.maximum(counts, 1)) - betaln(k, np.maximum(counts, 1)), 0.0)
    term: FloatArray = choose + counts * (np.log(mean) - np.log(k + mean)) - k * np.log1p(mean / k)
    return term


def _describe(loglik: LogLikelihood, mean: float, variance: float, cases: int, level: float) -> OffspringDistribution:
    require(0 < level < 1, "level must lie strictly between 0 and 1.")
    guess = mean**2 / max(variance - mean, mean**2 / 50)
    fit = profile(loglik, np.array([np.log(mean), np.log(guess)]), level, _POISSON)
    poisson = float(loglik(np.array([fit.best[0], 2 * _POISSON])))
    pvalue = 0.5 * float(chi2.sf(max(0.0, 2 * (fit.loglik - poisson)), 1))
    (log_r, log_k), (low, high) = fit.best, _finite(fit)
    k = np.inf if log_k >= _POISSON else float(np.exp(log_k))
    k_low, k_high = float(np.exp(low[1])), float(np.exp(high[1]))
    R = float(np.exp(log_r))
    return OffspringDistribution(
        R=R,
        R_lower=float(np.exp(low[0])),
        R_upper=float(np.exp(high[0])),
        k=k,
        k_lower=k_low,
        k_upper=k_high,
        loglik=fit.loglik,
        poisson_pvalue=pvalue,
        top_share=share_of_top(k),
        top_lower=share_of_top(k_high),
        top_upper=share_of_top(max(k_low, 1e-6)),
        extinction=extinction_probability(R, k),
        cases=cases,
    )


def _finite(fit: Profile) -> tuple[FloatArray, FloatArray]:
    """Interval ends on the log scale, with k beyond telling apart from Poisson as infinite."""
    upper = np.where(np.array([False, fit.upper[1] >= _POISSON]), np.inf, fit.upper)
    return fit.lower, upper
