"""Add up stock books: what lies in each district and the city, what came and what went, as posted so far."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import polars as pl

from salus.gather.sources.chunks import Chunk, DoubtfulLine, FactsChunk, MendedLine, Progress, Remark, silent
from salus.gather.sources.exercise_stocks.books import Books
from salus.gather.sources.exercise_stocks.judging import (
    COLUMNS,
    CORRECTION,
    COUNT,
    ISSUE,
    RECEIPT,
    day_of,
    defects_of,
    quantity_of,
)
from salus.gather.sources.facts import as_facts, moment_on
from salus.gather.sources.feed_days import Kept, nothing_kept
from salus.gather.sources.feed_folders import ARRIVES, files_by_day, parents
from salus.gather.sources.feed_lines import FeedFile, taken_by_day, worth_reading
from salus.gather.sources.files import read_csv
from salus.gather.sources.goods import names

NAME, ROOT, TIME_ZONE = "stocks", "ALMA", "Atlantic/Madeira"
# A count that differs from the books by more than this share, and this many, is worth a word.
_DIFFERS, _AT_LEAST = 0.1, 5.0
# Within so many days every shelf has been counted, and every posting has come that can come.
_BACK_DAYS = 21
Cell = tuple[str, str, str, date]


def read(
    path: Path, *, progress: Progress = silent, mended: Sequence[MendedLine] = (), kept: Kept = nothing_kept
) -> Iterator[Chunk]:
    """Yield the facts that each day's file brought, and the postings that a person has to look at."""
    listed, new = worth_reading(files_by_day(path, NAME), kept, back=_BACK_DAYS)
    if new is None:
        return
    districts = parents(path)
    place = read_csv(path / NAME, "places.csv", ["place", "zone"], text=["place", "zone"])
    ledger = _Ledger({code: districts[zone] for code, zone in place.iter_rows()})

    def take(file: FeedFile, before: date | None) -> Chunk:
        return ledger.take(file, [line for line in mended if line.on <= file.day], before)

    yield from taken_by_day(listed, new, COLUMNS, progress, take)


@dataclass(slots=True)
class _Ledger:
    """What has been read so far."""

    districts: dict[str, str]
    books: Books = field(default_factory=Books)
    seen: set[str] = field(default_factory=set)
    references: set[tuple[str, ...]] = field(default_factory=set)
    flows: dict[Cell, float] = field(default_factory=lambda: defaultdict(float))
    said: dict[Cell, float] = field(default_factory=dict)
    righted: set[tuple[str, int]] = field(default_factory=set)

    def take(self, file: FeedFile, mended: Sequence[MendedLine], before: date | None) -> FactsChunk:
        """Read one file, with what a person has put right meanwhile."""
        self.books.begin_day(file.day)
        tally: Counter[str] = Counter()
        for line in mended:
            self._put_right(line, before)
        # Counts come last: they are of the evening.
        rows = file.rows.sort(pl.col("kind") == COUNT, maintain_order=True).to_dicts()
        parked = [doubtful for raw in rows if (doubtful := self._posting(raw, file.day, tally))]
        remarks = [*file.remarks, *(Remark(code, {"n": count}) for code, count in sorted(tally.items()) if count)]
        frame = self._facts(file.day)
        return FactsChunk(file.path.stem, frame, (file.path,), names(), parked=tuple(parked), remarks=tuple(remarks))

    def _put_right(self, line: MendedLine, before: date | None) -> None:
        """Enter a mended posting once; with the next file everything open is said anew, whatever came meanwhile."""
        if (line.label, line.line) not in self.righted:
            self.righted.add((line.label, line.line))
            self._enter(dict(line.raw), Counter())
        if before is not None and line.on >= before:
            self.said.clear()

    def _posting(self, raw: dict[str, object], came_on: date, tally: Counter[str]) -> DoubtfulLine | None:
        row, line = {name: str(raw[name]) for name in COLUMNS}, int(str(raw["line"]))
        # The same note under another number is the same posting.
        reference = (row["place"], row["product"], row["kind"], row["reference"])
        if row["posting_id"] in self.seen or (row["reference"] and reference in self.references):
            tally["duplicates"] += 1
            return None
        self.seen.add(row["posting_id"])
        self.references.add(reference)
        defects = defects_of(row, line, self.districts)
        if defects:
            return DoubtfulLine(line, row, tuple(defects))
        tally["came_late"] += (day_of(row) or came_on) < came_on and row["kind"] != CORRECTION
        tally["corrections"] += row["kind"] == CORRECTION
        self._enter(row, tally)
        return None

    def _enter(self, row: dict[str, str], tally: Counter[str]) -> None:
        day, quantity, kind = day_of(row), quantity_of(row), row["kind"]
        if day is None or quantity is None or row["place"] not in self.districts:
            return
        shelf = (row["place"], row["product"])
        if kind in (RECEIPT, ISSUE):
            for zone in (self.districts[row["place"]], ROOT):
                self.flows[(_FLOW[kind], zone, row["product"], day)] += quantity
        if not self.books.is_open(day):
            return
        if kind == COUNT:
            differs = self.books.count(shelf, day, quantity)
            if differs is not None and abs(differs) > max(_AT_LEAST, _DIFFERS * quantity):
                tally["differences"] += 1
        else:
            self.books.move(shelf, day, -quantity if kind == ISSUE else quantity)

    def _facts(self, came_on: date) -> pl.DataFrame:
        """Return what has changed since it was said last: what lies where, what came and what went."""
        now: dict[Cell, float] = defaultdict(float)
        for (place, product), book in self.books.shelves.items():
            for day, lies in zip(self.books.open, book.evenings(self.books.open), strict=True):
                if lies is not None:
                    for zone in (self.districts[place], ROOT):
                        now[("exercise.stock", zone, product, day)] += max(lies, 0.0)
        now.update({cell: value for cell, value in self.flows.items() if self.books.is_open(cell[3])})
        news = {cell: value for cell, value in now.items() if self.said.get(cell) != value}
        self.said.update(news)
        rows = [(*cell, value) for cell, value in sorted(news.items())]
        frame = pl.DataFrame(rows, schema=_SHAPE, orient="row")
        return as_facts(frame.with_columns(moment_on(pl.lit(came_on), ARRIVES, TIME_ZONE).alias("known_at")))


_FLOW = {RECEIPT: "exercise.stock_received", ISSUE: "exercise.stock_issued"}
_SHAPE = {"series": pl.String, "zone": pl.String, "stratum": pl.String, "valid_on": pl.Date, "value": pl.Float64}
