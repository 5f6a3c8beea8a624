"""The truth that a run has kept, as feeds read it: whole days only."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from salus.world.truth.happenings import Happening, from_row
from salus.world.truth.orders import Order
from salus.world.truth.orders import from_row as order_from_row
from salus.world.truth.place import STRATA, FloatArray
from salus.world.truth.run import BadRun, Run


@dataclass(frozen=True, slots=True, eq=False)
class TruthDay:
    """What truly happened on a day, by output: shape (Z, 21); infections by variant apart."""

    number: int
    values: dict[str, FloatArray]
    variants: dict[str, FloatArray]
    happenings: tuple[Happening, ...] = ()
    orders: tuple[Order, ...] = ()

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
        told = _circumstances(path.with_suffix(".json"))
        befell = tuple(from_row(row, place) for place, row in enumerate(told.get("happenings", ()), start=1))
        orders = tuple(order_from_row(row, place) for place, row in enumerate(told.get("orders", ()), start=1))
        return TruthDay(number, values, variants, befell, orders)


def _circumstances(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    return found
