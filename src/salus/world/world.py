"""A world with its feeds: each day happens, is kept, and is told; a killed world goes on and tells nothing twice."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

from salus.world.feeds.voices import feeds_of
from salus.world.truth.happenings import Happening
from salus.world.truth.orders import Order
from salus.world.truth.run import Day, Run, write_whole


class World:
    """A run, and what it says to the outside.

    What a day says follows from the truth that was kept, so a day whose telling was interrupted is
    told again in the same words. On air the sensors speak through a broker, which somebody has to run.
    """

    def __init__(self, run: Run, *, on_air: bool = False) -> None:
        self.run = run
        self._feeds = feeds_of(run, on_air=on_air)
        self._told = run.folder / "told.json"
        self._describe()

    @property
    def feeds(self) -> Path:
        """Return the folder of the feeds."""
        return self.run.folder / "feeds"

    def advance(
        self,
        days: int,
        *,
        orders: Callable[[], list[Order]],
        happenings: Callable[[], list[Happening]] = list,
        done: Callable[[Day], None] = lambda day: None,
    ) -> None:
        """Let so many days happen; `orders` is asked before each, as people hear of measures day by day."""
        self.catch_up()
        for _ in range(days):
            day = self.run.step(orders(), happenings())
            self.run.keep(day)
            self.catch_up()
            done(day)

    def catch_up(self) -> None:
        """Tell every kept day that has not been told."""
        for number in range(self._last_told() + 1, self.run.day):
            for feed in self._feeds:
                feed.write(number)
            write_whole(self._told, json.dumps({"day": number}).encode())

    def _last_told(self) -> int:
        if not self._told.exists():
            return -1
        return int(json.loads(self._told.read_text(encoding="utf-8"))["day"])

    def _describe(self) -> None:
        """Write which zones belong to which district and catchment, as every feed of zones comes with."""
        self.feeds.mkdir(exist_ok=True)
        if (self.feeds / "catchments.csv").exists():
            return
        zones = json.loads((self.run.pack / "zones.geojson").read_text(encoding="utf-8"))["features"]
        rows = [(z["properties"]["code"], z["properties"]["parent"]) for z in zones
                if z["properties"]["level"] == "zone"]  # fmt: skip
        _write(self.feeds / "zones.csv", ("zone", "district"), rows)
        areas = json.loads((self.run.pack / "catchments.geojson").read_text(encoding="utf-8"))["features"]
        pairs = [(row["properties"]["code"], zone) for row in areas for zone in row["properties"]["zones"]]
        _write(self.feeds / "catchments.csv", ("catchment", "zone"), pairs)


def _write(path: Path, header: tuple[str, ...], rows: list[tuple[str, str]]) -> None:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    write_whole(path, text.getvalue().encode())
