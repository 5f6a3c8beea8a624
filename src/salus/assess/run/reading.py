"""The seam to the store: each series is read once, and what was read leaves a digest."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import polars as pl

from salus.assess.rules.document import RuleDocument
from salus.gather import selectors as gather
from salus.gather.schemas import SeriesRow
from salus.trust.schemas import Viewer

# Long enough for a forecast to learn from its own errors, and for the nowcast's replays.
LATEST_DAYS = 200
VERSION_DAYS = 120
STEP_DAYS = {"day": 1, "week": 7}
_KINDS = ("count", "share", "rate", "cumulative")
_WHOLE = 0


@dataclass
class Reader:
    """Reads what was known at one moment, and keeps it for the length of a run."""

    viewer: Viewer
    known_at: datetime
    today: date
    document: RuleDocument
    inputs: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    _latest: dict[str, pl.DataFrame] = field(default_factory=dict)
    _candidates: dict[str, list[SeriesRow]] | None = None

    def candidates(self, role: str) -> list[SeriesRow]:
        """Return the series of a role that can be assessed, the best first."""
        if self._candidates is None:
            self._candidates = {}
            for row in gather.series_list(viewer=self.viewer, known_at=self.known_at):
                if row.period in STEP_DAYS:
                    self._candidates.setdefault(row.role, []).append(row)
        return sorted(self._candidates.get(role, []), key=self._rank)

    def _rank(self, row: SeriesRow) -> tuple[Any, ...]:
        prefer = self.document.plan.prefer
        place = prefer.index(row.code) if row.code in prefer else len(prefer)
        return (place, _KINDS.index(row.kind), row.period != "day", row.reconstructed, row.code)

    def latest(self, row: SeriesRow) -> pl.DataFrame:
        """Return the newest version of each fact: valid_on, zone, value (null: not known)."""
        if row.code not in self._latest:
            frame = gather.observations_as_of(
                viewer=self.viewer,
                series=row.code,
                strata=[_WHOLE],
                valid_from=self.today - timedelta(days=LATEST_DAYS),
                known_at=self.known_at,
            )
            self._note(row, "latest", frame)
            self._latest[row.code] = frame
        return self._latest[row.code]

    def versions(self, row: SeriesRow, zones: Sequence[int]) -> pl.DataFrame:
        """Return every version of the facts of the last months."""
        frame = gather.observations_versions(
            viewer=self.viewer,
            series=row.code,
            zones=list(zones),
            strata=[_WHOLE],
            valid_from=self.today - timedelta(days=VERSION_DAYS),
            known_at=self.known_at,
        )
        self._note(row, "versions", frame)
        return frame

    def _note(self, row: SeriesRow, part: str, frame: pl.DataFrame) -> None:
        days = frame["valid_on"]
        self.inputs[(row.code, part)] = {
            "series": row.code,
            "role": row.role,
            "part": part,
            "rows": frame.height,
            "valid_from": str(days.min()) if frame.height else None,
            "valid_to": str(days.max()) if frame.height else None,
            "checksum": checksum(frame, with_known=part == "versions"),
        }


def checksum(frame: pl.DataFrame, *, with_known: bool) -> str:
    """Return a digest of facts that is equal for equal facts in any order, on any machine."""
    keys = ["valid_on", "zone", "known_at"] if with_known else ["valid_on", "zone"]
    ordered = frame.sort(keys)
    parts = [
        ordered["valid_on"].to_physical().cast(pl.Int64).to_numpy(),
        ordered["zone"].cast(pl.Int64).to_numpy(),
        ordered["value"].cast(pl.Float64).fill_null(float("nan")).to_numpy(),
        ordered["status"].cast(pl.Int64).to_numpy(),
    ]
    if with_known:
        parts.append(micros(ordered["known_at"]))
    return digest(np.ascontiguousarray(part).tobytes() for part in parts)


def micros(column: pl.Series) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Return moments as microseconds since 1970, whether the store gave them so or as moments."""
    if column.dtype.is_integer():
        return column.cast(pl.Int64).to_numpy()
    return column.dt.epoch("us").to_numpy()


def digest(parts: Iterable[bytes]) -> str:
    """Return one digest over parts in order."""
    total = hashlib.sha256()
    for part in parts:
        total.update(len(part).to_bytes(8, "big"))
        total.update(part)
    return total.hexdigest()
