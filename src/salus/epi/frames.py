"""Results as tables in the hubverse's long format."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Protocol

import numpy as np
import polars as pl

from salus.epi.arrays import FloatArray, IntArray, require
from salus.epi.demand import OccupancyForecast, WardFlow
from salus.epi.errors import ShapeMismatchError
from salus.epi.forecasting import Forecast


class QuantileResult(Protocol):
    """Anything with quantiles over time: forecasts, nowcasts, R, growth, sewage, effects, paths of scenarios."""

    @property
    def quantiles(self) -> FloatArray:
        """Quantiles, shape (T, Q) or (T, S, Q)."""
        ...

    @property
    def quantile_levels(self) -> FloatArray:
        """Levels, shape (Q,)."""
        ...


def to_frame(
    result: QuantileResult,
    *,
    reference_date: date,
    target: str,
    locations: Sequence[str] = ("",),
    step: int = 1,
    first_horizon: int | None = None,
    last: int | None = None,
) -> pl.DataFrame:
    """Lay a result out in long format, one row per horizon, location and quantile.

    Parameters
    ----------
    result : Forecast, Nowcast, RtResult, GrowthResult, ...
        Anything with quantiles over time.
    reference_date : date
        The date that horizons count from. For a nowcast or R, the last date of the result.
    target : str
        Name of what is estimated, for example ``"inc hosp"``.
    locations : sequence of str
        One label per series.
    step : int
        Days in a time step: 1 daily, 7 weekly.
    first_horizon : int, optional
        Horizon of the first step. Default 1 for a forecast; for others such that the last
        step has horizon 0.
    last : int, optional
        Keep the last steps only, to leave out settled dates.

    Returns
    -------
    polars.DataFrame
        Columns reference_date, target, horizon, target_end_date, location, output_type
        (``"quantile"``), output_type_id, value. Undefined values are null.

    Raises
    ------
    ShapeMismatchError
        If there is not one location per series.

    References
    ----------
    Hubverse model output format. https://docs.hubverse.io/en/latest/user-guide/model-output.html

    """
    values = result.quantiles
    table = values[:, None] if values.ndim == 2 else values
    if table.shape[1] != len(locations):
        raise ShapeMismatchError(f"{len(locations)} locations for {table.shape[1]} series: pass one label each.")
    require(step >= 1, "step must be 1 day or more.")
    steps = table.shape[0]
    begin = first_horizon
    if begin is None:
        begin = 1 if isinstance(result, Forecast | OccupancyForecast | WardFlow) else 1 - steps
    horizon = np.arange(begin, begin + steps, dtype=np.int64)
    if last is not None:
        table, horizon = table[-last:], horizon[-last:]
    return _long(table, horizon, result.quantile_levels, (reference_date, step), target, locations)


def _long(
    table: FloatArray,
    horizon: IntArray,
    levels: FloatArray,
    calendar: tuple[date, int],
    target: str,
    locations: Sequence[str],
) -> pl.DataFrame:
    reference, step = calendar
    steps, width, count = table.shape
    ends = [reference + timedelta(days=int(h) * step) for h in horizon]
    each = width * count
    frame = pl.DataFrame(
        {
            "horizon": np.repeat(horizon, each),
            "target_end_date": pl.Series(ends, dtype=pl.Date).gather(np.repeat(np.arange(steps), each)),
            "location": pl.Series(list(locations), dtype=pl.String).gather(
                np.tile(np.repeat(np.arange(width), count), steps)
            ),
            "output_type_id": np.tile(levels, steps * width),
            "value": table.ravel(),
        }
    )
    return frame.select(
        pl.lit(reference).cast(pl.Date).alias("reference_date"),
        pl.lit(target).alias("target"),
        "horizon",
        "target_end_date",
        "location",
        pl.lit("quantile").alias("output_type"),
        "output_type_id",
        pl.col("value").fill_nan(None),
    )
