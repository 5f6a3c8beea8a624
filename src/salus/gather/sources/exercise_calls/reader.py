"""Count calls by what they are about; whoever calls is taken out of their words before anything is kept."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import polars as pl

from salus.gather.schemas import Defect
from salus.gather.sources.chunks import Chunk, DoubtfulLine, FactsChunk, MendedLine, Progress, Remark, silent
from salus.gather.sources.exercise_calls.classifier import classify
from salus.gather.sources.exercise_calls.judging import RAW, UNCLEAR, day_of, defects_of
from salus.gather.sources.exercise_calls.scrubbing import scrub
from salus.gather.sources.exercise_calls.topics import topics
from salus.gather.sources.exercise_calls.wording import plain
from salus.gather.sources.facts import as_facts, moment_on
from salus.gather.sources.feed_days import Kept, nothing_kept
from salus.gather.sources.feed_folders import ARRIVES, files_by_day, parents
from salus.gather.sources.feed_lines import FeedFile, taken_by_day, worth_reading

NAME, ROOT, TIME_ZONE = "calls", "ALMA", "Atlantic/Madeira"
COLUMNS = ["call_id", "received_at", "channel", "zone", "text"]
# Below this a topic is a guess: of the calls above it 98 in 100 were read right (docs/guide/exercise/calls.md).
SURE = 0.35
# No more calls of a day than this wait for somebody to read them, the least clear ones; the rest count as unclear.
_MOST_UNSURE = 10
# A call is handed over at most so many days late; after an outage later, as long as the feed was silent.
_BACK_DAYS = 14
Cell = tuple[str, str, date]


def read(
    path: Path, *, progress: Progress = silent, mended: Sequence[MendedLine] = (), kept: Kept = nothing_kept
) -> Iterator[Chunk]:
    """Yield the facts that each day's file brought, and the calls that a person has to look at."""
    listed, new = worth_reading(files_by_day(path, NAME), kept, back=_BACK_DAYS)
    if new is None:
        return
    desk = _Desk(parents(path))

    def take(file: FeedFile, before: date | None) -> Chunk:
        return desk.take(file, [line for line in mended if line.on <= file.day], before)

    yield from taken_by_day(listed, new, COLUMNS, progress, take)


@dataclass(slots=True)
class _Desk:
    """What has been taken down so far."""

    districts: dict[str, str]
    seen: set[str] = field(default_factory=set)
    heard: set[tuple[str, date, str]] = field(default_factory=set)
    counts: dict[Cell, int] = field(default_factory=lambda: defaultdict(int))
    righted: set[tuple[str, int]] = field(default_factory=set)

    def take(self, file: FeedFile, mended: Sequence[MendedLine], before: date | None) -> FactsChunk:
        """Read one file, with what a person has put right meanwhile."""
        tally: Counter[str] = Counter()
        touched: set[Cell] = set()
        for line in mended:
            touched |= self._put_right(line, before)
        touched |= self._noughts(file.day)
        rows = [row for row in file.rows.to_dicts() if not self._is_known(row, tally)]
        read = classify([str(row["text"]) for row in rows])
        unsure = sorted(share for _topic, share in read if share < SURE)
        limit = unsure[_MOST_UNSURE] if len(unsure) > _MOST_UNSURE else SURE
        parked = []
        for row, (topic, share) in zip(rows, read, strict=True):
            kept, personal = _kept(row, topic)
            tally["personal_data"] += personal
            defects = defects_of(kept, int(row["line"]), self.districts, topics())
            if share < limit:
                defects.append(Defect(int(row["line"]), "topic", topic, "unsure_topic"))
            if defects:
                parked.append(DoubtfulLine(int(row["line"]), kept, tuple(defects)))
                continue
            tally["came_late"] += (day_of(kept) or file.day) < file.day
            touched |= self._enter({**kept, "topic": topic if share >= SURE else UNCLEAR})
        remarks = [*file.remarks, *(Remark(code, {"n": count}) for code, count in sorted(tally.items()) if count)]
        frame = self._facts(touched, file.day)
        return FactsChunk(file.path.stem, frame, (file.path,), topics(), parked=tuple(parked), remarks=tuple(remarks))

    def _is_known(self, row: dict[str, object], tally: Counter[str]) -> bool:
        """Tell whether a call came before: under its number, or in the same words from the same zone on its day."""
        call, day = str(row["call_id"]), day_of({"received_at": str(row["received_at"])})
        same = (str(row["zone"]), day or date.min, plain(str(row["text"])))
        known = call in self.seen or (call.rstrip("B") in self.seen and same in self.heard)
        self.seen.add(call)
        self.heard.add(same)
        tally["duplicates"] += known
        return known

    def _put_right(self, line: MendedLine, before: date | None) -> set[Cell]:
        """Enter a mended call once; it is counted anew with the next file, whatever else has come meanwhile."""
        row = dict(line.raw)
        if (line.label, line.line) not in self.righted:
            self.righted.add((line.label, line.line))
            return self._enter(row)
        return self._cells(row) if before is not None and line.on >= before else set()

    def _cells(self, row: dict[str, str]) -> set[Cell]:
        day, zone = day_of(row), row["zone"]
        if day is None or zone not in self.districts:
            return set()
        return {(place, row["topic"], day) for place in (zone, self.districts[zone], ROOT)}

    def _enter(self, row: dict[str, str]) -> set[Cell]:
        cells = self._cells(row)
        for cell in cells:
            self.counts[cell] += 1
        return cells

    def _noughts(self, day: date) -> set[Cell]:
        """Return the districts' and the city's cells of a day: where nobody called is a nought."""
        return {(zone, topic, day) for zone in {*self.districts.values(), ROOT} for topic in topics()}

    def _facts(self, touched: set[Cell], came_on: date) -> pl.DataFrame:
        rows = [
            ("exercise.zone_calls" if zone in self.districts else "exercise.calls", zone, topic, day,
             float(self.counts.get((zone, topic, day), 0)))
            for zone, topic, day in sorted(touched)
        ]  # fmt: skip
        frame = pl.DataFrame(rows, schema=_SHAPE, orient="row")
        known = moment_on(pl.lit(came_on), ARRIVES, TIME_ZONE)
        return as_facts(frame.with_columns(known.alias("known_at"))).sort("series", "zone", "stratum", "valid_on")


def _kept(row: dict[str, object], topic: str) -> tuple[dict[str, str], bool]:
    """Return what is kept of a call that a person has to look at: nothing that says who called."""
    text, personal = scrub(str(row["text"]))
    zone = str(row["zone"])
    found = {"call_id": str(row["call_id"]), "received_at": str(row["received_at"]), "zone": zone[:20], "topic": topic,
             "text": text}  # fmt: skip
    return {name: found[name] for name in RAW}, personal


_SHAPE = {"series": pl.String, "zone": pl.String, "stratum": pl.String, "valid_on": pl.Date, "value": pl.Float64}
