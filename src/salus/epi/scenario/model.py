"""The description of an epidemic in a city: plain data from which every engine runs."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from salus.epi.arrays import FloatArray
from salus.epi.scenario.care import Care, Reporting, Sewage, Work
from salus.epi.scenario.caution import Caution

CLASSES = ("naive", "waned", "vaccinated")  # then one class per variant: recovered from it
NAIVE, WANED, VACCINATED, RECOVERED = 0, 1, 2, 3


def frozen_array(values: npt.ArrayLike) -> FloatArray:
    """Return a read-only copy as floats."""
    out = np.array(values, dtype=np.float64)
    out.flags.writeable = False
    return out


@dataclass(frozen=True, slots=True, eq=False)
class Variant:
    """One variant of the pathogen.

    Parameters
    ----------
    name : str
    r0 : float
        People whom one case infects in the naive population without measures; above 0.
    generation : array_like, shape (D + 1,)
        Probability that the generation interval is 0, 1, 2... days: day 0 has none, the sum
        is 1. `salus.epi.discretised_serial_interval` makes one from a mean and a spread.
        Infected people can be infected again only after its last day.
    severity : float
        Factor on the risk of hospital care and of death; 0 or more.

    """

    name: str
    r0: float
    generation: FloatArray
    severity: float = 1.0

    def __post_init__(self) -> None:
        object.__setattr__(self, "generation", frozen_array(self.generation))


@dataclass(frozen=True, slots=True, eq=False)
class Setting:
    """Where people meet: whom, and in which zone.

    Parameters
    ----------
    name : str
    contacts : array_like, shape (A, A)
        Daily contacts of one person of stratum *a* (row) with people of stratum *b*, in the
        city as a whole. In a zone they follow the mix of people who are there.
    presence : array_like, shape (Z, Z) or (H, Z, Z), optional
        Share of the residents of a zone (row) who are in a zone (column), by day or by block
        of hours; rows sum to 1. Without it everybody is at home.
    weight : array_like, shape (H,), optional
        Share of the setting's contacts that fall in each block of hours; sums to 1.

    """

    name: str
    contacts: FloatArray
    presence: FloatArray | None = None
    weight: FloatArray | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "contacts", frozen_array(self.contacts))
        if self.presence is not None:
            blocks = frozen_array(self.presence)
            object.__setattr__(self, "presence", blocks[None] if blocks.ndim == 2 else blocks)
        if self.weight is not None:
            object.__setattr__(self, "weight", frozen_array(self.weight))


@dataclass(frozen=True, slots=True, eq=False)
class Immunity:
    """What an infection protects from, and for how long.

    Parameters
    ----------
    cross : array_like, shape (V, V), optional
        Protection from infection with a variant (column) after recovery from one (row), from
        0 to 1. Default: full from the same variant, and full from every other.
    waning_days : float
        Mean days until the protection of a recovered person wanes; infinite by default.
    waned_susceptibility, waned_severity : float
        Risk of infection, and of severe illness once infected, of people whose protection
        waned, beside naive people; 0 to 1.
    recovered_severity : float
        The same risk of severe illness for a recovered person who is infected again.

    """

    cross: FloatArray | None = None
    waning_days: float = float("inf")
    waned_susceptibility: float = 1.0
    waned_severity: float = 1.0
    recovered_severity: float = 1.0

    def __post_init__(self) -> None:
        if self.cross is not None:
            object.__setattr__(self, "cross", frozen_array(self.cross))


@dataclass(frozen=True, slots=True, eq=False)
class Vaccine:
    """A vaccine, and how it is offered. Doses by day are given to the engine.

    Parameters
    ----------
    protection : array_like, shape (V,)
        Protection from infection with each variant, 0 to 1.
    uptake : array_like, shape (A,)
        Share of each stratum that accepts; 0 to 1.
    severity : float
        Risk of severe illness of a vaccinated person once infected, beside a naive one.
    waning_days : float
        Mean days until protection wanes.
    order : sequence of int, shape (A,), optional
        Turn of each stratum: those with 0 come first. Default: all at once.
    per_day : float
        Most doses that can be given in a day in the whole city.

    """

    protection: FloatArray
    uptake: FloatArray
    severity: float = 1.0
    waning_days: float = float("inf")
    order: tuple[int, ...] | None = None
    per_day: float = float("inf")

    def __post_init__(self) -> None:
        object.__setattr__(self, "protection", frozen_array(self.protection))
        object.__setattr__(self, "uptake", frozen_array(self.uptake))
        if self.order is not None:
            object.__setattr__(self, "order", tuple(int(turn) for turn in self.order))


@dataclass(frozen=True, slots=True)
class Seed:
    """People infected from outside on a day: `count` of a zone and stratum, with a variant (indices)."""

    day: int
    count: float
    zone: int = 0
    stratum: int = 0
    variant: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Measure:
    """What may be ordered, and how people answer to it.

    Parameters
    ----------
    name : str
    effects : mapping of str to float
        By setting (``"*"`` is every setting): by how much transmission falls there if all
        comply, 0 to 1. Each side of a contact carries the square root.
    travel : float
        By how much presence in other zones falls if all comply, 0 to 1.
    isolation : float
        Share of the infected who are found and isolated if all comply, 0 to 1, after the
        model's `isolation_delay`.
    compliance : array_like, shape (A,) or float
        Share of each stratum that complies on the first day, 0 to 1.
    fatigue_days : array_like, shape (A,) or float
        Days in which compliance above the floor halves; infinite without fatigue.
    floor : float
        Share of the first compliance that never tires, 0 to 1.
    work_lost : float
        Share of working time that is lost where people comply, 0 to 1.

    """

    name: str
    effects: dict[str, float] = field(default_factory=dict)
    travel: float = 0.0
    isolation: float = 0.0
    compliance: FloatArray | float = 1.0
    fatigue_days: FloatArray | float = float("inf")
    floor: float = 0.0
    work_lost: float = 0.0

    def __post_init__(self) -> None:
        object.__setattr__(self, "compliance", frozen_array(self.compliance))
        object.__setattr__(self, "fatigue_days", frozen_array(self.fatigue_days))


@dataclass(frozen=True, slots=True, eq=False)
class InForce:
    """A measure in force from day `start` up to, not including, day `end`.

    Parameters
    ----------
    measure : str
        Its name.
    start : int
        First day of the epidemic's own count; may lie before the days that are run.
    end : int, optional
        First day on which it is over; without it the measure stays.
    zones : sequence of int, optional
        Whose residents it binds; all by default.
    compliance : array_like, shape (A,) or (D, A), optional
        Observed or assumed share that complies, on every day or by day since the start (the
        last day stays); replaces the measure's compliance and fatigue.

    """

    measure: str
    start: int
    end: int | None = None
    zones: tuple[int, ...] | None = None
    compliance: FloatArray | None = None

    def __post_init__(self) -> None:
        if self.zones is not None:
            object.__setattr__(self, "zones", tuple(int(zone) for zone in self.zones))
        if self.compliance is not None:
            object.__setattr__(self, "compliance", np.atleast_2d(frozen_array(self.compliance)))


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """An epidemic in a city of Z zones and A strata (ages by segments), with V variants.

    Parameters
    ----------
    people : array_like, shape (Z, A)
        Residents, whole numbers; a zone may be empty.
    variants : sequence of Variant
    settings : sequence of Setting
        Transmission is the sum over settings, scaled so that each variant has its `r0`.
    immunity, care, reporting, sewage, work
        See there; all have defaults but `care`, without which nobody falls severely ill.
    vaccine : Vaccine, optional
    measures : sequence of Measure
        What may be ordered.
    caution : Caution, optional
        How people keep away from others of their own accord. Without it they never do.
    seeds : sequence of Seed
        First infections.
    importation : array_like, shape (V,), optional
        Infections from outside per day in the whole city if all were susceptible.
    immune : array_like, shape (3 + V, A), optional
        Share of each stratum that starts naive, waned, vaccinated, recovered from variant 0,
        1...; columns sum to 1. Default: all naive.
    dispersion : float, optional
        Negative binomial *k* of how many people one case infects; small is more clustered.
        Without it, Poisson.
    isolation_delay : array_like, shape (L,)
        Probability by day from day 0 of the time from infection to isolation.
    passable : array_like, shape (Z, Z), optional
        Share of their usual presence in a zone (column) that the residents of another (row) keep
        today, because the ways between them are open: 0 to 1; the diagonal means nothing. What
        is lost is spent at home, and `r0` stays that of a city whose ways are all open.
    zones, strata : sequence of str, optional
        Labels.

    """

    people: FloatArray
    variants: tuple[Variant, ...]
    settings: tuple[Setting, ...]
    immunity: Immunity = field(default_factory=Immunity)
    vaccine: Vaccine | None = None
    care: Care = field(default_factory=Care)
    reporting: Reporting = field(default_factory=Reporting)
    sewage: Sewage = field(default_factory=Sewage)
    work: Work = field(default_factory=Work)
    measures: tuple[Measure, ...] = ()
    seeds: tuple[Seed, ...] = ()
    importation: FloatArray | None = None
    immune: FloatArray | None = None
    dispersion: float | None = None
    isolation_delay: FloatArray = field(default_factory=lambda: np.array([0.0, 0.0, 0.0, 0.0, 1.0]))
    caution: Caution | None = None
    passable: FloatArray | None = None
    zones: tuple[str, ...] = ()
    strata: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name in ("people", "importation", "immune", "isolation_delay", "passable"):
            value = getattr(self, name)
            if value is not None:
                object.__setattr__(self, name, frozen_array(value))
        for name in ("variants", "settings", "measures", "seeds", "zones", "strata"):
            object.__setattr__(self, name, tuple(getattr(self, name)))
        from salus.epi.scenario.checks import check_model

        check_model(self)
        labels = (("zones", self.people.shape[0]), ("strata", self.people.shape[1]))
        for name, count in labels:
            if not getattr(self, name):
                object.__setattr__(self, name, tuple(str(index) for index in range(count)))

    @property
    def shape(self) -> tuple[int, int, int, int]:
        """Zones, strata, variants and immunity classes."""
        zones, strata = self.people.shape
        return zones, strata, len(self.variants), RECOVERED + len(self.variants)
