"""Natural history of an infection, as plain numbers by age."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from scipy.special import betainc, ndtr, ndtri

from salus.epi.arrays import FloatArray, require

NEVER = 32767


class ByLayer(NamedTuple):
    """One number for each kind of contact."""

    household: float
    school: float
    work: float
    community: float


_WEIGHT = ByLayer(3.0, 0.6, 0.6, 0.3)


@dataclass(frozen=True, slots=True)
class Duration:
    """Lognormal duration, rounded to whole days.

    Attributes
    ----------
    mean, sd : float
        Days; of the duration itself, not of its logarithm. A mean of 0 is no wait at all.

    """

    mean: float
    sd: float

    def cumulative(self) -> FloatArray:
        """Probability of at most 0, 1, 2... days, up to one that leaves out less than 1e-7."""
        require(self.mean >= 0 and self.sd >= 0, "a duration needs mean and sd of 0 days or more.")
        if self.mean == 0 or self.sd == 0:
            return np.append(np.zeros(round(self.mean)), 1.0)
        spread = np.sqrt(np.log1p((self.sd / self.mean) ** 2))
        middle = np.log(self.mean) - spread**2 / 2
        last = int(np.exp(middle - spread * ndtri(1e-7))) + 2
        steps = ndtr((np.log(np.arange(last) + 0.5) - middle) / spread)
        return np.asarray(steps / steps[-1], dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Antibodies:
    r"""How protection by past infection builds up and wanes with neutralising antibodies.

    The level after an infection is a draw of :math:`2^{N(0, \text{spread})}`, times `scale`,
    times a factor by severity. It grows for `growth` days, then halves at first every 50 days
    and in the end every 250. Protection of kind *k* at level *n* is
    :math:`e^{a_k} n^{b_k} / (1 + e^{a_k} n^{b_k})`.

    Attributes
    ----------
    spread, scale, boost : float
        Spread in doublings, level at the median, factor at each further infection.
    severity : tuple of float
        Factors after infections without symptoms, with mild and with severe ones.
    growth : float
        Days until the peak, 1 or more.
    half_life, slowing : tuple of float
        Days in which it halves at first and in the end; days after the peak between which the
        rate of decay falls from one to the other, in a line.
    infection, symptoms, severe : tuple of float
        ``(a, b)`` for infection, for symptoms given infection, for severity given symptoms.

    References
    ----------
    Khoury DS et al. Nat Med 2021. https://doi.org/10.1038/s41591-021-01377-8
    Cohen JA et al. medRxiv 2021. https://doi.org/10.1101/2021.05.31.21258018

    """

    spread: float = 2.0
    scale: float = 2.812
    boost: float = 1.5
    severity: tuple[float, float, float] = (0.85, 1.0, 1.5)
    growth: float = 21.0
    half_life: tuple[float, float] = (50.0, 250.0)
    slowing: tuple[float, float] = (150.0, 365.0)
    infection: tuple[float, float] = (1.08, 0.967)
    symptoms: tuple[float, float] = (-0.739, 0.038)
    severe: tuple[float, float] = (-0.014, 0.079)


@dataclass(frozen=True, slots=True)
class NaturalHistory:
    """Transmission, durations and severity of an infection.

    The defaults are the published ones of Covasim for SARS-CoV-2 in early 2020.

    Attributes
    ----------
    transmission : float
        Probability a day that an infectious person infects one susceptible adult in a layer
        of weight 1.
    layer_weight : ByLayer
        Factor of that probability by kind of contact.
    dispersion : float
        Shape *k* of the spread of infectiousness between people; small means few infect many.
    peak_ratio, peak_share, peak_cap : float
        Infectiousness early in the infectious period as a multiple of that later on; how long
        that lasts, as a share of the period and in days at most.
    asymptomatic_factor : float
        Infectiousness without symptoms, relative to with symptoms.
    latent, presymptomatic, to_severe, to_critical : Duration
        Exposed to infectious, infectious to symptoms, symptoms to severe, severe to critical.
    asymptomatic, mild, severe_stay, critical_stay, to_death : Duration
        From becoming infectious, symptomatic, severe or critical until recovery or death.
    age_edges : tuple of float
        Lower ends of the age bands in years, from 0.
    susceptibility : tuple of float
        Relative, by band.
    symptomatic, severe, critical, fatal : tuple of float
        Probability of each outcome for an infected person, by band; each at most the former.
    immunity : Antibodies or None
        None is lasting immunity after one infection.
    breakthrough_factor : float
        Infectiousness of people infected in spite of immunity.

    References
    ----------
    Kerr CC et al. Covasim: an agent-based model of COVID-19 dynamics and interventions. PLoS
    Comput Biol 2021. https://doi.org/10.1371/journal.pcbi.1009149

    """

    transmission: float = 0.016
    layer_weight: ByLayer = _WEIGHT
    dispersion: float = 0.45
    peak_ratio: float = 2.0
    peak_share: float = 0.3
    peak_cap: float = 4.0
    asymptomatic_factor: float = 1.0
    latent: Duration = Duration(4.5, 1.5)
    presymptomatic: Duration = Duration(1.1, 0.9)
    to_severe: Duration = Duration(6.6, 4.9)
    to_critical: Duration = Duration(1.5, 2.0)
    asymptomatic: Duration = Duration(8.0, 2.0)
    mild: Duration = Duration(8.0, 2.0)
    severe_stay: Duration = Duration(18.1, 6.3)
    critical_stay: Duration = Duration(18.1, 6.3)
    to_death: Duration = Duration(10.7, 4.8)
    age_edges: tuple[float, ...] = (0, 10, 20, 30, 40, 50, 60, 70, 80, 90)
    susceptibility: tuple[float, ...] = (0.34, 0.67, 1, 1, 1, 1, 1.24, 1.47, 1.47, 1.47)
    symptomatic: tuple[float, ...] = (0.50, 0.55, 0.60, 0.65, 0.70, 0.75, 0.80, 0.85, 0.90, 0.90)
    severe: tuple[float, ...] = (
        0.00050, 0.00165, 0.00720, 0.02080, 0.03430, 0.07650, 0.13280, 0.20655, 0.24570, 0.24570
    )  # fmt: skip
    critical: tuple[float, ...] = (
        0.00003, 0.00008, 0.00036, 0.00104, 0.00216, 0.00933, 0.03639, 0.08923, 0.17420, 0.17420
    )  # fmt: skip
    fatal: tuple[float, ...] = (
        0.00002, 0.00002, 0.00010, 0.00032, 0.00098, 0.00265, 0.00766, 0.02439, 0.08292, 0.16190
    )  # fmt: skip
    immunity: Antibodies | None = Antibodies()
    breakthrough_factor: float = 0.59


class CourseTables(NamedTuple):
    """What the compiled engine reads of a natural history.

    `laws` holds cumulative distributions, nine of durations and one of infectiousness; `by_band`
    the four conditional risks and the susceptibility; `traits` single numbers.
    """

    laws: FloatArray
    by_band: FloatArray
    kinetics: FloatArray
    traits: FloatArray


(
    T_TRANSMISSION, T_RATIO, T_SHARE, T_CAP, T_ASYMPTOMATIC, T_BREAKTHROUGH, T_STEP, T_SPREAD, T_SCALE, T_BOOST,
    T_GRADE,
) = range(11)  # fmt: skip
T_PROTECTION = T_GRADE + 3
INFECTIOUSNESS, SUSCEPTIBILITY = 9, 4


STEP = 0.01


@lru_cache(maxsize=8)
def course_tables(disease: NaturalHistory, days: int) -> CourseTables:
    """Turn a natural history into tables to draw from, for a run of some days.

    Raises
    ------
    InvalidParameterError
        If a number lies outside its range.

    """
    _check(disease)
    waits = [
        disease.latent, disease.presymptomatic, disease.to_severe, disease.to_critical, disease.asymptomatic,
        disease.mild, disease.severe_stay, disease.critical_stay, disease.to_death,
    ]  # fmt: skip
    laws = [wait.cumulative() for wait in waits] + [_infectiousness(disease)]
    table = np.ones((len(laws), max(law.size for law in laws)))
    for row, law in enumerate(laws):
        table[row, : law.size] = law
    absolute = np.array([disease.symptomatic, disease.severe, disease.critical, disease.fatal], dtype=np.float64)
    before = np.vstack([np.ones((1, absolute.shape[1])), absolute[:-1]])
    risk = np.divide(absolute, before, out=np.zeros_like(absolute), where=before > 0)
    susceptibility = np.array(disease.susceptibility, dtype=np.float64)
    top = float(susceptibility.max())
    by_band = np.vstack([risk, susceptibility / top if top > 0 else susceptibility])
    return CourseTables(table, by_band, _kinetics(disease.immunity, days), _traits(disease, top))


def _traits(disease: NaturalHistory, top: float) -> FloatArray:
    step = STEP if np.isfinite(disease.dispersion) else 1.0
    spread = (disease.transmission * top, disease.peak_ratio, disease.peak_share, disease.peak_cap)
    factors = (disease.asymptomatic_factor, disease.breakthrough_factor, step)
    law = disease.immunity or Antibodies()
    response = (law.spread, law.scale, law.boost, *law.severity)
    return np.array([*spread, *factors, *response, *law.infection, *law.symptoms, *law.severe], dtype=np.float64)


def _infectiousness(disease: NaturalHistory) -> FloatArray:
    """Cumulative distribution of a person's infectiousness in steps of 0.01."""
    if not np.isfinite(disease.dispersion):
        return np.array([0.0, 1.0])
    # Chernoff's bound on the tail of a gamma distribution says how far to go.
    most = int((10 + 40 / disease.dispersion) / STEP)
    chance = disease.dispersion / (1 / STEP + disease.dispersion)
    below = np.asarray(betainc(disease.dispersion, np.arange(most) + 1.0, chance), dtype=np.float64)
    return below[: int(np.searchsorted(below, 1 - 1e-8)) + 1]


def _kinetics(law: Antibodies | None, days: int) -> FloatArray:
    """Share of the peak by days since infection; rises, then falls. Empty for lasting immunity."""
    if law is None:
        return np.zeros(0)
    require(law.growth >= 1 and min(law.half_life) > 0, "antibodies: growth of 1 day or more, half_life above 0.")
    since = np.arange(days + 1, dtype=np.float64)
    rate = np.interp(since - law.growth, law.slowing, np.log(2) / np.array(law.half_life))
    fall = np.cumsum(np.where(since > law.growth, rate, 0.0))
    return np.asarray(np.minimum(since / law.growth, np.exp(-fall)), dtype=np.float64)


def _check(disease: NaturalHistory) -> None:
    bands = len(disease.age_edges)
    require(bands > 0 and disease.age_edges[0] == 0, "age_edges must begin with 0 years.")
    require(bool(np.all(np.diff(disease.age_edges) > 0)), "age_edges must rise.")
    tables = (disease.susceptibility, disease.symptomatic, disease.severe, disease.critical, disease.fatal)
    require(all(len(table) == bands for table in tables), f"give {bands} values by age, one for each of age_edges.")
    chain = np.array([np.ones(bands), *tables[1:]], dtype=np.float64)
    falls = bool((np.diff(chain, axis=0) <= 0).all() and (chain >= 0).all())
    require(falls, "probabilities must lie in 0 to 1 and fall from symptomatic to severe, critical, fatal.")
    require(min(disease.susceptibility) >= 0, "susceptibility must be 0 or more.")
    require(0 <= disease.transmission < 1, "transmission must be a probability below 1.")
    require(min(disease.layer_weight) >= 0, "layer_weight must be 0 or more.")
    require(disease.dispersion > 0, "dispersion must be above 0; infinity makes all people alike.")
    require(disease.peak_ratio > 0 and 0 <= disease.peak_share <= 1, "peak_ratio above 0, peak_share in 0 to 1.")
    require(disease.asymptomatic_factor >= 0 and disease.breakthrough_factor >= 0, "factors must be 0 or more.")
