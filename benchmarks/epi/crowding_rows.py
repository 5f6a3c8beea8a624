"""Makes pings of a city's people, and counts them with our engine in a process of its own."""

from __future__ import annotations

import json
import resource
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path

import numpy as np
import polars as pl

from salus.epi.crowding import CrowdingCounts, count_crowding, count_crowding_files

ZONES, DAYS, PER_PERSON = 177, 14, 50
CHUNK = 2_500_000


def pings(rows: int, seed: int) -> pl.DataFrame:
    """Pings of people who move between home and a few other zones, in no order."""
    rng = np.random.default_rng(seed)
    people = max(1, rows // PER_PERSON)
    who = rng.integers(0, people, rows)
    # A person's home and haunts follow from the number, so that chunks agree.
    turn = rng.choice(4, rows, p=[0.55, 0.25, 0.12, 0.08])
    zone = ((who * 2654435761 + turn * 40503) >> 7) % ZONES
    time_of = 1_700_006_400 + rng.integers(0, DAYS * 86_400, rows)
    return pl.DataFrame({"person": who * 7919 + 13, "time": time_of, "zone": zone.astype(np.int32)})


def write(folder: Path, rows: int) -> list[str]:
    """Write chunks of pings as Parquet files."""
    paths = []
    for number, begin in enumerate(range(0, rows, CHUNK)):
        paths.append(str(folder / f"{number:03d}.parquet"))
        pings(min(CHUNK, rows - begin), number).write_parquet(paths[-1])
    return paths


def digest(counts: CrowdingCounts) -> str:
    """Fingerprint of all counts."""
    return sha256(counts.occupancy.tobytes() + counts.flows.tobytes()).hexdigest()[:16]


def measure(paths: list[str], shuffle: bool) -> dict[str, float | str | int]:
    """Count from files, or, shuffled, from arrays in another order."""
    count_crowding([1, 1], [0, 5], [0, 1], zones=2)
    frame = (
        pl.concat([pl.read_parquet(path) for path in paths]).sample(fraction=1, shuffle=True, seed=3)
        if shuffle
        else None
    )
    start, wall = time.process_time(), time.perf_counter()
    with ThreadPoolExecutor(2) as executor:
        if frame is None:
            found = count_crowding_files(paths, zones=ZONES, executor=executor)
        else:
            columns = [frame[name].to_numpy() for name in ("person", "time", "zone")]
            found = count_crowding(*columns, zones=ZONES, executor=executor)
    seconds, passed = time.process_time() - start, time.perf_counter() - wall
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    sums = {"occupancy": int(found.occupancy.sum()), "trips": int(found.flows.sum())}
    return {"cpu": seconds, "wall": passed, "memory": peak, "digest": digest(found), **sums}


if __name__ == "__main__":
    print(json.dumps(measure(json.loads(sys.argv[1]), sys.argv[2] == "shuffled")))
