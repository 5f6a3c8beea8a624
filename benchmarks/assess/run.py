"""How long one assessment of New York takes, by phase, and how much of it is bare arithmetic.

    python benchmarks/assess/run.py [--from ../shared/data/nyc] [--data FOLDER] [--moments 5]

Loads the city with all its vintages into a store of its own (kept with --data), assesses it at moments of
the winter of 2021 to 2022, and repeats the same numerics on the same arrays without store or writes.
"""

from __future__ import annotations

import argparse
import functools
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
RESULT = ROOT / "benchmarks" / "results" / "assess-city.json"
FIRST = datetime(2021, 12, 10, 23, tzinfo=UTC)
LIMIT_SECONDS = 5.0


def main() -> int:
    options = _options()
    if not options.source.is_dir():
        print(f"There is no folder {options.source}: this benchmark needs New York's data.")
        return 0
    with _folder(options.data) as folder:
        _start_django(folder)
        loaded = _load(options.source)
        print(f"city with all vintages: {loaded:.1f} s" if loaded else "city with all vintages: already there")
        runs = [_once(FIRST + timedelta(days=7 * step)) for step in range(options.moments)]
    result = _summary(runs, loaded)
    RESULT.parent.mkdir(parents=True, exist_ok=True)
    RESULT.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    _show(result)
    return 0 if result["whole_seconds"]["worst"] < LIMIT_SECONDS else 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--from", dest="source", type=Path, default=ROOT.parent / "shared" / "data" / "nyc")
    parser.add_argument("--data", type=Path, help="a folder to keep the loaded city in")
    parser.add_argument("--moments", type=int, default=5)
    return parser.parse_args()


@contextmanager
def _folder(given: Path | None) -> Iterator[Path]:
    if given is not None:
        given.mkdir(parents=True, exist_ok=True)
        yield given
        return
    with tempfile.TemporaryDirectory(prefix="salus-bench-") as made:
        yield Path(made)


def _start_django(folder: Path) -> None:
    os.environ["SALUS_DATA_DIR"] = str(folder)
    os.environ["SALUS_TIME_ZONE"] = "America/New_York"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "salus.config.settings")
    sys.path.insert(0, str(ROOT / "src"))
    import django

    django.setup()


def _load(source: Path) -> float:
    """Load the city as `./salus load` does, unless it is there; return the seconds."""
    from django.core.management import call_command

    from salus.base import clock
    from salus.city.selectors import zone_list
    from salus.config.packs import packs_load
    from salus.gather.sources.loading import load
    from salus.trust.selectors import system_viewer

    call_command("migrate", verbosity=0)
    by = system_viewer("bench")
    if zone_list(viewer=by):
        return 0.0
    # Before the first moment that is assessed: what is recorded later is not known then.
    with clock.fixed_at(datetime(2020, 1, 1, tzinfo=UTC)):
        packs_load()
    start = time.perf_counter()
    with clock.fixed_at(datetime(2020, 1, 1, tzinfo=UTC)):
        load(slug="nyc", path=source, by=by)
    return time.perf_counter() - start


def _once(moment: datetime) -> dict[str, Any]:
    """Assess a moment as the job does, and then its bare numerics on the same arrays."""
    from django.db import transaction

    from salus.assess.services import assessment_run
    from salus.base import clock
    from salus.trust.selectors import system_viewer

    by = system_viewer("bench")
    with clock.fixed_at(moment):
        bare = _bare(by, moment)
        start, cpu = time.perf_counter(), time.process_time()
        with transaction.atomic():
            made = assessment_run(by=by)
            spent, used = time.perf_counter() - start, time.process_time() - cpu
            phases, summary = made.timings, made.summary
            # The next moment must not find this one; the benchmark can be run again on its folder.
            transaction.set_rollback(True)
    return {
        "moment": moment.isoformat(),
        "seconds": spent,
        "cpu": used,
        "bare": bare,
        "phases": phases,
        "summary": summary,
    }


def _bare(by: Any, moment: datetime) -> float:
    """CPU seconds of the numerics alone: the arrays are in memory, nothing is read or written."""
    from salus.assess.rule_store import document_of, rule_table_in_force
    from salus.assess.run.areas import areas_known
    from salus.assess.run.compute import seed_of
    from salus.assess.run.cubes import Shelf
    from salus.assess.run.detection import watch
    from salus.assess.run.estimating import Moment, estimate
    from salus.assess.run.indicators import Indicators
    from salus.assess.run.reading import Reader

    document = document_of(rule_table_in_force())
    reader = Reader(by, moment, moment.date(), document)
    areas = areas_known(viewer=by, known_at=moment)
    shelf = Shelf(reader, areas).filled(document.roles)
    remembered = functools.lru_cache(maxsize=None)(lambda code: reader_versions(*asked[code]))
    asked: dict[str, Any] = {}
    reader_versions = reader.versions

    def versions(row: Any, zones: Any) -> Any:
        asked[row.code] = (row, zones)
        return remembered(row.code)

    reader.versions = versions  # type: ignore[method-assign]

    def numerics() -> None:
        watch(shelf, areas, document.plan.detector)
        found = estimate(shelf, reader, areas, document.plan, Moment(moment, seed_of(moment)))
        Indicators(shelf, areas, found, moment.date()).read(document)

    numerics()  # reads the versions and compiles what compiles
    return _cpu_seconds(numerics)


def _cpu_seconds(work: Callable[[], None]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def _summary(runs: list[dict[str, Any]], loaded: float) -> dict[str, Any]:
    names = list(runs[0]["phases"])
    whole = [run["seconds"] for run in runs]
    ratio = [run["cpu"] / run["bare"] for run in runs]
    return {
        "what": "one assessment of New York: 177 zones, 5 boroughs, city; all vintages in the store",
        "moments": [run["moment"] for run in runs],
        "load_seconds": round(loaded, 1),
        "whole_seconds": {"median": round(statistics.median(whole), 3), "worst": round(max(whole), 3)},
        "cpu_seconds": round(statistics.median(run["cpu"] for run in runs), 3),
        "limit_seconds": LIMIT_SECONDS,
        "phases_ms": {name: round(statistics.median(run["phases"][name] for run in runs), 1) for name in names},
        "bare_numerics_cpu_seconds": round(statistics.median(run["bare"] for run in runs), 3),
        "ratio_of_cpu_to_bare_numerics": {"median": round(statistics.median(ratio), 2), "worst": round(max(ratio), 2)},
        "summary": runs[-1]["summary"],
    }


def _show(result: dict[str, Any]) -> None:
    whole, ratio = result["whole_seconds"], result["ratio_of_cpu_to_bare_numerics"]
    print(f"{result['what']}, {len(result['moments'])} moments")
    for name, spent in result["phases_ms"].items():
        print(f"  {name:<10}{spent:9.1f} ms")
    print(
        f"whole            median {whole['median']:.2f} s, worst {whole['worst']:.2f} s (limit {result['limit_seconds']} s)"
    )
    print(f"CPU              {result['cpu_seconds']:.2f} s")
    print(f"bare numerics    {result['bare_numerics_cpu_seconds']:.2f} s of CPU")
    print(f"ratio            median {ratio['median']:.2f}, worst {ratio['worst']:.2f}")


if __name__ == "__main__":
    sys.exit(main())
