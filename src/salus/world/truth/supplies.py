"""What is used, delivered and lacking on each shelf, day by day, and what that makes of prices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import polars as pl

from salus.world.happenings import Happening
from salus.world.truth.customs import Customs, of
from salus.world.truth.orders import Order
from salus.world.truth.place import FloatArray, Place
from salus.world.truth.shelves import IntArray, Shelves

ORDERED = {"shelf": pl.Int32, "amount": pl.Float64, "made": pl.Int32, "due": pl.Int32, "supplier": pl.Int16}
_SMOOTH = 0.15
_HOME = ("pharmacy", "clinic", "market")
# Days between two orders of a shelf in quiet times, as the first orders are spread.
_ROUND = 3


@dataclass(frozen=True, slots=True, eq=False)
class Stand:
    """How supplies stand on an evening.

    Attributes
    ----------
    amount, used, received, lacking, given : FloatArray, shape (N,)
        What lies on each shelf; what was used of it, came to it and was wanted in vain on the day;
        what the city's stores gave (below 0) and shelves got from them.
    usual : FloatArray, shape (N,)
        Smoothed use a day, by which holders order.
    ordered : pl.DataFrame
        What is on its way: columns ORDERED.
    factor : FloatArray, shape (markets, products)
        Prices, in those of quiet times.

    """

    amount: FloatArray
    used: FloatArray
    received: FloatArray
    lacking: FloatArray
    given: FloatArray
    usual: FloatArray
    ordered: pl.DataFrame
    factor: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Circumstances:
    """What a day brings to the shelves."""

    number: int
    on: date
    values: Mapping[str, FloatArray]
    orders: Sequence[Order]
    happenings: Sequence[Happening]
    anxiety: float
    rng: np.random.Generator


class Supplies:
    """The shelves of a city, and how they move."""

    def __init__(self, shelves: Shelves, place: Place, customs: Customs, rng: np.random.Generator) -> None:
        self.shelves, self._place, self._rules, self._prices = shelves, place, customs.supplies, customs.prices
        # Every shelf has a supplier of its habit; another one is asked where that fails.
        self._habit = self._chosen(shelves.sells[:, shelves.product].T, rng)
        self._cover = np.array([of(self._rules.cover_days, kind) for kind in shelves.kinds])[shelves.kind]

    @staticmethod
    def _chosen(weight: FloatArray, rng: np.random.Generator) -> IntArray:
        """Return for each row one column by weight."""
        edges = np.cumsum(weight, axis=1)
        return np.asarray((rng.random(len(weight))[:, None] * edges[:, -1:] > edges).sum(axis=1))

    def beginning(self) -> Stand:
        """Return how supplies stand before the first day: what is on its way covers the days until it comes."""
        shelves, none = self.shelves, np.zeros(self.shelves.base.size)
        lead = shelves.lead[self._habit, shelves.product]
        rounds = np.maximum(np.ceil(lead / _ROUND).astype(np.int64), 1)
        shelf = np.repeat(np.arange(rounds.size), rounds)
        turn = np.arange(shelf.size) - np.repeat(np.cumsum(rounds) - rounds, rounds)
        frame = {"shelf": shelf, "amount": shelves.base[shelf] * (lead / rounds)[shelf], "made": np.zeros(shelf.size),
                 "due": np.minimum(turn * _ROUND + 1, lead[shelf] + 1), "supplier": self._habit[shelf]}  # fmt: skip
        ordered = pl.DataFrame(frame).cast(ORDERED)  # type: ignore[arg-type]
        factor = np.where(np.isnan(shelves.prices), np.nan, 1.0)
        return Stand(shelves.opening.copy(), none, none, none, none, shelves.base.copy(), ordered, factor)

    def evening(self, stand: Stand, today: Circumstances) -> Stand:
        """Return how supplies stand after a day."""
        received, ordered = self._arrived(stand.ordered, today)
        amount = stand.amount + received
        given = self._handed_out(amount, today)
        need = self._need(today)
        used = np.minimum(np.floor(amount + given + 1e-9), need)
        usual = (1 - _SMOOTH) * stand.usual + _SMOOTH * need
        after = replace(stand, amount=amount + given - used, used=used, received=received, lacking=need - used,
                        given=given, usual=usual, ordered=ordered)  # fmt: skip
        after = replace(after, ordered=pl.concat([ordered, self._orders(after, today)]))
        return replace(after, factor=self._factor(after, today))

    def _arrived(self, ordered: pl.DataFrame, today: Circumstances) -> tuple[FloatArray, pl.DataFrame]:
        """Return what comes to each shelf; of a supplier that fails most deliveries wait."""
        failing = _failing(today.happenings, self.shelves.suppliers)
        due = ordered["due"].to_numpy() <= today.number
        held = today.rng.random(len(ordered)) < failing[ordered["supplier"].to_numpy()]
        comes = due & ~held
        arrived = ordered.filter(pl.Series(comes))
        full = self.shelves.in_full[arrived["supplier"].to_numpy(), self.shelves.product[arrived["shelf"].to_numpy()]]
        part = np.where(today.rng.random(len(arrived)) < full, 1.0, today.rng.uniform(0.4, 0.9, len(arrived)))
        amounts = np.rint(arrived["amount"].to_numpy() * part)
        received = np.bincount(arrived["shelf"].to_numpy(), amounts, self.shelves.base.size)
        return np.asarray(received), ordered.filter(pl.Series(~comes))

    def _handed_out(self, amount: FloatArray, today: Circumstances) -> FloatArray:
        """Return what published measures move from the city's stores to those who need it, by zones in force."""
        shelves, moved = self.shelves, np.zeros(amount.size)
        stores = shelves.of_kinds("warehouse")
        for order in today.orders:
            rule = self._rules.handed_out.get(order.measure)
            if rule is None or not order.holds_on(today.on):
                continue
            inside = np.isin(np.array(self._place.zones)[shelves.zone], order.zones) if order.zones else True
            for code in rule.products:
                right = shelves.product == shelves.products.index(code) if code in shelves.products else False
                to = shelves.of_kinds(*rule.to) & right & inside
                if not np.any(to):
                    continue
                out = np.where(stores & right, np.floor(rule.share * np.maximum(amount + moved, 0.0)), 0.0)
                moved += _shared(out.sum(), np.where(to, shelves.base, 0.0)) - out
        return moved

    def _need(self, today: Circumstances) -> FloatArray:
        """Return what would be used of each shelf: the usual, the sick, the measures and the anxious."""
        shelves, rules = self.shelves, self._rules
        people = float(self._place.people.sum())
        near = self._near(today.values["infections"])
        home = shelves.of_kinds(*_HOME)
        hospital = shelves.of_kinds("hospital")
        laboratory = shelves.of_kinds("laboratory")
        in_icu = float(today.values["icu"].sum())
        on_ward = max(float(today.values["beds"].sum()), 0.0)
        need = shelves.base * today.rng.gamma(40.0, 1 / 40.0, shelves.base.size)
        for number, code in enumerate(shelves.products):
            right = shelves.product == number
            at_home = of(rules.each_case, code) * float(today.values["infections"].sum())
            at_home += of(rules.each_dose, code) * float(today.values["doses"].sum())
            at_home += self._for_measures(code, today) * people / 1000
            at_home += of(rules.hoarded, code) * today.anxiety * float(shelves.base[right & home].sum())
            in_house = of(rules.each_on_ward, code) * on_ward + of(rules.each_in_icu, code) * in_icu
            in_house += of(rules.each_death, code) * float(today.values["deaths"].sum())
            users = laboratory if code == "pcr_kit" else home
            need += _shared(at_home, np.where(right & users, shelves.base * near[shelves.zone], 0.0))
            need += _shared(in_house, np.where(right & hospital, shelves.base, 0.0))
        return np.asarray(np.rint(need))

    def _near(self, infections: FloatArray) -> FloatArray:
        """Return how much more than elsewhere is asked for where more people fall ill, by zone."""
        living = np.maximum(self._place.people.sum(axis=1), 1.0)
        rate = infections.sum(axis=1) / living
        mean = float(infections.sum() / living.sum())
        return np.asarray(np.clip(rate / mean, 0.3, 3.0) if mean > 1e-6 else np.ones(rate.size))

    def _for_measures(self, product: str, today: Circumstances) -> float:
        """Return what measures in force add to a day's use, of 1,000 people."""
        living = self._place.people.sum(axis=1)
        found = 0.0
        for order in today.orders:
            amount = of(self._rules.measures.get(order.measure, {}), product)
            if amount and order.holds_on(today.on):
                inside = np.isin(np.array(self._place.zones), order.zones) if order.zones else np.ones(living.size)
                found += amount * float((living * inside).sum() / max(living.sum(), 1.0))
        return found

    def _orders(self, stand: Stand, today: Circumstances) -> pl.DataFrame:
        """Return what holders order: as much as brings them back to what they want, as far as suppliers can deliver."""
        shelves = self.shelves
        supplier = self._asked(stand, today)
        lead, spread = (table[supplier, shelves.product] for table in (shelves.lead, shelves.lead_sd))
        coming = np.bincount(stand.ordered["shelf"].to_numpy(), stand.ordered["amount"].to_numpy(), shelves.base.size)
        wanted = np.maximum(stand.usual, shelves.base) * (lead + self._cover)
        have = stand.amount + coming
        asks = np.where(have < self._rules.orders_below * wanted, wanted - have, 0.0)
        most = np.bincount(supplier * len(shelves.products) + shelves.product, asks, shelves.sells.size)
        # A round of orders is for several days: a supplier can send what it makes in them, and makes more of the dear.
        dear = np.where(np.isnan(stand.factor), 1.0, stand.factor).mean(axis=0)
        able = np.minimum(1.0, _ROUND * (shelves.sells * np.maximum(dear, 1.0)).ravel() / np.maximum(most, 1e-9))
        asks = np.rint(asks * able[supplier * len(shelves.products) + shelves.product])
        days = np.maximum(np.rint(today.rng.normal(lead, spread)), 1)
        frame = {"shelf": np.arange(asks.size), "amount": asks, "made": np.full(asks.size, today.number),
                 "due": today.number + days, "supplier": supplier}  # fmt: skip
        return pl.DataFrame(frame).filter(pl.col("amount") > 0).cast(ORDERED)  # type: ignore[arg-type]

    def _asked(self, stand: Stand, today: Circumstances) -> IntArray:
        """Return whom each shelf asks: its habit, or another where that one keeps it waiting."""
        shelves = self.shelves
        overdue = stand.ordered.filter(pl.col("due") + self._rules.patience_days <= today.number)
        slow = np.zeros(shelves.sells.shape, dtype=bool)
        slow[overdue["supplier"].to_numpy(), shelves.product[overdue["shelf"].to_numpy()]] = True
        able = np.where(slow, 0.0, shelves.sells)
        able = np.where(able.sum(axis=0) > 0, able, shelves.sells)[:, shelves.product].T
        waits = slow[self._habit, shelves.product]
        return np.asarray(np.where(waits, self._chosen(able, today.rng), self._habit))

    def _factor(self, stand: Stand, today: Circumstances) -> FloatArray:
        """Return where prices have gone by the evening."""
        shelves, rules = self.shelves, self._prices
        home = shelves.of_kinds(*_HOME)
        count = len(shelves.products)
        lying = np.bincount(shelves.product[home], stand.amount[home], count)
        normal = np.bincount(shelves.product[home], (shelves.base * self._cover)[home], count)
        asked = np.maximum(np.bincount(shelves.product[home], stand.usual[home], count), 1e-9)
        quiet = np.maximum(np.bincount(shelves.product[home], shelves.base[home], count), 1e-9)
        # Days that the shelves last, against those that they last in quiet times.
        short = np.clip(1.0 - (lying / asked) / np.maximum(0.5 * normal / quiet, 1e-9), 0.0, 1.0)
        scarce = np.array([of(rules.scarce, code) for code in shelves.products])
        anxious = np.array([of(rules.anxious, code) for code in shelves.products])
        tends = 1.0 + np.where(quiet > 1e-6, scarce * short, 0.0) + anxious * today.anxiety
        noise = today.rng.normal(0.0, rules.noise, stand.factor.shape)
        moved = stand.factor + rules.speed * (tends[None, :] - stand.factor) + noise
        return np.asarray(np.clip(moved, rules.lowest, rules.highest))


def _failing(happenings: Sequence[Happening], suppliers: tuple[str, ...]) -> FloatArray:
    """Return which share of each supplier's deliveries waits."""
    found = np.zeros(len(suppliers))
    for row in happenings:
        if row.kind == "supplier_fails" and row.supplier in suppliers:
            at = suppliers.index(row.supplier)
            found[at] = max(found[at], row.size)
    return found


def _shared(total: float, weight: FloatArray) -> FloatArray:
    """Return a total as shares by weight."""
    whole = float(weight.sum())
    return np.asarray(weight * (total / whole)) if whole > 0 else np.zeros(weight.size)
