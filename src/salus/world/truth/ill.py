"""Those who are poisoned or fall ill of heat, one row each, and what they add to the truth of a day."""

from __future__ import annotations

import json
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import numpy as np
import polars as pl

from salus.world.errors import WorldError
from salus.world.truth.place import STRATA, FloatArray

SOURCE, SECONDARY, HEAT = "source", "secondary", "heat"
NOBODY, NEVER = -1, -1
# Moments are hours since the first midnight of the run; days are counted from its first day.
COLUMNS: dict[str, pl.DataType] = {
    "person": pl.Int64(),
    "cause": pl.String(),
    "zone": pl.Int16(),
    "stratum": pl.Int16(),
    "age": pl.Int16(),
    "sex": pl.String(),
    "works": pl.Boolean(),
    "exposed_on": pl.Int32(),
    "exposed_at": pl.Float64(),
    "onset_at": pl.Float64(),
    "well_on": pl.Int32(),
    "admitted_on": pl.Int32(),
    "discharged_on": pl.Int32(),
    "icu": pl.Boolean(),
    "died_on": pl.Int32(),
    "dose": pl.Float64(),
    "had": pl.String(),
}
Write = Callable[[Path, bytes], None]


class BadRecord(WorldError):
    """What was kept of the ill cannot be read; the message says what to do."""


def nobody() -> pl.DataFrame:
    """Return a table of nobody."""
    return pl.DataFrame(schema=COLUMNS)


class IllRecord:
    """Everybody who was poisoned so far: in memory, and in a folder a file a day where one is given."""

    def __init__(self) -> None:
        self.table, self.ended = nobody(), False
        self._folder: Path | None = None

    def recall(self, folder: Path, days: int) -> None:
        """Read the days that are whole; whatever was written for a later one is not read."""
        self._folder = folder
        files = [folder / f"{number:05d}.parquet" for number in range(days)]
        self.table = pl.concat([nobody(), *(pl.read_parquet(path) for path in files if path.is_file())])
        last = folder / f"{days - 1:05d}.json"
        self.ended = days > 0 and last.is_file() and self._read(last)

    @staticmethod
    def _read(path: Path) -> bool:
        try:
            return bool(json.loads(path.read_text(encoding="utf-8"))["ended"])
        except (ValueError, KeyError, TypeError) as error:
            raise BadRecord(f"{path} cannot be read: {error}. Branch the run from an earlier day.") from error

    def keep(self, day: int, rows: pl.DataFrame, ended: bool, write: Write) -> None:
        """Keep the rows of a day; done again for the same day it writes the same."""
        if self._folder is not None:
            self._folder.mkdir(exist_ok=True)
            target = self._folder / f"{day:05d}.parquet"
            target.unlink(missing_ok=True)
            if rows.height:
                content = BytesIO()
                rows.write_parquet(content)
                write(target, content.getvalue())
            write(target.with_suffix(".json"), json.dumps({"ended": ended}).encode())
        self.table, self.ended = pl.concat([self.table, rows]), ended


def values_of(table: pl.DataFrame, day: int, zones: int) -> dict[str, FloatArray]:
    """Return what the ill add to the values of a day, by zone and stratum."""
    on = pl.lit(day)
    lying = (pl.col("admitted_on") >= 0) & (pl.col("admitted_on") <= on) & (on < pl.col("discharged_on"))
    ill = (pl.col("onset_at") < 24.0 * (day + 1)) & (on < pl.col("well_on"))
    which = {
        "infections": (pl.col("exposed_on") == on) & (pl.col("cause") != HEAT),
        "admissions": pl.col("admitted_on") == on,
        "beds": lying & ~pl.col("icu"),
        "icu": lying & pl.col("icu"),
        "deaths": pl.col("died_on") == on,
        "work_days_lost": ill & pl.col("works"),
    }
    return {name: _count(table.filter(rule), zones) for name, rule in which.items()}


def _count(rows: pl.DataFrame, zones: int) -> FloatArray:
    place = rows["zone"].to_numpy().astype(np.int64) * STRATA + rows["stratum"].to_numpy()
    return np.bincount(place, minlength=zones * STRATA).astype(np.float64).reshape(zones, STRATA)
