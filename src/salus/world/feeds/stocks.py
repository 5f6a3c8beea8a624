"""The books of stores, hospitals and pharmacies: receipts, issues and counts, late, doubled and corrected."""

from __future__ import annotations

from datetime import timedelta
from functools import lru_cache
from pathlib import Path

import numpy as np
import polars as pl

from salus.world.feeds.disturbance import days_to_tell
from salus.world.feeds.rubbish import with_rubbish
from salus.world.feeds.truth import TruthReader
from salus.world.truth.place import FloatArray
from salus.world.truth.run import Run, write_whole
from salus.world.truth.society import SocietyReader, shelves_of

NAME = "stocks"
RECEIPT, ISSUE, COUNT, CORRECTION = "receipt", "issue", "count", "correction"
COLUMNS = ("posting_id", "posted_on", "happened_on", "place", "product", "kind", "quantity", "reference", "lot")
_LATE, _TWICE, _RENUMBERED, _MISTYPED, _MISSPELT = 0.04, 0.012, 0.004, 0.006, 0.002
_REACH = 5


class StockFeed:
    """Writes what is posted on a day; every holder counts its shelves once a week."""

    def __init__(self, run: Run) -> None:
        self._run, self._truth, self._society = run, TruthReader(run), SocietyReader(run)
        self._shelves = shelves_of(run)
        self._folder = run.folder / "feeds" / NAME
        # A day is spoken of on several days after it.
        self._told_of = lru_cache(maxsize=12)(self._postings)

    def write(self, day: int) -> Path | None:
        """Write the postings of a day, and those of days on which the feed was silent."""
        self._folder.mkdir(parents=True, exist_ok=True)
        self._describe()
        days = days_to_tell(self._truth, day, NAME)
        if not days:
            return None
        parts = [self._told_of(about) for about in range(max(days[0] - _REACH, 0), day + 1)]
        table = pl.concat(parts).filter(pl.col("posted").is_in(days)).sort("posted", "posting_id")
        first = pl.lit(self._run.start)
        told = [(first + pl.duration(days=name)).cast(pl.Date).alias(f"{name}_on") for name in ("posted", "happened")]
        path = self._folder / f"{NAME}-{self._run.start + timedelta(days=day)}.csv"
        content = table.with_columns(told).select(COLUMNS).write_csv().encode()
        rng = self._run.rng("rubbish in stocks", day)
        write_whole(path, with_rubbish(content, self._truth.day(day), NAME, rng))
        return path

    def _describe(self) -> None:
        """Write which holder stands in which zone, as the feed comes with."""
        path = self._folder / "places.csv"
        if path.exists():
            return
        shelves = self._shelves
        frame = (
            pl.DataFrame({"place": shelves.place, "kind": shelves.kind, "zone": shelves.zone})
            .unique("place")
            .sort("place")
        )
        rows = [
            (shelves.places[place], shelves.kinds[kind], self._run.place.zones[zone])
            for place, kind, zone in frame.iter_rows()
        ]
        write_whole(path, pl.DataFrame(rows, schema=["place", "kind", "zone"], orient="row").write_csv().encode())

    def _postings(self, about: int) -> pl.DataFrame:
        """Return everything that is ever posted of a day."""
        stand, rng = self._society.evening(about).stand, self._run.rng("stock postings", about)
        weekday = (about + self._run.start.weekday()) % 7
        counted = (self._shelves.place % 7 == weekday) | (about == 0)
        parts = [
            self._kind(about, ISSUE, stand.used - np.minimum(stand.given, 0.0)),
            self._kind(about, RECEIPT, stand.received + np.maximum(stand.given, 0.0)),
            self._kind(about, COUNT, np.where(counted, stand.amount, -1.0), least=-0.5),
        ]
        return self._as_posted(pl.concat(parts), about, rng)

    def _kind(self, about: int, kind: str, amount: FloatArray, least: float = 0.5) -> pl.DataFrame:
        """Return the postings of one kind, true and in time."""
        at, shelves = np.flatnonzero(amount > least), self._shelves
        letter = {ISSUE: "I", RECEIPT: "R", COUNT: "C"}[kind]
        names = [f"{letter}{about:04d}-{shelf:05d}" for shelf in at.tolist()]
        return pl.DataFrame(
            {
                "posting_id": names,
                "posted": np.full(at.size, about),
                "happened": np.full(at.size, about),
                "place": np.array(shelves.places, dtype=object)[shelves.place[at]].tolist(),
                "product": np.array(shelves.products, dtype=object)[shelves.product[at]].tolist(),
                "kind": [kind] * at.size,
                "quantity": np.rint(amount[at]),
                "reference": [f"D{name}" for name in names],
                "lot": [f"L{shelf:05d}{about:04d}" if kind == RECEIPT else "" for shelf in at.tolist()],
            },
            schema=_SCHEMA,
        )

    def _as_posted(self, true: pl.DataFrame, about: int, rng: np.random.Generator) -> pl.DataFrame:
        """Return postings as people make them: late, twice, with a digit too many and then put right, misspelt."""
        count = len(true)
        chance = {name: pl.Series(rng.random(count)) for name in ("late", "twice", "again", "typed", "spelt")}
        days = pl.Series(rng.integers(1, _REACH, count))
        moves = true["kind"] != COUNT
        typed = (chance["typed"] < _MISTYPED) & moves
        posted = true.with_columns(
            pl.when(chance["late"] < _LATE).then(pl.col("posted") + days).otherwise("posted").alias("posted"),
            pl.when(typed).then(pl.col("quantity") * 10).otherwise("quantity").alias("quantity"),
            pl.when(chance["spelt"] < _MISSPELT).then(pl.col("product").str.replace("_", "").str.to_uppercase() + "?")
            .otherwise("product").alias("product"),
        )  # fmt: skip
        sign = pl.when(pl.col("kind") == ISSUE).then(9.0).otherwise(-9.0)
        righted = true.filter(typed & ~(chance["spelt"] < _MISSPELT)).with_columns(
            pl.col("posted") + 1, pl.col("posting_id") + "X", (pl.col("quantity") * sign).alias("quantity"),
            pl.lit(CORRECTION).alias("kind"), pl.col("reference") + "X",
        )  # fmt: skip
        twice = posted.filter(chance["twice"] < _TWICE).with_columns(pl.col("posted") + 1)
        again = posted.filter((chance["again"] < _RENUMBERED) & moves).with_columns(pl.col("posting_id") + "N")
        return pl.concat([posted, righted, twice, again])


_SCHEMA = {
    "posting_id": pl.String,
    "posted": pl.Int64,
    "happened": pl.Int64,
    "place": pl.String,
    "product": pl.String,
    "kind": pl.String,
    "quantity": pl.Float64,
    "reference": pl.String,
    "lot": pl.String,
}
