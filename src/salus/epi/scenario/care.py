"""What an infection leads to: reports, hospital, death, traces in sewage, lost work."""

from __future__ import annotations

from dataclasses import dataclass, field, fields

import numpy as np

from salus.epi.arrays import FloatArray


def discretised_delay(mean: float, sd: float, *, days: int | None = None) -> FloatArray:
    r"""Probability that a gamma delay, seen in whole days, is 0, 1, 2... days.

    The delay starts at a uniform moment of its first day and is counted in dates.

    Parameters
    ----------
    mean, sd : float
        Days, above 0.
    days : int, optional
        Length of the result. Default: until less than 1e-3 is left. What is beyond goes to
        the last day.

    Returns
    -------
    FloatArray, shape (days,)
        Sums to 1.

    Notes
    -----
    :math:`p_k = \int_0^1 F(k + 1 - u) - F(k - u)\,du`, with F the distribution function.

    References
    ----------
    Park SW et al. Estimating epidemiological delay distributions for infectious diseases.
    https://doi.org/10.1101/2024.01.12.24301247

    """
    from scipy.special import gammainc, gammaincinv

    from salus.epi.arrays import require

    require(mean > 0 and sd > 0, "mean and sd of a delay must be above 0 days.")
    shape, scale = (mean / sd) ** 2, sd**2 / mean
    length = days or int(np.ceil(gammaincinv(shape, 0.999) * scale)) + 1
    edge = np.arange(length + 1, dtype=np.float64)
    # The integral of a gamma distribution function has a closed form.
    inside = edge * gammainc(shape, edge / scale) - mean * gammainc(shape + 1, edge / scale)
    reached = np.diff(inside)
    reached[-1] = 1.0
    out: FloatArray = np.diff(reached, prepend=0.0)
    return out


def _freeze(target: object) -> None:
    for item in fields(target):  # type: ignore[arg-type]
        value = getattr(target, item.name)
        if not isinstance(value, (float, int)) or item.name in _BY_STRATUM:
            array = np.array(value, dtype=np.float64)
            array.flags.writeable = False
            object.__setattr__(target, item.name, array)


_BY_STRATUM = {"hospital", "icu", "death_ward", "death_icu", "death_home", "ascertainment", "employed", "symptomatic"}


@dataclass(frozen=True, slots=True, eq=False)
class Care:
    """Severe illness and hospital care.

    Parameters
    ----------
    hospital : array_like, shape (A,) or float
        Share of naive infected people who need a hospital.
    icu : array_like, shape (A,) or float
        Share of those in hospital who need intensive care.
    death_ward, death_icu, death_home : array_like, shape (A,) or float
        Share who die of those never in intensive care, of those in it, and of all infected
        without reaching a hospital.
    to_hospital, ward_stay, to_icu, icu_stay, recovery_stay, to_death : array_like, shape (L,)
        Probability by day from day 0: infection to admission; stay of those never in
        intensive care; admission to intensive care; stay there; stay in the ward after it;
        infection to death outside hospital.
    beds, icu_beds : float
        Staffed beds of the city's wards, and of its intensive care.
    excess_ward, excess_icu : float
        Share of those who would have lived that die for want of such a bed.

    Notes
    -----
    The delays that stand here unless others are given are of the order seen with COVID-19
    (means and standard deviations in days in the code): replace them for another disease.

    References
    ----------
    Linton NM et al. J Clin Med 2020;9:538 (onset to admission). https://doi.org/10.3390/jcm9020538
    Rees EM et al. BMC Med 2020;18:270 (stays). https://doi.org/10.1186/s12916-020-01726-3
    Verity R et al. Lancet Infect Dis 2020;20:669-77 (to death).
    https://doi.org/10.1016/S1473-3099(20)30243-7

    """

    hospital: FloatArray | float = 0.0
    icu: FloatArray | float = 0.0
    death_ward: FloatArray | float = 0.0
    death_icu: FloatArray | float = 0.0
    death_home: FloatArray | float = 0.0
    to_hospital: FloatArray = field(default_factory=lambda: discretised_delay(10.0, 4.0))
    ward_stay: FloatArray = field(default_factory=lambda: discretised_delay(7.0, 5.0))
    to_icu: FloatArray = field(default_factory=lambda: discretised_delay(2.0, 2.0))
    icu_stay: FloatArray = field(default_factory=lambda: discretised_delay(9.0, 7.0))
    recovery_stay: FloatArray = field(default_factory=lambda: discretised_delay(6.0, 5.0))
    to_death: FloatArray = field(default_factory=lambda: discretised_delay(22.0, 9.0))
    beds: float = float("inf")
    icu_beds: float = float("inf")
    excess_ward: float = 0.0
    excess_icu: float = 0.0

    def __post_init__(self) -> None:
        _freeze(self)


@dataclass(frozen=True, slots=True, eq=False)
class Reporting:
    """How infections become reported cases.

    Parameters
    ----------
    ascertainment : array_like, shape (A,) or float
        Share of infections that are ever reported.
    delay : array_like, shape (L,)
        Probability by day from day 0 of the time from infection to report.
    weekday : array_like, shape (7,)
        Share of the reports due that are made on each day of the week (day 0 of the epidemic
        is weekday 0); the others wait for the next day. Some day must be above 0.

    Notes
    -----
    The delay that stands here unless another is given is an incubation period of COVID-19
    and two days: replace it by what the city's own reports show.

    References
    ----------
    Linton NM et al. J Clin Med 2020;9:538 (incubation). https://doi.org/10.3390/jcm9020538

    """

    ascertainment: FloatArray | float = 1.0
    delay: FloatArray = field(default_factory=lambda: discretised_delay(7.0, 3.0))
    weekday: FloatArray = field(default_factory=lambda: np.ones(7))

    def __post_init__(self) -> None:
        _freeze(self)


@dataclass(frozen=True, slots=True, eq=False)
class Sewage:
    """How infections show in sewage.

    Parameters
    ----------
    shedding : array_like, shape (L,)
        Gene copies that one infected person sheds 0, 1, 2... days after infection.
    noise : float
        Standard deviation of the logarithm of a sample; 0 or more. Stochastic runs only.

    Notes
    -----
    The shedding that stands here unless another is given sums to 1, so that the output is
    infections weighted by time, not copies; its span is of the order seen with COVID-19.

    References
    ----------
    Hoffmann T, Alsing J. Faecal shedding models for SARS-CoV-2 RNA. J R Stat Soc C
    2023;72:330-45. https://doi.org/10.1093/jrsssc/qlac001

    """

    shedding: FloatArray = field(default_factory=lambda: discretised_delay(9.0, 6.0))
    noise: float = 0.5

    def __post_init__(self) -> None:
        _freeze(self)


@dataclass(frozen=True, slots=True, eq=False)
class Work:
    """Who works, and how long the sick stay away.

    Parameters
    ----------
    employed : array_like, shape (A,) or float
        Share of a stratum that works.
    symptomatic : array_like, shape (A,) or float
        Share of the infected who fall ill enough to stay away.
    away : array_like, shape (L,)
        Share of the ill who are away 0, 1, 2... days after infection. Unless another is
        given: a week from the fifth day on.

    Notes
    -----
    Shares that stand here unless others are given are round numbers: replace them.

    """

    employed: FloatArray | float = 0.6
    symptomatic: FloatArray | float = 0.6
    away: FloatArray = field(default_factory=lambda: np.repeat([0.0, 1.0], [5, 7]))

    def __post_init__(self) -> None:
        _freeze(self)
