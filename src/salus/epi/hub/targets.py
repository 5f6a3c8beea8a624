"""What a hub knew of its targets at a moment, and in the weeks before that moment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl

from salus.epi.arrays import FloatArray, IntArray
from salus.epi.hub.config import Hub, HubError

_DATES = ("target_end_date", "date", "week_end_date", "time_value")
_VALUES = ("observation", "oracle_value", "value", "obs")
_FILES = ("time-series", "target-hospital-admissions", "target-ed-visits-prop", "latest-data")
_EARLIER = 30


@dataclass(frozen=True, slots=True)
class TargetState:
    """One target as known at a moment.

    Attributes
    ----------
    table : FloatArray, shape (T, S)
        NaN is missing.
    days : IntArray, shape (T,)
        Day number of each step.
    locations : tuple of str
    earlier : FloatArray, shape (M, T, S)
        The table as known one step before the moment, two steps before, ...

    """

    table: FloatArray
    days: IntArray
    locations: tuple[str, ...]
    earlier: FloatArray


def read_targets(hub: Hub) -> pl.DataFrame:
    """Read the hub's observations.

    Returns
    -------
    polars.DataFrame
        Columns target, location, date, value and as_of; as_of is null where the hub keeps no
        versions.

    Raises
    ------
    HubError
        If there is no target data, or a column is missing.

    """
    folder = hub.path / "target-data"
    if not folder.is_dir():
        raise HubError(f"{hub.path} has no target-data folder: there are no observations to forecast from.")
    for name in _FILES:
        for path in (folder / f"{name}.parquet", folder / f"{name}.csv", folder / name):
            if path.exists():
                return tidy_targets(read_any(path), path)
    raise HubError(f"{folder} has none of {', '.join(_FILES)} as .csv or .parquet.")


def read_any(path: Path) -> pl.DataFrame:
    """Read a CSV or Parquet file, or a folder of them, with columns of text where types differ."""
    if path.is_dir():
        files = sorted(each for each in path.rglob("*") if each.suffix in {".csv", ".parquet"})
        if not files:
            raise HubError(f"{path} holds no .csv or .parquet file.")
        return pl.concat([read_any(each) for each in files], how="diagonal_relaxed")
    try:
        if path.suffix == ".parquet":
            return pl.read_parquet(path)
        return pl.read_csv(path, infer_schema=False, null_values=["NA", ""])
    except (OSError, pl.exceptions.PolarsError) as error:
        raise HubError(f"{path.name} cannot be read: {str(error).splitlines()[0]}.") from error


def tidy_targets(frame: pl.DataFrame, path: Path) -> pl.DataFrame:
    """Give observations the same columns whatever the hub calls them."""
    day = _first(frame, _DATES, path)
    value = _first(frame, _VALUES, path)
    if "location" not in frame.columns:
        raise HubError(f"{path.name} has no column location.")
    target = pl.col("target") if "target" in frame.columns else pl.lit(None)
    as_of = pl.col("as_of") if "as_of" in frame.columns else pl.lit(None)
    return frame.select(
        target.cast(pl.String).alias("target"),
        pl.col("location").cast(pl.String),
        pl.col(day).cast(pl.String).str.slice(0, 10).str.to_date().alias("date"),
        pl.col(value).cast(pl.Float64, strict=False).alias("value"),
        as_of.cast(pl.String).alias("as_of"),
    )


def target_state(
    frame: pl.DataFrame, target: str, as_of: str, *, step: int = 7, earlier: int = _EARLIER
) -> TargetState:
    """Lay out what was known of one target at a moment.

    Parameters
    ----------
    frame : polars.DataFrame
        From `read_targets`.
    target : str
        Its name in the hub.
    as_of : str
        ISO date or moment; versions after it are not looked at.
    step : int
        Days between observations.
    earlier : int
        How many earlier states to look up, one a step.

    Raises
    ------
    HubError
        If nothing was known then.

    """
    named = frame.filter(pl.col("target").is_null() | (pl.col("target") == target))
    now = _known(named, as_of)
    if now.is_empty():
        raise HubError(f"nothing was known of '{target}' at {as_of}: choose a later moment or round.")
    locations = tuple(sorted(now["location"].unique().to_list()))
    numbers = _numbers(now)
    days = np.arange(int(numbers.min()), int(numbers.max()) + 1, step)
    table = _grid(now, days, locations, step)
    states: list[FloatArray] = []
    for back in range(1, earlier + 1 if named["as_of"].null_count() < named.height else 0):
        before = _known(named, _back(as_of, back * step))
        if before.is_empty():
            break
        states.append(_grid(before, days, locations, step))
    return TargetState(table, days, locations, np.array(states).reshape(len(states), *table.shape))


def _first(frame: pl.DataFrame, names: tuple[str, ...], path: Path) -> str:
    for name in names:
        if name in frame.columns:
            return name
    raise HubError(f"{path.name} has none of the columns {', '.join(names)}.")


def _known(frame: pl.DataFrame, as_of: str) -> pl.DataFrame:
    """Return the last version of each value at the moment; a version without a value withdraws it."""
    # A day means until its end; a moment is compared to the second.
    limit = as_of if len(as_of) > 10 else as_of + "~"
    seen = frame.filter(pl.col("as_of").is_null() | (pl.col("as_of") <= limit)).sort("as_of", maintain_order=True)
    return seen.group_by("location", "date", maintain_order=True).last().drop_nulls("value")


def _back(as_of: str, days: int) -> str:
    return (date.fromisoformat(as_of[:10]) - timedelta(days=days)).isoformat() + as_of[10:]


def _numbers(frame: pl.DataFrame) -> IntArray:
    # Polars counts days from 1970, Python from the year 1.
    return frame["date"].to_physical().to_numpy().astype(np.int64) + date(1970, 1, 1).toordinal()


def _grid(frame: pl.DataFrame, days: IntArray, locations: tuple[str, ...], step: int) -> FloatArray:
    out = np.full((days.size, len(locations)), np.nan)
    place = {name: column for column, name in enumerate(locations)}
    row = (_numbers(frame) - days[0]) // step
    column = np.array([place.get(name, -1) for name in frame["location"].to_list()])
    inside = (row >= 0) & (row < days.size) & (column >= 0)
    out[row[inside], column[inside]] = np.maximum(frame["value"].to_numpy()[inside], 0.0)
    return out
