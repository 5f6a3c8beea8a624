"""A synthetic population: people with ages, and whom they meet at home, school, work and about town."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from salus.epi.agents.disease import ByLayer
from salus.epi.agents.families import household_bounds, place_families
from salus.epi.agents.networks import ContactLayer, Persons, everyone_in_group, random_in_group
from salus.epi.arrays import FloatArray, IntArray, require
from salus.epi.errors import EmptyInputError

LAYERS = ByLayer._fields
_MOST = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Gathering:
    """How people of some ages come together in schools, workplaces or clubs.

    Attributes
    ----------
    ages : tuple of float
        From the first up to below the second, in years.
    share : float
        Of the people of those ages who take part, 0 to 1.
    contacts : float
        Mean contacts of a participant within the group, 0 or more.
    size : float or None
        Mean size of a group; sizes are lognormal with a standard deviation of `spread` times
        the mean. None is one group for all.
    spread : float
        0 makes all groups of one size.
    nearby : bool
        Whether groups are of neighbours and, among them, of people of an age (schools), or
        drawn from the whole city (workplaces).

    """

    ages: tuple[float, float]
    share: float = 1.0
    contacts: float = 16.0
    size: float | None = None
    spread: float = 1.0
    nearby: bool = False


SCHOOL = Gathering((6, 18), 1.0, 20.0, 120.0, 0.3, nearby=True)
WORK = Gathering((18, 65), 0.75, 16.0, 30.0, 2.0)


@dataclass(frozen=True, slots=True)
class Population:
    """People and their contacts.

    Attributes
    ----------
    age : array of float32, shape (N,)
        Years. Members of a household are neighbours in the array.
    households : IntArray, shape (H + 1,)
        First person of each household, and N last.
    starts : array of int32, shape (N + 1, 4)
        Where each person's contacts begin, by layer: household, school, work, community.
    contacts : array of int32
        All contacts, layer after layer.

    """

    age: npt.NDArray[np.float32]
    households: IntArray
    starts: Persons = field(repr=False)
    contacts: Persons = field(repr=False)

    @property
    def size(self) -> int:
        """Number of people."""
        return int(self.age.size)

    def layer(self, name: str) -> ContactLayer:
        """Contacts of one layer: ``"household"``, ``"school"``, ``"work"`` or ``"community"``."""
        require(name in LAYERS, f"layer must be one of {', '.join(LAYERS)}.")
        starts = self.starts[:, LAYERS.index(name)].astype(np.int64)
        return ContactLayer(starts - starts[0], self.contacts[starts[0] : starts[-1]])


def population_of(age: npt.ArrayLike, households: IntArray, layers: Sequence[ContactLayer]) -> Population:
    """Make a population of contacts that you have.

    Parameters
    ----------
    age : array_like, shape (N,)
        Years.
    households : IntArray, shape (H + 1,)
        First person of each household, and N last.
    layers : sequence of ContactLayer
        Household, school, work, community.

    Returns
    -------
    Population

    Raises
    ------
    InvalidParameterError

    """
    require(len(layers) == len(LAYERS), f"give {len(LAYERS)} layers: {', '.join(LAYERS)}.")
    offsets = np.cumsum([0] + [layer.contacts.size for layer in layers])
    require(int(offsets[-1]) <= _MOST, "more than 2,147,483,647 contacts: make a smaller population.")
    columns = [layer.starts + offset for layer, offset in zip(layers, offsets[:-1], strict=True)]
    starts = np.stack(columns, axis=1).astype(np.int32)
    contacts = np.concatenate([layer.contacts for layer in layers])
    population = Population(np.asarray(age, dtype=np.float32), households, starts, contacts)
    check_population(population)
    return population


def synthesise_population(
    size: int,
    *,
    age_edges: Sequence[float],
    age_shares: npt.ArrayLike,
    household_shares: npt.ArrayLike,
    rng: np.random.Generator,
    school: Gathering = SCHOOL,
    work: Gathering = WORK,
    community: float = 20.0,
    families: bool = True,
) -> Population:
    """Make people and their contacts from an age distribution and household sizes.

    Parameters
    ----------
    size : int
        People, 2 or more.
    age_edges : sequence of float, length A + 1
        Ends of the age bands in years, rising, for example ``(0, 5, 10, ..., 100)``.
    age_shares : array_like, shape (A,)
        People in each band, as counts or shares; ages are uniform within a band.
    household_shares : array_like, shape (K,)
        Households of 1, 2, ..., K people, as counts or shares of households.
    rng : numpy.random.Generator
        Same seed, same population.
    school, work : Gathering
        Who attends, how many they meet, how large the groups are.
    community : float
        Mean contacts of everyone with anyone, 0 or more.
    families : bool
        Whether children live with adults and couples are of an age; otherwise households are
        of random ages.

    Returns
    -------
    Population

    Raises
    ------
    EmptyInputError, InvalidParameterError

    Notes
    -----
    Contacts at home are with all of the household; elsewhere each participant names a Poisson
    number of others of his group with half the mean, and is named by others. The contacts stay
    the same from day to day, so that they can be traced.

    References
    ----------
    Kerr CC et al. PLoS Comput Biol 2021. https://doi.org/10.1371/journal.pcbi.1009149 (numbers
    of contacts by layer)

    """
    require(2 <= size <= _MOST, "size must be 2 to 2,147,483,647 people.")
    require(community >= 0, "community must be 0 contacts or more.")
    ages = _draw_ages(size, age_edges, _shares(age_shares, "age_shares"), rng)
    bounds = household_bounds(size, _shares(household_shares, "household_shares"), rng)
    if families:
        ages = place_families(ages, bounds, rng)
    everyone, one_group = np.arange(size, dtype=np.int64), np.array([0, size], dtype=np.int64)
    layers = [
        everyone_in_group(size, bounds),
        _gather(ages, school, rng),
        _gather(ages, work, rng),
        random_in_group(size, everyone, one_group, community, _key(rng)),
    ]
    return population_of(ages, bounds, layers)


def _key(rng: np.random.Generator) -> np.uint64:
    return np.uint64(rng.integers(0, 2**63))


def _shares(values: npt.ArrayLike, name: str) -> FloatArray:
    shares = np.asarray(values, dtype=np.float64)
    if shares.size == 0 or not np.any(shares > 0):
        raise EmptyInputError(f"{name} is empty or all zero: give at least one share above 0.")
    require(shares.ndim == 1, f"{name} must have one axis.")
    require(bool(np.isfinite(shares).all() and (shares >= 0).all()), f"{name} must be 0 or more, without NaN.")
    return np.asarray(shares / shares.sum(), dtype=np.float64)


def _draw_ages(size: int, edges: Sequence[float], shares: FloatArray, rng: np.random.Generator) -> FloatArray:
    ends = np.asarray(edges, dtype=np.float64)
    require(ends.shape == (shares.size + 1,), "age_edges needs one more value than age_shares.")
    require(bool((np.diff(ends) > 0).all() and ends[0] >= 0), "age_edges must rise from 0 or more.")
    band = np.searchsorted(np.cumsum(shares), rng.random(size), side="right").clip(0, shares.size - 1)
    return np.asarray(ends[band] + np.diff(ends)[band] * rng.random(size), dtype=np.float64)


def _gather(ages: FloatArray, plan: Gathering, rng: np.random.Generator) -> ContactLayer:
    require(
        0 <= plan.share <= 1 and plan.contacts >= 0, "a gathering needs a share in 0 to 1 and contacts of 0 or more."
    )
    require(plan.size is None or plan.size >= 1, "the size of a gathering must be 1 or more, or None.")
    joins = (ages >= plan.ages[0]) & (ages < plan.ages[1])
    joins &= rng.random(ages.size) < plan.share
    members = np.flatnonzero(joins)
    if plan.size is None:
        bounds = np.array([0, members.size], dtype=np.int64)
    else:
        bounds = _group_bounds(members.size, plan.size, plan.spread, rng)
        members = _by_age(members, ages, plan, bounds) if plan.nearby else rng.permutation(members)
    return random_in_group(ages.size, members, bounds, plan.contacts, _key(rng))


def _group_bounds(people: int, mean: float, spread: float, rng: np.random.Generator) -> IntArray:
    sigma = np.sqrt(np.log1p(spread**2))
    guess = int(people / mean * 1.1 + 20 * np.sqrt(people / mean) * (1 + spread)) + 10
    sizes = np.exp(np.log(mean) - sigma**2 / 2 + sigma * rng.standard_normal(guess))
    ends = np.cumsum(np.maximum(1, np.round(sizes)).astype(np.int64))
    last = int(np.searchsorted(ends, people))
    bounds: IntArray = np.concatenate([[0], ends[:last], [people]])
    return bounds


_CATCHMENT_YEARS = 12


def _by_age(members: IntArray, ages: FloatArray, plan: Gathering, bounds: IntArray) -> IntArray:
    """Order members by neighbourhood and, within it, by age."""
    mean = max(1.0, members.size / max(1, bounds.size - 1))
    years = max(1.0, min(_CATCHMENT_YEARS, plan.ages[1] - plan.ages[0]))
    area = (np.arange(members.size) / (mean * years)).astype(np.int64)
    return members[np.lexsort((ages[members], area))]


def check_population(population: Population) -> None:
    """Raise `InvalidParameterError` unless contacts name people that exist."""
    size, starts, contacts = population.size, population.starts, population.contacts
    require(size >= 2, "a population needs 2 people or more.")
    require(
        bool(np.isfinite(population.age).all() and (population.age >= 0).all()), "ages must be 0 or more, without NaN."
    )
    require(
        starts.shape == (size + 1, len(LAYERS)), "starts needs a row for each person and one more, a column a layer."
    )
    rises = bool((np.diff(starts, axis=0) >= 0).all() and (starts[0] >= 0).all())
    require(rises and int(starts.max()) <= contacts.size, "starts must rise and stay within contacts.")
    inside = contacts.size == 0 or (int(contacts.min()) >= 0 and int(contacts.max()) < size)
    require(inside, "contacts must be numbers of people, 0 to N - 1.")
