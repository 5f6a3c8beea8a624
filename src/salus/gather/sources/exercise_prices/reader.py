"""Average what markets ask, zone by zone and over the city; what cannot be a price waits for a person."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from statistics import median

import polars as pl

from salus.gather.sources.chunks import Chunk, DoubtfulLine, FactsChunk, MendedLine, Progress, Remark, silent
from salus.gather.sources.exercise_prices.judging import COLUMNS, day_of, defects_of, price_of
from salus.gather.sources.facts import as_facts, moment_on
from salus.gather.sources.feed_days import Kept, nothing_kept
from salus.gather.sources.feed_folders import ARRIVES, files_by_day
from salus.gather.sources.feed_lines import FeedFile, taken_by_day, worth_reading
from salus.gather.sources.files import read_csv
from salus.gather.sources.goods import goods, names

NAME, ROOT, TIME_ZONE = "prices", "ALMA", "Atlantic/Madeira"
# What is asked is compared with what was asked in so many days.
_LOOK_BACK = 14
# Of what is asked for a product the latest so many say what is usual.
_LATEST = 60
# A market that keeps closed on one day of the week is silent from the third day on.
_SILENT_AFTER = 2
# A price may come, or be put right, so many days late.
_BACK_DAYS = 30
Cell = tuple[str, str, date]


def read(
    path: Path, *, progress: Progress = silent, mended: Sequence[MendedLine] = (), kept: Kept = nothing_kept
) -> Iterator[Chunk]:
    """Yield the facts that each day's file brought, and the lines that a person has to look at."""
    listed, new = worth_reading(files_by_day(path, NAME), kept, back=_BACK_DAYS)
    if new is None:
        return
    zones = dict(read_csv(path / NAME, "markets.csv", ["market", "zone"], text=["market", "zone"]).iter_rows())
    books = _Books(zones)

    def take(file: FeedFile, before: date | None) -> Chunk:
        return books.take(file, [line for line in mended if _is_due(line, before, file.day)])

    yield from taken_by_day(listed, new, COLUMNS, progress, take)


def _is_due(line: MendedLine, before: date | None, day: date) -> bool:
    """Tell whether a line was put right between two files, or on the day of the earlier one after it was read."""
    return line.on <= day and (before is None or line.on >= before)


@dataclass(slots=True)
class _Books:
    """What has been read so far."""

    zones: dict[str, str]
    seen: set[str] = field(default_factory=set)
    asked: dict[Cell, list[float]] = field(default_factory=lambda: defaultdict(list))
    lately: dict[str, list[tuple[date, float]]] = field(default_factory=lambda: defaultdict(list))
    heard: dict[str, date] = field(default_factory=dict)
    righted: set[tuple[str, int]] = field(default_factory=set)

    def take(self, file: FeedFile, mended: Sequence[MendedLine]) -> FactsChunk:
        """Read one file, with what a person has put right meanwhile."""
        parked: list[DoubtfulLine] = []
        remarks = [*file.remarks]
        touched: set[Cell] = set()
        twice = late = 0
        for line in mended:
            touched |= self._put_right(line)
        for raw in file.rows.to_dicts():
            row, number = {name: str(raw[name]) for name in COLUMNS}, int(raw["line"])
            if row["report_id"] in self.seen:
                twice += 1
                continue
            self.seen.add(row["report_id"])
            defects = defects_of(row, number, self.zones, self._usual(row["product"], file.day))
            if defects:
                parked.append(DoubtfulLine(number, row, tuple(defects)))
                continue
            late += (day_of(row) or file.day) < file.day
            remarks += _unit(row)
            touched |= self._enter(row)
        remarks += [Remark("duplicates", {"n": twice})] if twice else []
        remarks += [Remark("came_late", {"n": late})] if late else []
        remarks += self._silent(file.day)
        frame = _facts(touched, self.asked, file.day)
        return FactsChunk(file.path.stem, frame, (file.path,), names(), parked=tuple(parked), remarks=tuple(remarks))

    def _put_right(self, line: MendedLine) -> set[Cell]:
        """Enter a mended line once; its cells are said anew with the file after, in case others came meanwhile."""
        row = dict(line.raw)
        if (line.label, line.line) not in self.righted:
            self.righted.add((line.label, line.line))
            return self._enter(row)
        day, zone = day_of(row), self.zones.get(row["market"])
        return {(zone, row["product"], day), (ROOT, row["product"], day)} if day and zone else set()

    def _enter(self, row: dict[str, str]) -> set[Cell]:
        price, day, zone = price_of(row), day_of(row), self.zones.get(row["market"])
        if price is None or day is None or zone is None:
            return set()
        cells = {(zone, row["product"], day), (ROOT, row["product"], day)}
        for cell in cells:
            self.asked[cell].append(price)
        self.lately[row["product"]].append((day, price))
        self.heard[row["market"]] = max(day, self.heard.get(row["market"], day))
        return cells

    def _usual(self, product: str, day: date) -> float | None:
        """Return what is asked for goods in the city, as far as it was heard in the last days."""
        since = day - timedelta(days=_LOOK_BACK)
        recent = [price for on, price in self.lately[product][-_LATEST:] if on > since]
        return median(recent) if len(recent) > 1 else None

    def _silent(self, day: date) -> list[Remark]:
        gaps = {market: (day - last).days for market, last in sorted(self.heard.items())}
        return [Remark("not_reported", {"who": market, "n": days}) for market, days in gaps.items()
                if days > _SILENT_AFTER]  # fmt: skip


def _unit(row: dict[str, str]) -> list[Remark]:
    """Return a word on a price that was written in another unit."""
    if row["unit"] == goods()[row["product"]].unit:
        return []
    who = f"{row['market']}, {row['product']}"
    return [Remark("unit_changed", {"who": who, "unit": row["unit"], "on": row["observed_on"]})]


_SHAPE = {"series": pl.String, "zone": pl.String, "stratum": pl.String, "valid_on": pl.Date, "value": pl.Float64}


def _facts(touched: set[Cell], asked: dict[Cell, list[float]], came_on: date) -> pl.DataFrame:
    """Return the mean price of each cell that a file touched, and of how many reports it is."""
    rows = []
    for cell in sorted(touched):
        zone, product, day = cell
        mean = sum(asked[cell]) / len(asked[cell])
        rows.append(("exercise.prices", zone, product, day, mean))
        rows.append(("exercise.price_reports", zone, product, day, float(len(asked[cell]))))
    frame = pl.DataFrame(rows, schema=_SHAPE, orient="row")
    known = moment_on(pl.lit(came_on), ARRIVES, TIME_ZONE)
    return as_facts(frame.with_columns(known.alias("known_at"))).sort("series", "zone", "stratum", "valid_on")
