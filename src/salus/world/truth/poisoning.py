"""A poisoned source, day by day: who gets a dose, who falls ill of it, and what becomes of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from salus.world.city.people import SEGMENTS
from salus.world.emergency_kinds import CommonSource, MeanAndSpread, SourceMeasure
from salus.world.truth.ill import COLUMNS, NEVER, SECONDARY, SOURCE, nobody
from salus.world.truth.orders import Order
from salus.world.truth.place import FloatArray
from salus.world.truth.served import WATER_PLACES, household_members, served
from salus.world.truth.serving import Serving
from salus.world.truth.sites import WATER

Chance = Callable[[str, int], np.random.Generator]
_WAKING = (6.0, 23.0)


class Poisoning:
    """What one source does in a city."""

    def __init__(
        self, source: CommonSource, pack: Path, zones: tuple[str, ...], chance: Chance, serving: Serving
    ) -> None:
        self._source, self._chance, self._serving = source, chance, serving
        self._pack, self._zones = pack, zones
        found = served(source, pack, zones, chance("guests", 0))
        self.people, self.area = found.people, found.zones
        had = np.array([row.had for row in source.questions])
        self._asked = np.column_stack([self._can(row.at) for row in source.questions])
        self._had = (chance("habits", 0).random((self.people.height, had.size)) < had) & self._asked
        self._members: pl.DataFrame | None = None

    def _can(self, at: str) -> NDArray[np.bool_]:
        if at == "anywhere":
            return np.ones(self.people.height, dtype=bool)
        return self.people[at].to_numpy()

    def ends(self, orders: Sequence[Order], today: date) -> bool:
        """Tell whether what was ordered has put an end to the source."""
        after = {row.code: row.ends_after_days for row in self._source.measures if row.ends_after_days is not None}
        return any(
            order.measure in after
            and order.holds_on(today)
            and self._reaches(order)
            and (today - order.start).days >= after[order.measure]
            for order in orders
        )

    def _reaches(self, order: Order) -> bool:
        # What is ordered of a meal names its kitchen, wherever those live who fell ill of it.
        return not order.zones or self._source.place.kind == "meal" or bool(set(order.zones) & set(self.area))

    def strength(self, day: int) -> float:
        """Return how strong the poison is on a day: 1 at first, less as it is washed away."""
        given = self._source.contamination
        since = day - given.begins_on_day
        if since < 0 or (given.days is not None and since >= given.days):
            return 0.0
        whole = (24 - given.begins_at_hour) / 24 if since == 0 else 1.0
        fading = 0.5 ** (since / given.half_life_days) if given.half_life_days else 1.0
        return float(whole * fading)

    def doses(self, day: int, orders: Sequence[Order], today: date) -> FloatArray:
        """Return everybody's dose of a day, given what is in force."""
        rng, strength = self._chance("doses", day), self.strength(day)
        total = np.zeros(self.people.height)
        for number, row in enumerate(self._source.questions):
            amount = _drawn(row.amount, rng, total.size)
            total += self._had[:, number] * amount * row.carries
        return total * strength * self._left(orders, today)

    def _left(self, orders: Sequence[Order], today: date) -> FloatArray:
        """Return the share of the dose that is left to each, as they follow what is in force."""
        left = np.ones(self.people.height)
        known = {row.code: row for row in self._source.measures}
        for code in sorted({order.measure for order in orders if order.holds_on(today)}):
            held = [order for order in orders if order.measure == code and order.holds_on(today)]
            measure = known.get(code)
            if measure is not None and measure.dose and any(self._reaches(order) for order in held):
                left *= np.where(self._follows(measure), 1.0 - measure.dose, 1.0)
        return left * self._not_drunk(orders, today)

    def _not_drunk(self, orders: Sequence[Order], today: date) -> FloatArray | float:
        """Return the share of the dose that is left to those who have clean water from a site, where it is of water."""
        fetched = self._serving.reached(WATER, orders, today) if self._source.place.kind in WATER_PLACES else None
        if fetched is None:
            return 1.0
        share = fetched[self.people["zone"].to_numpy(), self.people["segment"].to_numpy()]
        # The same people come for water as long as there is room: more room reaches more of them.
        comes = self._chance("fetches water", 0).random(share.size) < share
        return np.where(comes, 1.0 - self._serving.helps(WATER), 1.0)

    def _follows(self, measure: SourceMeasure) -> NDArray[np.bool_]:
        share = np.array(measure.compliance)[self.people["segment"].to_numpy()]
        return np.asarray(self._chance(f"follows {measure.code}", 0).random(share.size) < share)

    def step(self, day: int, orders: Sequence[Order], today: date, before: pl.DataFrame) -> pl.DataFrame:
        """Return those who are poisoned today, and those at home whom they will infect."""
        if not self.strength(day):
            return nobody()
        dose = self.doses(day, orders, today)
        given = self._source.attack
        prone = np.array(given.prone_by_age)[self.people["stratum"].to_numpy() // len(SEGMENTS)]
        risk = np.clip(given.most * (1.0 - np.exp(-given.per_dose * dose)) * prone, 0.0, 1.0)
        falls = self._chance("falls ill", day).random(risk.size) < risk
        falls &= ~np.isin(self.people["person"].to_numpy(), before["person"].to_numpy())
        rows = self._struck(self.people.filter(pl.Series(falls)), dose[falls], self._had[falls], day)
        return pl.concat([rows, self._at_home(rows, before, day)])

    def _struck(self, people: pl.DataFrame, dose: FloatArray, had: NDArray[np.bool_], day: int) -> pl.DataFrame:
        rng, count = self._chance("hour", day), people.height
        first = _WAKING[0]
        begins = self._source.contamination
        if day == begins.begins_on_day:
            first = max(first, float(begins.begins_at_hour))
        at = 24.0 * day + first + rng.random(count) * max(_WAKING[1] - first, 0.9)
        codes = np.array([row.code for row in self._source.questions])
        told = [";".join(codes[row]) for row in had]
        return self._course(people, at, SOURCE, self._chance("course", day)).with_columns(
            pl.Series("dose", dose, dtype=pl.Float64), pl.Series("had", told, dtype=pl.String)
        )

    def _course(self, people: pl.DataFrame, at: FloatArray, cause: str, rng: np.random.Generator) -> pl.DataFrame:
        """Return what becomes of people from the hour at which they were exposed."""
        given, lag, count = self._source.severity, self._source.incubation, people.height
        band, segment = np.divmod(people["stratum"].to_numpy().astype(np.int64), len(SEGMENTS))
        onset = at + np.maximum(_log_normal((lag.mean_hours, lag.sd_hours), rng, count), lag.shortest_hours)
        worse = rng.random(count) < np.array(given.hospital_by_age)[band] * np.array(given.risk_by_segment)[segment]
        icu = worse & (rng.random(count) < np.array(given.icu_by_age)[band])
        dies = worse & (rng.random(count) < np.array(given.death_by_age)[band])
        admitted = np.floor((onset + _drawn(given.to_hospital_hours, rng, count)) / 24)
        stay = np.where(icu, _drawn(given.icu_days, rng, count), _drawn(given.ward_days, rng, count))
        out = admitted + np.maximum(np.rint(stay), 1)
        well = np.floor(onset / 24 + np.maximum(_drawn(given.ill_days, rng, count), 0.5))
        found = people.select("person", "zone", "stratum", "age", "sex", "works").with_columns(
            pl.lit(cause).alias("cause"),
            pl.Series("exposed_on", np.floor(at / 24)),
            pl.Series("exposed_at", at),
            pl.Series("onset_at", onset),
            pl.Series("well_on", np.where(worse, np.maximum(well, out), well)),
            pl.Series("admitted_on", np.where(worse, admitted, NEVER)),
            pl.Series("discharged_on", np.where(worse, out, NEVER)),
            pl.Series("icu", icu),
            pl.Series("died_on", np.where(dies, out, NEVER)),
            pl.lit(0.0).alias("dose"),
            pl.lit("").alias("had"),
        )
        return found.select(pl.col(name).cast(kind) for name, kind in COLUMNS.items())

    def _at_home(self, ill: pl.DataFrame, before: pl.DataFrame, day: int) -> pl.DataFrame:
        """Return those who will be infected at home by today's ill, and by them in turn."""
        given = self._source.secondary
        if given is None or not ill.height or not given.infected_by_each:
            return nobody()
        if self._members is None:
            self._members = household_members(self._pack, self.people["household"].unique(), self._zones)
        rng, found = self._chance("at home", day), [nobody()]
        taken = set(before["person"].to_list()) | set(ill["person"].to_list())
        home = dict(self._members.select("person", "household").iter_rows())
        while ill.height:
            pairs = self._caught(ill, home, taken, rng)
            people = pl.DataFrame({"person": [who for who, _at in pairs]}, schema={"person": pl.Int64})
            people = people.join(self._members, on="person", how="left", maintain_order="left")
            at = np.array([at for _who, at in pairs], dtype=np.float64)
            ill = self._course(people, at, SECONDARY, rng).with_columns(pl.lit("ill_at_home").alias("had"))
            found.append(ill)
        return pl.concat(found)

    def _caught(
        self, ill: pl.DataFrame, home: dict[int, int], taken: set[int], rng: np.random.Generator
    ) -> list[tuple[int, float]]:
        given = self._source.secondary
        assert given is not None and self._members is not None
        by_home = self._members.group_by("household", maintain_order=True).agg("person")
        members = dict(by_home.iter_rows())
        found = []
        for person, onset in ill.select("person", "onset_at").iter_rows():
            others = [one for one in members[home[person]] if one not in taken]
            count = min(int(rng.poisson(given.infected_by_each)), len(others))
            for one in rng.choice(others, count, replace=False).tolist() if count else []:
                taken.add(one)
                found.append((one, onset + 24.0 * float(_drawn(given.days_between, rng, 1)[0])))
        return found


def _drawn(given: MeanAndSpread, rng: np.random.Generator, count: int) -> FloatArray:
    """Return draws of a gamma distribution by its mean and spread."""
    mean, spread = given
    shape = (mean / spread) ** 2
    return np.asarray(rng.gamma(shape, mean / shape, count))


def _log_normal(given: MeanAndSpread, rng: np.random.Generator, count: int) -> FloatArray:
    mean, spread = given
    variance = np.log1p((spread / mean) ** 2)
    return np.asarray(rng.lognormal(np.log(mean) - variance / 2, np.sqrt(variance), count))
