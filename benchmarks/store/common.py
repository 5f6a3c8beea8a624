"""What the store's benchmarks share: data, databases, runs in processes of their own, and the report.

Ours and the bare peer run in turn, each in a fresh process on a fresh table, so that neither meets a
warmer machine than the other; the ratio is that of the best run of each.
"""

from __future__ import annotations

import contextlib
import json
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

ZONES, DAYS, VERSIONS = 177, 120, 23
RESULTS = Path(__file__).resolve().parent.parent / "results"
_DAY = 86_400
_START = 1_609_459_200


def observations(rows: int, *, seed: int = 1) -> pl.DataFrame:
    """Return facts as a city publishes them: one version after the other, each over all series, zones and days."""
    generator = np.random.default_rng(seed)
    cells = ZONES * DAYS
    series = max(1, round(rows / (cells * VERSIONS)))
    whole = np.arange(rows)
    cell = whole % (cells * series)
    version = whole // (cells * series)
    day = cell // ZONES % DAYS
    absent = generator.random(rows) < 0.01
    status = absent.astype(np.int8)
    return pl.DataFrame(
        {
            "series": (1 + cell // cells).astype(np.int32),
            "valid_at": _START + day * _DAY,
            "zone": (2 + cell % ZONES).astype(np.int32),
            "stratum": np.zeros(rows, dtype=np.int32),
            "known_at": (_START + (DAYS + version) * _DAY) * 1_000_000,
            "value": generator.poisson(5 + day % 7).astype(np.float64),
            "status": status,
        }
    ).with_columns(pl.when(pl.col("status") == 0).then("value").alias("value"))


def use(data: Path, url: str) -> None:
    """Point Django at a database of the benchmark's own and make the store's table in it."""
    os.environ["SALUS_DATA_DIR"] = str(data)
    os.environ["SALUS_DATABASE_URL"] = url
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "salus.config.settings")
    import django

    django.setup()


def fresh_table() -> None:
    """Make the store's table anew."""
    from django.db import connection

    from salus.gather.store import tables

    tables.remove(connection)
    tables.create(connection)
    if connection.vendor == "postgresql":
        # Otherwise whoever comes second pays for writing out what the first one left.
        with connection.cursor() as cursor:
            cursor.execute("CHECKPOINT")
    os.sync()


def peak_mb() -> float:
    """Return the most memory that this process has held."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) / 1024
    return float("nan")


@contextlib.contextmanager
def database(kind: str) -> Iterator[tuple[Path, str]]:
    """Give a folder and the URL of an empty database, with the durability of production."""
    with tempfile.TemporaryDirectory(prefix="salus-bench-") as name:
        folder = Path(name)
        if kind == "sqlite":
            yield folder, f"sqlite://{folder / 'bench.sqlite3'}"
            return
        from tests.fixtures import postgres

        postgres.CARELESS = "-c max_wal_size=4GB -c shared_buffers=256MB"
        with postgres.server() as url:
            yield folder, url


def child(module: str, *arguments: str) -> dict[str, Any]:
    """Run one measurement in a process of its own."""
    command = [sys.executable, "-W", "ignore", "-m", module, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} failed:\n{done.stderr}")
    measured: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return measured


def report(name: str, title: str, lines: list[tuple[str, ...]], result: dict[str, Any]) -> None:
    """Print a table and write the numbers for the documentation."""
    from rich.console import Console
    from rich.table import Table

    table = Table(title=title)
    for column in ("", "ours", "bare", "ratio", "goal", "peak memory"):
        table.add_column(column, justify="left" if not column else "right")
    for line in lines:
        table.add_row(*line)
    Console().print(table)
    RESULTS.mkdir(parents=True, exist_ok=True)
    machine = {"cores": os.cpu_count(), "python": platform.python_version()}
    path = RESULTS / f"{name}.json"
    path.write_text(json.dumps({"name": name, "title": title, **result, "machine": machine}, indent=2) + "\n")
