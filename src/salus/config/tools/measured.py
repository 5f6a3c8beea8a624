"""Writes `docs/benchmarks.md` from what the benchmarks kept: every figure was measured, none is claimed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from salus.config.tools.tree import ROOT

RESULTS = ROOT / "benchmarks" / "results"
TARGET = ROOT / "docs" / "benchmarks.md"
HEAD = """# Benchmarks

Each figure comes from `./salus bench`, which runs ours and a named peer (or the physical limit) in turns in one run on
one machine: two shared cores, Python 3.11. **Read the ratios; the seconds depend on the machine and on what else it
did.** This page is written by `./salus docs` from `benchmarks/results`.

## The platform

"""
METHODS = """
## The methods of `salus.epi`

How each works, when to use it and when not: [guide/methods](guide/methods/README.md).

"""
WORLD = """
## The exercise city

A city made from a seed whose truth is known: what its building, its days and its scores take, and how the methods do
beside that truth ([how they are scored](guide/exercise/methods.md)).

"""
TABLE = "| what | ours | beside | ratio | goal | held |\n|---|---|---|---|---|---|"
Row = tuple[str, str, str, str, str, bool]


def _append(kept: dict[str, Any]) -> Row:
    peer = "bare sorted executemany" if kept["database"] == "sqlite" else "bare COPY"
    what = f"bulk append of {kept['rows']:,} observations, {kept['database']} (peak {kept['peak_mb']:,.0f} MB)"
    ours, bare = f"{kept['ours_rows_per_s']:,.0f} rows/s", f"{peer}, {kept['bare_rows_per_s']:,.0f} rows/s"
    return what, ours, bare, f"{kept['ratio']:.2f}", f"at least {kept['goal']}", kept["ratio"] >= kept["goal"]


def _as_of(kept: dict[str, Any]) -> Row:
    what = f"as known at a moment: one series, all zones, 120 days, 23 versions, {kept['database']}"
    ours, bare = f"{kept['ours_ms']:.0f} ms", f"the bare SQL, {kept['bare_ms']:.0f} ms"
    return what, ours, bare, f"{kept['ratio']:.2f}", f"at most {kept['goal']}", kept["ratio"] <= kept["goal"]


def _load(kept: dict[str, Any]) -> Row:
    what = f"loading New York, {kept['facts']:,} facts of every vintage (peak {kept['peak_mb']:.0f} MB)"
    bare = f"reading the files and bare executemany, {kept['limit_seconds']:.1f} s"
    held = kept["seconds"] < kept["goal_seconds"]
    return what, f"{kept['seconds']:.1f} s", bare, f"{kept['ratio']:.2f}", f"under {kept['goal_seconds']:.0f} s", held


def _assess(kept: dict[str, Any]) -> Row:
    took, cpu, bare = kept["whole_seconds"]["median"], kept["cpu_seconds"], kept["bare_numerics_cpu_seconds"]
    what = f"one assessment of New York (worst {kept['whole_seconds']['worst']:.1f} s)"
    ratio = f"{kept['ratio_of_cpu_to_bare_numerics']['median']:.1f} in CPU"
    beside = f"the numerics alone, {bare:.2f} CPU s"
    ours = f"{took:.2f} s, {cpu:.2f} CPU s"
    return what, ours, beside, ratio, f"under {kept['limit_seconds']:.0f} s", took < kept["limit_seconds"]


def _now(kept: dict[str, Any]) -> Row:
    rates = kept["requests_per_second"]
    beside = (
        f"a trivial signed-in page, {rates['trivial, signed in']:.0f}/s; "
        f"one open to all, {rates['trivial, open to all']:.0f}/s"
    )
    ratio = f"{kept['ratio_to_trivial_signed_in']:.2f}; {kept['ratio_to_trivial_open']:.2f}"
    what = f"operations room `Now` at 50 clients (client: {kept['client']})"
    held = kept["ratio_to_trivial_signed_in"] >= kept["goal"]
    return what, f"{rates['now']:.0f} requests/s", beside, ratio, f"at least {kept['goal']}", held


READERS: dict[str, Callable[[dict[str, Any]], Row]] = {
    "store-append-sqlite": _append,
    "store-append-postgres": _append,
    "store-as-of-sqlite": _as_of,
    "store-as-of-postgres": _as_of,
    "load-nyc": _load,
    "assess-city": _assess,
    "web-now": _now,
}


# What has another name or another command than its file.
TITLES = {
    "world-city": "A city of 400,000",
    "world-day": "A day",
    "world-methods": "The methods beside the truth",
    "world-metropolis": "A city of ten million",
    "world-seeds": "Many seeds",
}
COMMANDS = {"world-methods": "./salus exercise score --methods"}
COLUMNS = ("what", "ours", "beside", "ratio", "goal")


def _line(cells: Iterable[str], held: bool) -> str:
    return f"| {' | '.join(cells)} | {'yes' if held else '**no**'} |"


def _platform() -> Iterator[str]:
    for name, read in READERS.items():
        path = RESULTS / f"{name}.json"
        if path.exists():
            *cells, held = read(json.loads(path.read_text(encoding="utf-8")))
            yield _line(cells, held)
        else:
            yield f"| {name} | not measured yet | | | | |"


def _claims(part: str) -> Iterator[str]:
    for path in sorted(RESULTS.glob(f"{part}-*.json")):
        name = path.stem.removeprefix(f"{part}-").replace("-", "_")
        rows = json.loads(path.read_text(encoding="utf-8"))
        held = sum(row["held"] for row in rows)
        command = COMMANDS.get(path.stem, f"./salus bench {part}.{name}")
        yield f"### {TITLES.get(path.stem, name.replace('_', ' ').capitalize())}\n"
        yield f"{held} of {len(rows)} held; `{command}`.\n"
        yield "\n".join([TABLE, *(_line([row[column] for column in COLUMNS], row["held"]) for row in rows), ""])


def page() -> str:
    """Return the page."""
    platform, methods, world = "\n".join([TABLE, *_platform()]), "\n".join(_claims("epi")), "\n".join(_claims("world"))
    return "\n".join([HEAD + platform, METHODS + methods, WORLD.lstrip("\n") + world])


def write() -> None:
    """Write the page."""
    TARGET.write_text(page(), encoding="utf-8")
