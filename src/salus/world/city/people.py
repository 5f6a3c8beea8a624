"""Households and people: who lives together, how old they are, and what makes an emergency harder for them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from salus.world.city.ground import CENTRE, INNER, FloatArray, Ground, IntArray

LANGUAGES = ("en", "fr", "ar", "pt", "tr")
CONDITIONS = ("none", "diabetes", "heart", "lung", "weak_defences", "pregnant", "kidney")
DISABILITIES = ("none", "mobility", "sight", "hearing", "learning")
ACCESS = ("none", "phone", "full")
SEGMENTS = ("deprived", "middle", "well_off")
AGE_BANDS = ((0, 4), (5, 17), (18, 29), (30, 49), (50, 64), (65, 79), (80, None))
HOUSEHOLD_KINDS = ("alone", "couple", "single_parent", "family", "three_generations", "shared", "care_home")
ALONE, COUPLE, SINGLE_PARENT, FAMILY, GENERATIONS, SHARED, CARE_HOME = range(7)
# Share of household kinds by where they live; rows centre, inner, suburb.
_KIND_SHARE = np.array(
    [
        [0.40, 0.25, 0.07, 0.13, 0.05, 0.10],
        [0.31, 0.27, 0.08, 0.22, 0.07, 0.05],
        [0.22, 0.30, 0.07, 0.33, 0.06, 0.02],
    ]
)
_CARE_SHARE_FROM_80 = 0.16
_CARE_HOME_SIZE = 45


@dataclass(frozen=True, slots=True)
class People:
    """One row a person, sorted by household; columns are small whole numbers.

    Attributes
    ----------
    household, zone, age, sex, condition, decile, language, disability, access, segment : IntArray
        Household and zone as positions; sex 0 female, 1 male; the rest as positions in this module's lists.
    kind : IntArray
        Kind of each household.
    home_zone : IntArray
        Zone of each household.

    """

    household: IntArray
    zone: IntArray
    age: IntArray
    sex: IntArray
    condition: IntArray
    decile: IntArray
    language: IntArray
    disability: IntArray
    access: IntArray
    segment: IntArray
    kind: IntArray
    home_zone: IntArray

    @property
    def count(self) -> int:
        """Return how many people there are."""
        return int(self.age.size)


def make_people(ground: Ground, total: int, rng: np.random.Generator) -> People:
    """Settle exactly so many people in households."""
    wealth = _wealth(ground, rng)
    zone, kind, sizes = _households(ground, total, rng)
    household = np.repeat(np.arange(sizes.size), sizes)
    age = _ages(kind, sizes, household, rng)
    household, zone, kind, sizes = _move_to_care(household, zone, kind, age, len(ground.zones), rng)
    order = np.argsort(household, kind="stable")
    household, age = household[order], age[order]
    home = zone[household]
    decile = _deciles(wealth, zone, kind, rng)[household]
    sex = (rng.random(total) < 0.485 - 0.0022 * np.maximum(age - 65, 0)).astype(np.int64)
    language = _languages(wealth, zone, rng)[household]
    segment = np.digitize(decile, [4, 8])
    return People(
        household, home, age, sex, _conditions(age, sex, decile, rng), decile, language, _disabilities(age, rng),
        _access(age, decile, rng), segment, kind, zone,
    )  # fmt: skip


def _wealth(ground: Ground, rng: np.random.Generator) -> FloatArray:
    """Return how well off each zone is, standard normal in shape and alike among neighbours."""
    own = rng.normal(0.0, 1.0, len(ground.zones))
    away = np.hypot(*(ground.at[:, None, :] - ground.at[None, :, :]).transpose(2, 0, 1))
    near = np.exp(-((away / (0.22 * ground.radius)) ** 2))
    smooth = near @ own / np.sqrt((near**2).sum(axis=1))
    # The east bank was built for the docks and the foundries.
    smooth = smooth - 0.7 * (ground.at[:, 0] > 0.15 * ground.radius)
    return np.asarray((smooth - smooth.mean()) / smooth.std())


def _households(ground: Ground, total: int, rng: np.random.Generator) -> tuple[IntArray, IntArray, IntArray]:
    """Return zone, kind and size of households that hold exactly so many people."""
    row = np.array([0 if kind == CENTRE else 1 if kind == INNER else 2 for kind in ground.kind])
    far = np.hypot(ground.at[:, 0], ground.at[:, 1]) / ground.radius
    weight = ground.area_km2 * np.exp(-1.9 * far) * rng.lognormal(0.0, 0.22, far.size)
    count = int(total / 2.0)
    zone = rng.choice(far.size, count, p=weight / weight.sum())
    edges = np.cumsum(_KIND_SHARE, axis=1)[row[zone]]
    kind = np.minimum((rng.random(count)[:, None] > edges).sum(axis=1), SHARED)
    size = _sizes(kind, rng)
    keep = int(np.searchsorted(np.cumsum(size), total)) + 1
    zone, kind, size = zone[:keep], kind[:keep], size[:keep]
    size[-1] -= int(size.sum()) - total
    if size[-1] <= 1:
        kind[-1] = ALONE
    order = np.argsort(zone, kind="stable")
    return zone[order], kind[order], size[order]


def _sizes(kind: IntArray, rng: np.random.Generator) -> IntArray:
    children = 1 + np.minimum(rng.geometric(0.5, kind.size) - 1, 4)
    size = np.ones(kind.size, dtype=np.int64)
    size[kind == COUPLE] = 2
    size = np.where(kind == SINGLE_PARENT, 1 + children, size)
    size = np.where(kind == FAMILY, 2 + children, size)
    size = np.where(kind == GENERATIONS, 3 + children, size)
    return np.where(kind == SHARED, 2 + rng.poisson(1.2, kind.size), size)


def _ages(kind: IntArray, sizes: IntArray, household: IntArray, rng: np.random.Generator) -> IntArray:
    """Return the age of each person from the place that they have in their household."""
    starts = np.cumsum(sizes) - sizes
    position = np.arange(household.size) - starts[household]
    of = kind[household]
    old = rng.random(kind.size)
    head = np.select(
        [kind == ALONE, kind == COUPLE, kind == SHARED],
        [
            np.where(old < 0.42, rng.triangular(62, 76, 97, kind.size), rng.triangular(19, 42, 67, kind.size)),
            np.where(old < 0.40, rng.triangular(60, 70, 92, kind.size), rng.triangular(21, 52, 66, kind.size)),
            rng.triangular(18, 24, 45, kind.size),
        ],
        rng.triangular(22, 41, 62, kind.size),
    )
    parents = np.select([kind == SINGLE_PARENT, kind == FAMILY, kind == GENERATIONS], [1, 2, 3], 99)[household]
    adult = head[household] + np.where(position == 0, 0.0, rng.normal(0.0, 3.5, household.size))
    grandparent = head[household] + rng.normal(29.0, 4.0, household.size)
    adult = np.where((of == GENERATIONS) & (position == 2), grandparent, adult)
    child = rng.random(household.size) * np.clip(head[household] - 20.0, 3.0, 20.0)
    found = np.where(position >= parents, child, np.maximum(adult, 18.0))
    return np.clip(found, 0, 101).astype(np.int64)


def _move_to_care(
    household: IntArray, zone: IntArray, kind: IntArray, age: IntArray, zones: int, rng: np.random.Generator
) -> tuple[IntArray, IntArray, IntArray, IntArray]:
    """Let some of the oldest live in care homes of their zone's neighbourhood instead of their household."""
    alone = kind[household] == ALONE
    moving = np.flatnonzero((age >= 80) & (rng.random(age.size) < _CARE_SHARE_FROM_80 * (1 + alone)))
    homes = max(round(moving.size / _CARE_HOME_SIZE), 1) if moving.size else 0
    if homes:
        from_zone = zone[household[moving]]
        order = np.argsort(from_zone, kind="stable")
        share = (np.arange(moving.size) * homes) // moving.size
        place = np.array([np.bincount(from_zone[order][share == n], minlength=zones).argmax() for n in range(homes)])
        household = household.copy()
        household[moving[order]] = zone.size + share
        zone = np.concatenate([zone, place])
        kind = np.concatenate([kind, np.full(homes, CARE_HOME)])
    sizes = np.bincount(household, minlength=zone.size)
    # Households that everybody left are gone.
    kept = np.cumsum(sizes > 0) - 1
    return kept[household], zone[sizes > 0], kind[sizes > 0], sizes[sizes > 0]


def _deciles(wealth: FloatArray, zone: IntArray, kind: IntArray, rng: np.random.Generator) -> IntArray:
    """Return each household's tenth of income, 1 the poorest, in equal shares over the city."""
    burden = np.array([-0.25, 0.35, -0.8, 0.2, -0.3, -0.5, -0.4])[kind]
    income = 0.75 * wealth[zone] + burden + rng.normal(0.0, 0.8, zone.size)
    rank = np.argsort(np.argsort(income))
    return np.asarray(1 + (10 * rank) // zone.size)


def _languages(wealth: FloatArray, zone: IntArray, rng: np.random.Generator) -> IntArray:
    share = np.column_stack([np.full(wealth.size, value) for value in (0.62, 0.16, 0.11, 0.06, 0.05)])
    share[:, 1:] *= np.exp(-0.45 * wealth)[:, None] * rng.gamma(2.0, 0.5, (wealth.size, 4))
    share /= share.sum(axis=1, keepdims=True)
    edges = np.cumsum(share, axis=1)[zone]
    return np.minimum((rng.random(zone.size)[:, None] > edges).sum(axis=1), len(LANGUAGES) - 1)


def _conditions(age: IntArray, sex: IntArray, decile: IntArray, rng: np.random.Generator) -> IntArray:
    """Return the condition that weighs most for each person; poorer people fall ill earlier."""
    aged = age + 1.2 * (5.5 - decile)
    rates = [
        (2, 0.24 / (1 + np.exp(-(aged - 74) / 8))),
        (1, 0.17 / (1 + np.exp(-(aged - 58) / 9))),
        (3, 0.035 + 0.09 / (1 + np.exp(-(aged - 70) / 8))),
        (6, 0.07 / (1 + np.exp(-(aged - 76) / 8))),
        (4, np.full(age.size, 0.012) + 0.01 * (age > 60)),
        (5, np.where((sex == 0) & (age >= 17) & (age <= 44), 0.042, 0.0)),
    ]
    found = np.zeros(age.size, dtype=np.int64)
    for number, rate in rates:
        found = np.where((found == 0) & (rng.random(age.size) < rate), number, found)
    return found


def _disabilities(age: IntArray, rng: np.random.Generator) -> IntArray:
    rates: list[tuple[int, FloatArray | float]] = [
        (1, 0.015 + 0.28 / (1 + np.exp(-(age - 84) / 6.0))),
        (2, 0.006 + 0.07 / (1 + np.exp(-(age - 84) / 6.0))),
        (3, 0.008 + 0.16 / (1 + np.exp(-(age - 82) / 6.0))),
        (4, 0.013),
    ]
    found = np.zeros(age.size, dtype=np.int64)
    for number, rate in rates:
        found = np.where((found == 0) & (rng.random(age.size) < rate), number, found)
    return found


def _access(age: IntArray, decile: IntArray, rng: np.random.Generator) -> IntArray:
    """Return whether a person is reached by nothing digital, by telephone, or by anything."""
    none = 0.01 + 0.42 / (1 + np.exp(-(age - 82 - 1.5 * (decile - 5.5)) / 5.0))
    phone = 0.05 + 0.30 / (1 + np.exp(-(age - 70 - 2.0 * (decile - 5.5)) / 7.0)) + 0.012 * (10 - decile)
    draw: NDArray[np.float64] = rng.random(age.size)
    return np.where(draw < none, 0, np.where(draw < none + phone, 1, 2)).astype(np.int64)
