"""`./salus audit verify`: is the audit whole, and if not, which row is the first bad one?"""

from __future__ import annotations

import argparse
from pathlib import Path

from salus.config.commands.setup import console, progress_bar, start_django, use_data_dir


def main(argv: list[str]) -> int:
    """Verify the audit."""
    parser = argparse.ArgumentParser(prog="./salus audit", description=__doc__)
    parser.add_argument("action", choices=["verify"])
    parser.add_argument("--data", type=Path, default=Path("var/salus"), help="the installation's folder")
    options = parser.parse_args(argv)
    use_data_dir(options.data)
    start_django()
    from salus.base.audit.verifying import verify

    with progress_bar("Verifying the audit") as report:
        verdict = verify(lambda done, total: report(done, total, ""))
    counts = f"{verdict.sealed:,} rows sealed, {verdict.unsealed:,} not yet, {verdict.checkpoints:,} checkpoints"
    if verdict.whole:
        console.print(f"[green]The audit is whole.[/green] {counts}.")
        return 0
    console.print(
        f"[red]The audit is broken[/red] at position {verdict.first_bad_position} "
        f"(row {verdict.first_bad_entry}): {verdict.reason}. {counts}."
    )
    return 1
