"""The columns of the store and what an append may bring."""

from __future__ import annotations

import polars as pl

from salus.base.errors import Invalid

# In the order of the key, then the content.
SCHEMA: dict[str, pl.DataType] = {
    "series": pl.Int32(),
    "valid_at": pl.Int64(),
    "zone": pl.Int32(),
    "stratum": pl.Int32(),
    "known_at": pl.Int64(),
    "value": pl.Float64(),
    "status": pl.Int8(),
}
COLUMNS = tuple(SCHEMA)
KEY = COLUMNS[:5]
WITHDRAWN = 3


class StoreError(Invalid):
    """Facts that the store cannot take."""
