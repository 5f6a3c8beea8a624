"""Slips of those who type a line list: some lines come so that a person has to look at them."""

from __future__ import annotations

import numpy as np
import polars as pl

# Shares of lines with each slip.
ZONE, ONSET, ASKED, AGE = 0.006, 0.004, 0.002, 0.003


def with_slips(lines: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    """Return a day's lines as they were typed: a zone without its dash, a year ahead, a blank, an age in months."""
    here = [pl.Series(part) for part in rng.random((4, lines.height)) < np.array([[ZONE], [ONSET], [ASKED], [AGE]])]
    zone, onset, asked, age = (pl.lit(part) if lines.height else pl.lit(False) for part in here)
    ahead = (pl.col("onset_at").str.slice(0, 4).cast(pl.Int64, strict=False) + 1).cast(pl.String)
    months = (pl.col("age").cast(pl.Int64, strict=False) * 12).cast(pl.String)
    return lines.with_columns(
        pl.when(zone).then(pl.col("zone").str.replace("-", "")).otherwise(pl.col("zone")).alias("zone"),
        pl.when(onset & (pl.col("onset_at") != "")).then(ahead + pl.col("onset_at").str.slice(4))
        .otherwise(pl.col("onset_at")).alias("onset_at"),
        pl.when(asked).then(pl.lit("")).otherwise(pl.col("asked_as")).alias("asked_as"),
        pl.when(age).then(months).otherwise(pl.col("age")).alias("age"),
    )  # fmt: skip
