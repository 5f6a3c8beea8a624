"""What teams have submitted, and what came true."""

from __future__ import annotations

import re
from pathlib import Path

import polars as pl

from salus.epi.hub.config import DATE_NAMES, Hub, HubError
from salus.epi.hub.scoring import score_quantiles
from salus.epi.hub.targets import read_any, read_targets, tidy_targets

_NAME = re.compile(r"^(\d{4}-\d{2}-\d{2})-(.+)$")
_ENDS = ("target_end_date", "target_date")
_WIDE = re.compile(r"^q(0?\.\d+)$")
KEYS = ["reference_date", "target", "location", "target_end_date"]


def read_outputs(hub: Hub, *, since: str = "", until: str = "9999") -> pl.DataFrame:
    """Read every team's quantile forecasts.

    Parameters
    ----------
    hub : Hub
        The hub with its model-output.
    since, until : str
        ISO dates of the first and last round to read.

    Returns
    -------
    polars.DataFrame
        model, reference_date, target, location, target_end_date, output_type_id, value.

    Raises
    ------
    HubError
        If nothing is there, or a file lacks a column.

    """
    folder = hub.path / "model-output"
    files = [
        (match.group(1), path)
        for path in sorted(folder.glob("*/*"))
        if path.suffix in {".csv", ".parquet"}
        and (match := _NAME.match(path.stem))
        and since <= match.group(1) <= until
    ]
    if not files:
        raise HubError(f"{folder} holds no submission ROUND-MODEL.csv or .parquet for these rounds.")
    return pl.concat([_tidy(read_any(path), path, round_id) for round_id, path in files])


def read_wide(path: Path) -> pl.DataFrame:
    """Read forecasts with a column per quantile (q0.01, q0.025, ...) into the long form of `read_outputs`."""
    frame = read_any(path)
    columns = [name for name in frame.columns if _WIDE.match(name)]
    needed = ["model", "reference_date", "location", "target_end_date"]
    missing = [name for name in needed if name not in frame.columns]
    if missing or not columns:
        raise HubError(f"{path.name} lacks {', '.join(missing) or 'quantile columns such as q0.5'}.")
    target = pl.col("target") if "target" in frame.columns else pl.lit(None)
    wide = frame.select(
        *(pl.col(name).cast(pl.String) for name in needed),
        target.cast(pl.String).alias("target"),
        *columns,
    )
    long = wide.unpivot(on=columns, index=[*needed, "target"], variable_name="level", value_name="value")
    return long.select(
        "model",
        *KEYS,
        pl.col("level").str.slice(1).cast(pl.Float64).alias("output_type_id"),
        pl.col("value").cast(pl.Float64),
    ).drop_nulls("value")


def read_truth(hub: Hub) -> pl.DataFrame:
    """Read what came true: oracle output where the hub has it, otherwise its newest observations."""
    for name in ("oracle-output.parquet", "oracle-output.csv", "oracle-output"):
        path = hub.path / "target-data" / name
        if path.exists():
            frame = read_any(path)
            if "output_type" in frame.columns:
                frame = frame.filter(pl.col("output_type") == "quantile")
            return newest(tidy_targets(frame, path))
    return newest(read_targets(hub))


def newest(observations: pl.DataFrame) -> pl.DataFrame:
    """Keep the last version of each observation: target, location, target_end_date, observed."""
    last = observations.sort("as_of", maintain_order=True).group_by("target", "location", "date").last()
    return last.drop_nulls("value").select(
        "target",
        "location",
        pl.col("date").cast(pl.String).alias("target_end_date"),
        pl.col("value").alias("observed"),
    )


def score_outputs(outputs: pl.DataFrame, truth: pl.DataFrame) -> pl.DataFrame:
    """Score forecasts whose outcome is known, one row per model and task.

    Raises
    ------
    HubError
        If no forecast has a known outcome.

    """
    named = truth["target"].null_count() == 0 and outputs["target"].null_count() == 0
    on = ["location", "target_end_date", *(["target"] if named else [])]
    known = truth if named else truth.drop("target")
    joined = outputs.join(known, on=on, how="inner").drop_nulls(["value", "observed"])
    if joined.is_empty():
        raise HubError("no forecast has an observation yet: wait, or look at the names of targets and locations.")
    return score_quantiles(joined, ["model", *KEYS])


def _tidy(frame: pl.DataFrame, path: Path, round_id: str) -> pl.DataFrame:
    end = next((name for name in _ENDS if name in frame.columns), None)
    needed = {"location", "output_type", "output_type_id", "value"}
    if missing := sorted(needed - set(frame.columns)):
        raise HubError(f"{path.parent.name}/{path.name} lacks the column {', '.join(missing)}.")
    if end is None and "horizon" not in frame.columns:
        raise HubError(f"{path.parent.name}/{path.name} says neither target_end_date nor horizon.")
    day = next((name for name in DATE_NAMES if name in frame.columns), None)
    reference = pl.col(day).cast(pl.String).str.slice(0, 10) if day else pl.lit(round_id)
    weeks = pl.duration(days=7 * pl.col("horizon").cast(pl.Int64)) if end is None else None
    ending = pl.col(end).cast(pl.String).str.slice(0, 10) if end else (reference.str.to_date() + weeks).cast(pl.String)
    target = pl.col("target") if "target" in frame.columns else pl.lit(None)
    return frame.filter(pl.col("output_type") == "quantile").select(
        pl.lit(path.parent.name).alias("model"),
        reference.alias("reference_date"),
        target.cast(pl.String).alias("target"),
        pl.col("location").cast(pl.String),
        ending.alias("target_end_date"),
        pl.col("output_type_id").cast(pl.Float64),
        pl.col("value").cast(pl.Float64),
    )
