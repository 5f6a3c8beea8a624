"""Counts the same pings with DuckDB or Polars in the peers' Python."""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path
from typing import Any

OCCUPANCY = """
select time // 3600 as hour, zone, count(distinct person) as people from read_parquet({files}) group by all
"""
FLOWS = """
with ordered as (
  select zone, time, lag(zone) over (partition by person order by time, zone) as before
  from read_parquet({files})
)
select time // 86400 as day, before, zone, count(*) as trips from ordered
where before is not null and before <> zone group by all
"""


def with_duckdb(files: list[str]) -> tuple[int, int]:
    """Return sums of occupancy and of trips."""
    import duckdb

    link = duckdb.connect()
    link.execute("set threads to 2")
    occupancy = link.execute(OCCUPANCY.format(files=files)).fetchnumpy()
    flows = link.execute(FLOWS.format(files=files)).fetchnumpy()
    return int(occupancy["people"].sum()), int(flows["trips"].sum())


def with_polars(files: list[str]) -> tuple[int, int]:
    """Return sums of occupancy and of trips."""
    import polars as pl

    rows = pl.scan_parquet(files)
    hour = (pl.col("time") // 3600).alias("hour")
    occupancy = rows.group_by(hour, "zone").agg(pl.col("person").n_unique().alias("people")).collect()
    before = pl.col("zone").shift(1).over("person").alias("before")
    ordered = rows.sort("person", "time", "zone").with_columns(before)
    moved = ordered.filter(pl.col("before").is_not_null() & (pl.col("before") != pl.col("zone")))
    flows = moved.group_by((pl.col("time") // 86400).alias("day"), "before", "zone").agg(pl.len().alias("trips"))
    return int(occupancy["people"].sum()), int(flows.collect()["trips"].sum())


def main(given: dict[str, Any]) -> dict[str, Any]:
    """Count once and measure."""
    count = with_duckdb if given["program"] == "duckdb" else with_polars
    start, wall = time.process_time(), time.perf_counter()
    occupancy, trips = count(given["files"])
    found = {"cpu": time.process_time() - start, "wall": time.perf_counter() - wall}
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {**found, "memory": memory, "occupancy": occupancy, "trips": trips}


if __name__ == "__main__":
    file = Path(sys.argv[1])
    file.write_text(json.dumps(main(json.loads(file.read_text()))))
