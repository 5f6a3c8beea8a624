"""What markets ask for goods, each market its own list: some miss a day, some write another unit."""

from __future__ import annotations

from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from salus.world.feeds.disturbance import cut_off, days_to_tell
from salus.world.feeds.rubbish import with_rubbish
from salus.world.feeds.truth import TruthReader
from salus.world.truth.run import Run, write_whole
from salus.world.truth.shelves import rows_of
from salus.world.truth.society import SocietyReader, shelves_of

NAME = "prices"
COLUMNS = {"report_id": pl.String, "market": pl.String, "product": pl.String, "observed_on": pl.String,
           "price": pl.Float64, "unit": pl.String}  # fmt: skip
# A market's list comes late, does not come, comes twice; a price is in another unit, or in hundredths.
_LATE, _LOST, _TWICE, _OTHER_UNIT, _HUNDREDTHS = 0.03, 0.05, 0.01, 0.012, 0.004
_REACH, _CUT_OFF_DAYS = 4, 3
# A market falls silent about once in this many days, for some days.
_SILENT_EVERY, _SILENT_DAYS = 70, (3, 9)
_OTHER = {"kg": ("100 g", 0.1), "litre": ("100 ml", 0.1)}
_MANY = ("10 {}", 10.0)
_SUNDAY = 6


class PriceFeed:
    """Writes one file a day with the lists that arrive on it."""

    def __init__(self, run: Run) -> None:
        self._run, self._truth, self._society = run, TruthReader(run), SocietyReader(run)
        self._shelves = shelves_of(run)
        self._units = {row["product"]: row["unit"] for row in rows_of(run.pack / "products.csv")}
        self._folder = run.folder / "feeds" / NAME
        # A day is spoken of on several days after it.
        self._told_of = lru_cache(maxsize=12)(self._lists)

    def write(self, day: int) -> Path | None:
        """Write the lists that arrive on a day, and those of days on which the feed was silent."""
        self._folder.mkdir(parents=True, exist_ok=True)
        self._describe()
        days = days_to_tell(self._truth, day, NAME)
        if not days:
            return None
        rows = [
            row
            for arrives in days
            for about in range(max(arrives - _REACH, 0), arrives + 1)
            for row, on in self._told_of(about)
            if on == arrives
        ]
        path = self._folder / f"{NAME}-{self._run.start + timedelta(days=day)}.csv"
        content = pl.DataFrame(rows, schema=COLUMNS, orient="row").write_csv().encode()
        rng = self._run.rng("rubbish in prices", day)
        write_whole(path, with_rubbish(content, self._truth.day(day), NAME, rng))
        return path

    def _describe(self) -> None:
        """Write which market stands in which zone, as the feed comes with."""
        path = self._folder / "markets.csv"
        if not path.exists():
            zones = [self._run.place.zones[number] for number in self._shelves.market_zone.tolist()]
            write_whole(path, pl.DataFrame({"market": self._shelves.markets, "zone": zones}).write_csv().encode())

    def _lists(self, about: int) -> list[tuple[tuple[Any, ...], int]]:
        """Return the lines of every market's list of a day, each with the day on which it arrives."""
        on = self._run.start + timedelta(days=about)
        if on.weekday() == _SUNDAY:
            return []
        rng = self._run.rng("price lists", about)
        asked = self._shelves.prices * self._society.evening(about).stand.factor
        cut = cut_off(self._truth.day(about), self._run.place.zones)[self._shelves.market_zone]
        found = []
        for number, market in enumerate(self._shelves.markets):
            chance = rng.random(3)
            lines = self._lines(f"{market}-{on:%Y%m%d}", market, on.isoformat(), asked[number], rng)
            if chance[0] < _LOST or self._is_silent(number, about):
                continue
            arrives = about + (1 + int(chance[2] * 3) if chance[1] < _LATE else 0)
            arrives = max(arrives, about + _CUT_OFF_DAYS) if cut[number] else arrives
            found += [(line, arrives) for line in lines]
        return found

    def _lines(
        self, report: str, market: str, on: str, asked: np.ndarray, rng: np.random.Generator
    ) -> list[tuple[Any, ...]]:
        rows: list[tuple[Any, ...]] = []
        for place, code in enumerate(self._shelves.products):
            chance, noise = rng.random(3), float(rng.normal(0.0, 0.02))
            if np.isnan(asked[place]):
                continue
            price, unit = float(asked[place]) * (1 + noise), self._units[code]
            if chance[0] < _OTHER_UNIT:
                unit, many = _OTHER.get(unit, (_MANY[0].format(unit), _MANY[1]))
                price *= many
            elif chance[1] < _HUNDREDTHS:
                price *= 100
            row = (f"{report}-{place + 1}", market, code, on, round(price, 3), unit)
            rows += [row, row] if chance[2] < _TWICE else [row]
        return rows

    def _is_silent(self, market: int, day: int) -> bool:
        turn = day // _SILENT_EVERY
        rng = self._run.rng(f"silence of market {market}", turn)
        first = turn * _SILENT_EVERY + int(rng.integers(10, _SILENT_EVERY - 10))
        return first <= day < first + int(rng.integers(*_SILENT_DAYS))
