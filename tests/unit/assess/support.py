"""A small city and its series in memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID

import numpy as np
import polars as pl

from salus.assess.run.areas import Area, Areas
from salus.assess.run.cubes import Cube
from salus.gather.schemas import SeriesRow
from salus.trust.schemas import Tier

# City 1, boroughs 2 and 3, zones 4 and 5 in the first and 6 in the second.
PARENTS = {1: None, 2: 0, 3: 0, 4: 1, 5: 1, 6: 2}
LEVELS = {1: "city", 2: "borough", 3: "borough", 4: "zone", 5: "zone", 6: "zone"}
PEOPLE = {1: 400_000.0, 2: 300_000.0, 3: 100_000.0, 4: 200_000.0, 5: 100_000.0, 6: 100_000.0}
FIRST = date(2021, 9, 1)


def areas(**people: float | None) -> Areas:
    known = {**PEOPLE, **{int(key[1:]): value for key, value in people.items()}}
    return Areas(
        tuple(
            Area(UUID(int=number), number, f"Z{number}", LEVELS[number], PARENTS[number], known[number])
            for number in sorted(LEVELS)
        )
    )


def series(code: str = "t.cases", **changes: object) -> SeriesRow:
    row = SeriesRow(
        id=UUID(int=99),
        number=9,
        code=code,
        name={"en": code},
        description={},
        unit="cases",
        kind="count",
        period="day",
        role="cases",
        zone_level="zone",
        source="t",
        tier=Tier.OPERATIONAL,
        delay_days=0,
        reconstructed=False,
        first_known=None,
        recorded_at=datetime(2021, 1, 1, tzinfo=UTC),
    )
    return replace(row, **changes)  # type: ignore[arg-type]


def frame(rows: Sequence[tuple[int, int, float | None]]) -> pl.DataFrame:
    """Rows of (day from FIRST, zone number, value)."""
    return pl.DataFrame(
        {
            "valid_on": [date.fromordinal(FIRST.toordinal() + day) for day, _, _ in rows],
            "zone": [zone for _, zone, _ in rows],
            "value": [value for _, _, value in rows],
            "status": [0 if value is not None else 1 for _, _, value in rows],
        },
        schema={"valid_on": pl.Date, "zone": pl.Int32, "value": pl.Float64, "status": pl.Int8},
    )


def cube(values: np.ndarray, **changes: object) -> Cube:
    return Cube(series(**changes), FIRST.toordinal(), 1, np.asarray(values, dtype=float))
