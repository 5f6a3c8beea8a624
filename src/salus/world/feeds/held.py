"""What befalls laboratories: reports that wait for a network or for staff, and alarms that were none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from salus.world.feeds.disturbance import cut_off, is_silent
from salus.world.feeds.truth import TruthDay, TruthReader
from salus.world.truth.run import Run

# Reports of a laboratory whose staff are ill come by one to so many days later.
_LATE_DAYS = 3
# Days until a false report is taken back.
_VOID_AFTER, _VOID_SPREAD = 7, 5
FALSE = "F"


@dataclass(frozen=True, slots=True)
class Laboratory:
    """A laboratory and its zone."""

    code: str
    zone: str


class Outbox:
    """Where the laboratories' reports of a feed wait until they can be sent."""

    def __init__(self, run: Run, truth: TruthReader, feed: str, laboratories: Sequence[Laboratory]) -> None:
        self._run, self._truth, self._feed = run, truth, feed
        self._laboratories = tuple(laboratories)

    def waits_since(self, day: int) -> int:
        """Return the first day whose reports may have waited until now."""
        first = day
        while first > 0 and self._waits(self._truth.day(first - 1)):
            first -= 1
        # What was put off by staff who were ill is due some days after that ended.
        late = range(max(first - _LATE_DAYS, 0), first)
        ill = [number for number in late if self._truth.day(number).befallen("staff_ill")]
        return min(ill, default=first)

    def _waits(self, truth: TruthDay) -> bool:
        return is_silent(truth, self._feed) or any(truth.befallen(kind) for kind in ("network_lost", "staff_ill"))

    def sent_on(self, day: int, reports: pl.DataFrame) -> pl.DataFrame:
        """Return the reports that are sent on a day, of all that were ready up to it."""
        first = self.waits_since(day)
        ready = reports.filter(pl.col("reported").is_between(first, day))
        if first == day and not self._waits(self._truth.day(day)):
            return ready
        due = self._put_off(ready)
        codes = [laboratory.code for laboratory in self._laboratories]
        places = {code: place for place, code in enumerate(codes)}
        laboratory = ready["laboratory"].replace_strict(places, return_dtype=pl.Int64).to_numpy()
        sent = self._sent(first, day)
        chosen = (due >= first) & (due <= day)
        chosen[chosen] = sent[laboratory[chosen], due[chosen] - first] == day
        return ready.filter(pl.Series(chosen)).with_columns(pl.lit(day, dtype=pl.Int64).alias("reported"))

    def _put_off(self, ready: pl.DataFrame) -> np.ndarray:
        """Return when reports are due once staff who are ill have put a share of them off."""
        due = ready["reported"].to_numpy().copy()
        number = ready["report_id"].str.slice(7).cast(pl.Int64).to_numpy()
        chance = (number * 2_654_435_761 % 2**32) / 2**32
        zones = {row.code: row.zone for row in self._laboratories}
        for row_day in np.unique(due):
            for row in self._truth.day(int(row_day)).befallen("staff_ill"):
                at = [code for code, zone in zones.items() if row.facility in {"", code} and row.holds_in(zone)]
                here = (ready["reported"].to_numpy() == row_day) & ready["laboratory"].is_in(at).to_numpy()
                late = here & (chance < row.size)
                due[late] += 1 + (number[late] % _LATE_DAYS)
        return due

    def _sent(self, first: int, day: int) -> np.ndarray:
        """Return the day on which each laboratory sends what is due on each day; far away where it still waits."""
        never = np.iinfo(np.int64).max
        found = np.full((len(self._laboratories), day - first + 1), never, dtype=np.int64)
        zones = tuple(row.zone for row in self._laboratories)
        following = np.full(len(zones), never, dtype=np.int64)
        for number in range(day, first - 1, -1):
            truth = self._truth.day(number)
            speaks = ~cut_off(truth, zones) & (not is_silent(truth, self._feed))
            following = np.where(speaks, number, following)
            found[:, number - first] = following
        return found

    def false_reports(self, day: int) -> list[dict[str, object]]:
        """Return the reports of a false alarm on a day, and how each of them is taken back."""
        found: list[dict[str, object]] = []
        alarms = self._truth.day(day).befallen("false_alarm")
        if not alarms:
            return found
        rng = self._run.rng("false alarm", day)
        for row in alarms:
            zones = row.zones or self._run.place.zones
            for _ in range(int(rng.poisson(row.size))):
                found += self._false(day, len(found) // 2, str(rng.choice(zones)), rng)
        return found

    def _false(self, day: int, number: int, zone: str, rng: np.random.Generator) -> list[dict[str, object]]:
        report = {
            "report_id": f"{FALSE}{day:05d}-{number:06d}",
            "reported": day,
            "laboratory": self._laboratories[int(rng.integers(len(self._laboratories)))].code,
            "zone": zone,
            "age": int(rng.integers(5, 80)),
            "sex": "female" if rng.random() < 0.5 else "male",
            "onset": None,
            "specimen": day,
            "variant": "",
            "status": "final",
        }
        taken = day + _VOID_AFTER + int(rng.integers(_VOID_SPREAD))
        return [report, {**report, "reported": taken, "status": "entered-in-error"}]

    @property
    def reach(self) -> int:
        """Return the days after which nothing more is heard of a false alarm."""
        return _VOID_AFTER + _VOID_SPREAD
