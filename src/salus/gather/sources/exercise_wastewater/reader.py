"""Bring samples of sewage to one unit, tell what lies below the limit of detection, and average over the city."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import polars as pl
from django.utils.translation import gettext as _

from salus.gather.sources.chunks import Chunk, FactsChunk, Progress, Remark, silent
from salus.gather.sources.facts import as_facts, moment_on
from salus.gather.sources.feed_days import Kept, nothing_kept
from salus.gather.sources.feed_folders import ARRIVES, dates, files_by_day
from salus.gather.sources.feed_lines import all_rows, read_lines
from salus.gather.sources.files import read_csv

NAME, ROOT, TIME_ZONE = "wastewater", "ALMA", "Atlantic/Madeira"
_USUAL = "copies/l wastewater"
_PER_LITRE = {_USUAL: 1.0, "copies/ml wastewater": 1000.0}
_TEXT = ["wwtp_name", "sample_collect_date", "pcr_target_units", "pcr_target_below_lod"]
_NUMBERS = ["pcr_target_avg_conc", "lod_sewage", "population_served"]


def read(path: Path, *, progress: Progress = silent, kept: Kept = nothing_kept) -> Iterator[Chunk]:
    """Yield the facts that each file brought."""
    listed = [(day, file) for day, file in files_by_day(path, NAME) if not kept(file.stem, (file,))]
    if not listed:
        return
    zones = read_csv(path, "catchments.csv", ["catchment", "zone"], text=["catchment", "zone"])
    files = read_lines(listed, [*_TEXT, *_NUMBERS])
    numbers = pl.col(_NUMBERS).cast(pl.Float64, strict=False)
    rows = all_rows(files).with_columns(dates("sample_collect_date"), numbers).drop_nulls("sample_collect_date")
    for done, file in enumerate(files):
        progress(done, len(files), file.path.name)
        came = rows.filter(pl.col("came_on") == file.day)
        strange = came.filter(~pl.col("pcr_target_units").is_in(list(_PER_LITRE))).height
        notes = (_("%(file)s: %(count)s samples have a unit that is not known and are left out.")
                 % {"file": file.path.name, "count": strange},) if strange else ()  # fmt: skip
        remarks = (*file.remarks, *_remarks(came))
        yield FactsChunk(file.path.stem, _facts(came, zones), (file.path,), notes=notes, remarks=remarks)
    progress(len(files), len(files), "read")


def _remarks(came: pl.DataFrame) -> tuple[Remark, ...]:
    """Return which works wrote their sample in another unit than all others."""
    other = came.filter((pl.col("pcr_target_units") != _USUAL) & pl.col("pcr_target_units").is_in(list(_PER_LITRE)))
    names = other.select("wwtp_name", "pcr_target_units", pl.col("sample_collect_date").cast(pl.String))
    return tuple(Remark("unit_changed", {"who": who, "unit": unit, "on": on}) for who, unit, on in names.iter_rows())


def _facts(came: pl.DataFrame, zones: pl.DataFrame) -> pl.DataFrame:
    """Return copies in a litre by zone and for the city; half the limit stands for what is below it."""
    known = came.filter(pl.col("pcr_target_units").is_in(list(_PER_LITRE))).with_columns(
        pl.when(pl.col("pcr_target_below_lod") == "yes")
        .then(pl.col("lod_sewage") / 2)
        .otherwise(pl.col("pcr_target_avg_conc") * pl.col("pcr_target_units").replace_strict(_PER_LITRE))
        .alias("value"),
        pl.col("sample_collect_date").alias("valid_on"),
        moment_on(pl.col("came_on"), ARRIVES, TIME_ZONE).alias("known_at"),
    )
    city = known.group_by("valid_on", "known_at").agg(
        ((pl.col("value") * pl.col("population_served")).sum() / pl.col("population_served").sum()).alias("value")
    )
    by_zone = known.join(zones, left_on="wwtp_name", right_on="catchment").select(
        "zone", "valid_on", "known_at", "value"
    )
    both = pl.concat([by_zone, city.with_columns(pl.lit(ROOT).alias("zone")).select(by_zone.columns)])
    return as_facts(both, series="exercise.wastewater").sort("series", "zone", "valid_on", "known_at")
