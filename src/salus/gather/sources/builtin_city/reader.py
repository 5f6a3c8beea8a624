"""Read Port Alma's folder; without a folder, make one from a seed first."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from datetime import date, time
from pathlib import Path

import polars as pl

from salus.gather.sources.builtin_city import generate as made
from salus.gather.sources.chunks import Chunk, FactsChunk, Progress, silent
from salus.gather.sources.city_packs import PARTS
from salus.gather.sources.facts import as_facts, changes_only, moment_on
from salus.gather.sources.files import read_json, read_parquet, require_folder

PUBLISHED = time(18, 0)
FACTS = {
    "cases.parquet": "cases",
    "hospital.parquet": "hospital admissions and deaths",
    "tests.parquet": "tests",
    "visits.parquet": "emergency visits",
}


def read(
    path: Path | None, *, progress: Progress = silent, seed: int = 7, start: date = made.START, days: int = made.DAYS
) -> Iterator[Chunk]:
    """Yield the city, its places and people, and its facts."""
    if path is not None:
        yield from _read_folder(require_folder(path, what="a city made by the generator"), progress)
        return
    with tempfile.TemporaryDirectory(prefix="port-alma-") as name:
        progress(0, None, "making the city")
        made.generate(Path(name), seed=seed, start=start, days=days)
        yield from _read_folder(Path(name), progress)


def _read_folder(folder: Path, progress: Progress) -> Iterator[Chunk]:
    city = read_json(folder, "city.json")
    total = len(PARTS) + len(FACTS)
    for done, (label, make) in enumerate(PARTS.items()):
        progress(done, total, label)
        yield make(folder, city)
    for done, (file, label) in enumerate(FACTS.items(), start=len(PARTS)):
        progress(done, total, label)
        yield _facts(folder, file, label, str(city["time_zone"]))
    progress(total, total, "read")


def _facts(folder: Path, file: str, label: str, time_zone: str) -> FactsChunk:
    raw = read_parquet(folder, file, ["series", "zone", "valid_on", "published_on", "value", "status"])
    frame = as_facts(raw.with_columns(moment_on(pl.col("published_on"), PUBLISHED, time_zone).alias("known_at")))
    return FactsChunk(label, changes_only(frame), (folder / file,))
