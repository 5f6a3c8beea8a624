"""`./salus exercise score`: what a run came to, beside the same seed without measures and under a reference policy."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.table import Table

from salus.base.errors import Invalid
from salus.base.texts import pick
from salus.config.commands.setup import console, progress_bar

if TYPE_CHECKING:
    from salus.learn.scores.schemas import OutcomeFigure, ScoreSheet, Spread

EPILOG = """
A run of `./salus exercise run` is scored by its truth alone. The times to detection and decision, and the counts of
signals, alerts and tasks, are there when an installation plays the run: it keeps them in the run's folder.
Replays are shared out by SALUS_EXECUTOR or --executor: here, processes, processes:4, dask, dask:4 or
dask://scheduler:8786. The figures are the same to the last bit whatever is chosen.
"""


def add_parser(jobs: Any, root: Path) -> None:
    """Describe the job to the command line."""
    score = jobs.add_parser("score", help="score a run, or score the methods against the truth", epilog=EPILOG)
    score.add_argument("--run", type=Path, default=root / "run", help="the run's folder (default: var/exercise/run)")
    score.add_argument("--seeds", type=int, default=20, help="seeds for the ranges; 0 for none (default: 20)")
    score.add_argument("--days", type=int, help="days of each of those seeds (default: as many as the run has)")
    score.add_argument("--policy", help="a reference policy: its name, or a YAML file (default: the emergency's)")
    score.add_argument("--costs", type=Path, help="a YAML file of what things cost (default: the product's)")
    score.add_argument("--executor", help="where replays are played (default: SALUS_EXECUTOR, or processes)")
    score.add_argument("--json", type=Path, metavar="FILE", help="write the sheet as JSON too; - prints it alone")
    score.add_argument("--methods", action="store_true", help="score detectors, nowcasts, Rt and forecasts instead")
    score.add_argument("--quick", action="store_true", help="with --methods: one small case, to see that it works")


def main(options: argparse.Namespace) -> int:
    """Score a run, or the methods."""
    if options.methods:
        from salus.config.commands.score_methods import main as methods

        return methods(options)
    sheet = _scored(options)
    if options.json and str(options.json) == "-":
        sys.stdout.write(_json(sheet))
        return 0
    show(sheet)
    if options.json:
        options.json.write_text(_json(sheet), encoding="utf-8")
        console.print(f"The sheet is in [b]{options.json}[/b] as JSON.")
    return 0


def _json(sheet: ScoreSheet) -> str:
    from salus.learn.scores.documents import to_json

    return json.dumps(to_json(sheet), ensure_ascii=False, indent=1) + "\n"


def _scored(options: argparse.Namespace) -> ScoreSheet:
    from salus.learn.scores.sheets import sheet_of
    from salus.world.score.costs import read_costs
    from salus.world.score.executors import executor_from
    from salus.world.score.policy import read_policy
    from salus.world.score.records import read_records
    from salus.world.score.scoring import score_run
    from salus.world.truth.run import Run

    if options.days is not None and options.days < 1:
        raise Invalid(f"{options.days} days cannot be played.", remedy="Ask for one or more with --days.")
    run = Run.open(options.run)
    with executor_from(options.executor if options.seeds else "here") as executor, progress_bar("Replays") as report:
        scored = score_run(
            run,
            seeds=options.seeds,
            days=options.days,
            policy=read_policy(options.policy) if options.policy else None,
            costs=read_costs(options.costs) if options.costs else None,
            executor=executor,
            told=report,
        )
    return sheet_of(run, scored, read_records(options.run), name=options.run.name)


def show(sheet: ScoreSheet) -> None:
    """Print a sheet."""
    first = f"first infection on {sheet.first_infection_on}" if sheet.first_infection_on else "nobody infected yet"
    console.print(
        f"[b]{pick(sheet.emergency, 'en')}[/b], {sheet.people:,} people, seed {sheet.seed}, {sheet.start} to {sheet.end}"
        f" ({sheet.days} days; {first})"
    )
    console.print(_outcomes(sheet))
    console.print(_rows("Days after the first infection", [(row.title, _after(row), row.why) for row in sheet.times]))
    counts = [(row.title, _of(row.value, row.of), row.why) for row in sheet.counts]
    console.print(_rows("What the installation did", counts))
    for note in sheet.notes:
        console.print(f"[dim]· {pick(note, 'en')}[/dim]")


def _outcomes(sheet: ScoreSheet) -> Table:
    ranges = f" (nine of ten of {sheet.seeds} seeds)" if sheet.seeds else ""
    table = Table(title=f"Outcomes{ranges}", title_justify="left")
    table.add_column("")
    for title in ("this run", "no measures", "reference policy", "nothing 0, policy 1"):
        table.add_column(title, justify="right")
    for row in sheet.outcomes:
        cells = [_cell(row, name, value) for name, value in
                 (("played", row.played), ("unchecked", row.unchecked), ("policy", row.policy))]  # fmt: skip
        unit = f", {sheet.currency}" if row.unit == "money" else ""
        table.add_row(pick(row.title, "en") + unit, *cells, "–" if row.standing is None else f"{row.standing:.2f}")
    return table


def _cell(row: OutcomeFigure, name: str, value: float | None) -> str:
    many: Spread | None = row.many.get(name)
    span = f"\n[dim]{_number(many.low, row.unit)} to {_number(many.high, row.unit)}[/dim]" if many else ""
    return ("–" if value is None else _number(value, row.unit)) + span


def _number(value: float, unit: str) -> str:
    return f"{value:.2f}" if unit == "ratio" else f"{value:,.0f}"


def _rows(title: str, rows: list[tuple[Any, str, Any]]) -> Table:
    table = Table(title=title, title_justify="left", show_header=False)
    for name, value, why in rows:
        table.add_row(pick(name, "en"), value or f"[dim]{pick(why, 'en')}[/dim]")
    return table


def _after(row: Any) -> str:
    return "" if row.days is None else f"{row.days:.1f}  ({row.at:%Y-%m-%d})"


def _of(value: int | None, of: int | None) -> str:
    return "" if value is None else f"{value}" + (f" of {of}" if of is not None else "")
