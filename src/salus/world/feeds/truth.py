"""The truth that a run has kept, as feeds read it: whole days only."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import polars as pl

from salus.world.truth.happenings import Happening, from_row
from salus.world.truth.place import STRATA, FloatArray
from salus.world.truth.run import BadRun, Run


@dataclass(frozen=True, slots=True, eq=False)
class TruthDay:
    """What truly happened on a day, by output: shape (Z, 21); infections by variant apart."""

    number: int
    values: dict[str, FloatArray]
    variants: dict[str, FloatArray]
    happenings: tuple[Happening, ...] = ()

    def befallen(self, kind: str) -> tuple[Happening, ...]:
        """Return what of a kind befell the city on the day."""
        return tuple(row for row in self.happenings if row.kind == kind)


class TruthReader:
    """Reads kept days, keeping the last ones in memory."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self.day = lru_cache(maxsize=90)(self._read)

    def _read(self, number: int) -> TruthDay:
        path = self._run.folder / "truth" / f"{number:05d}.parquet"
        if not path.is_file():
            raise BadRun(f"Day {number} of the run has not happened yet.")
        table = pl.read_parquet(path).sort("zone", "stratum")
        columns = {name: table[name].to_numpy().reshape(-1, STRATA) for name in table.columns[2:]}
        variants = {
            name.removeprefix("infections_"): np.asarray(rows)
            for name, rows in columns.items()
            if name.startswith("infections_")
        }
        values = {name: np.asarray(rows) for name, rows in columns.items() if not name.startswith("infections_")}
        return TruthDay(number, values, variants, _befell(path.with_suffix(".json")))


def _befell(path: Path) -> tuple[Happening, ...]:
    rows = json.loads(path.read_text(encoding="utf-8"))["happenings"] if path.is_file() else []
    return tuple(from_row(row, place) for place, row in enumerate(rows, start=1))
