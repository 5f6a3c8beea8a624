"""Measures many seeds for a score: here, on a pool of processes and on Dask workers, with equal sums."""

from __future__ import annotations

import argparse
import tempfile
import time
from datetime import date
from pathlib import Path

from benchmarks.epi.claims import Row, claim
from benchmarks.world.claims import keep
from salus.world.city.pack import build
from salus.world.score.executors import executor_from
from salus.world.score.policy import policy_for
from salus.world.score.replay import Scene, scene_from
from salus.world.score.seeds import Ensemble, many_seeds


def played(scene: Scene, seeds: list[int], days: int, named: str) -> tuple[Ensemble, float]:
    """Play the seeds without measures and under the policy; return what came and the seconds."""
    with executor_from(named) as executor:
        plans = {"unchecked": None, "policy": policy_for("respiratory")}
        begun = time.perf_counter()
        found = many_seeds(scene, plans, seeds=seeds, days=days, executor=executor)
        return found, time.perf_counter() - begun


def rows(options: argparse.Namespace) -> list[Row]:
    """Play the same on every executor, the seeds each time in another order."""
    seeds = list(range(1, options.seeds + 1))
    with tempfile.TemporaryDirectory() as folder:
        pack = build(Path(folder) / "city", seed=7, people=options.people)
        scene = scene_from(pack, "respiratory", date(2026, 3, 2))
        few = seeds[: max(options.seeds // 10, 2)]
        # What is scaled up must not hold what is done once: code that is compiled, or read from its cache.
        played(scene, few[:1], options.days, "here")
        _alone, one = played(scene, few, options.days, "here")
        pool, pooled = played(scene, seeds, options.days, f"processes:{options.workers}")
        dask, dasked = played(scene, seeds[::-1], options.days, f"dask:{options.workers}")
        again, _ = played(scene, few[::-1], options.days, "dask:1")
    alone = one / len(few) * len(seeds)
    what = f"{options.seeds} seeds of {options.days} days under two plans, {options.people:,} people"
    beside = f"one process, {alone:.0f} s (from {len(few)} seeds)"
    same, part = pool.sums() == dask.sums(), again.sums() == _alone.sums()
    said = f"{pool.sums()['unchecked']['infections']:,.0f} infections"
    equal = "equal to the last bit" if same and part else "different"
    return [
        claim(f"{what}: {options.workers} processes", f"{pooled:.0f} s", beside, f"{alone / pooled:.2f}",
              f"{options.workers} times as fast, less a quarter", alone / pooled > 0.75 * options.workers),
        claim(f"{what}: {options.workers} Dask workers", f"{dasked:.0f} s", beside, f"{alone / dasked:.2f}",
              f"{options.workers} times as fast, less a quarter", alone / dasked > 0.75 * options.workers),
        claim(f"{what}: sums of all figures on processes and Dask, seeds in another order", f"{equal}; {said}",
              "", "", "equal to the last bit", same and part),
    ]  # fmt: skip


def main() -> None:
    """Play, compare and keep."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=400_000)
    parser.add_argument("--seeds", type=int, default=100)
    parser.add_argument("--days", type=int, default=180)
    parser.add_argument("--workers", type=int, default=2)
    keep("seeds", rows(parser.parse_args()))


if __name__ == "__main__":
    main()
