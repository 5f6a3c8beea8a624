"""`./salus assess`: turns what is known at a moment into a situation assessment."""

from __future__ import annotations

import argparse
from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path

from salus.base.errors import Invalid
from salus.config.commands.setup import console, prepare, progress_bar, start_django, use_data_dir


def moment(text: str) -> datetime:
    """Return an aware moment from an ISO date or time."""
    try:
        value = datetime.fromisoformat(text)
    except ValueError as error:
        raise Invalid(f"'{text}' is not a date.", remedy="Write for example 2021-12-20 or 2021-12-20T12:00.") from error
    return value if value.tzinfo else value.replace(tzinfo=UTC)


def main(argv: list[str]) -> int:
    """Assess the city."""
    parser = argparse.ArgumentParser(prog="./salus assess", description=__doc__)
    parser.add_argument("--at", help="assess as known at this moment instead of now (ISO date or time)")
    parser.add_argument("--data", type=Path, default=Path("var/salus"), help="the installation's folder")
    options = parser.parse_args(argv)
    at = moment(options.at) if options.at else None
    use_data_dir(options.data)
    start_django()
    prepare()
    from salus.assess.services import assessment_run
    from salus.base import clock
    from salus.trust.selectors import system_viewer

    with progress_bar("Assessing") as report, clock.fixed_at(at) if at else nullcontext():
        made = assessment_run(progress=report, by=system_viewer("assess"))
    console.print(f"Assessed as known at {made.known_at:%Y-%m-%d %H:%M} UTC: assessment {made.id}.")
    return 0
