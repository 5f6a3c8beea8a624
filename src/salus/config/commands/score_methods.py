"""`./salus exercise score --methods`: detectors, nowcasts, Rt and forecasts beside the truth, through the feeds."""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path

from rich.table import Table

from salus.config.commands.setup import console, progress_bar
from salus.config.tools.tree import ROOT

RESULT = ROOT / "benchmarks" / "results" / "world-methods.json"
PEOPLE, SEED = 50_000, 7


def main(options: argparse.Namespace) -> int:
    """Make the table of methods, print it, and keep it where `./salus docs` finds it."""
    from salus.learn.scores.methods.table import Plan, quick, rows
    from salus.world.city.pack import build
    from salus.world.score.executors import executor_from

    with tempfile.TemporaryDirectory() as folder:
        with console.status("Building the city"):
            pack = build(Path(folder) / "city", seed=SEED, people=PEOPLE)
        plan = quick(Plan(pack)) if options.quick else Plan(pack)
        with executor_from(options.executor) as executor, progress_bar("Worlds") as report:
            found = rows(plan, executor=executor, told=report)
    _show(found)
    target = options.json or (None if options.quick or not RESULT.parent.is_dir() else RESULT)
    if target:
        target.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        console.print(f"The table is in [b]{target}[/b]; ./salus docs puts it into the documentation.")
    return 0


def _show(found: list[dict[str, object]]) -> None:
    table = Table()
    for title in ("what", "ours", "beside", "ratio", "goal", "held"):
        table.add_column(title)
    for row in found:
        *cells, held = row.values()
        table.add_row(*map(str, cells), "yes" if held else "[b]no[/b]")
    console.print(table)
