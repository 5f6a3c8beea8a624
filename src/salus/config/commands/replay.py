"""`./salus replay --from-date D --speed 1d/2s`: runs the installation's clock over history."""

from __future__ import annotations

import argparse
from pathlib import Path

from salus.config.commands.assess import moment
from salus.config.commands.setup import console, prepare, start_django, use_data_dir


def main(argv: list[str]) -> int:
    """Set the clock of an installation to replay."""
    parser = argparse.ArgumentParser(prog="./salus replay", description=__doc__)
    parser.add_argument("--from-date", help="the day at which the replay begins (where the clock stands, if not given)")
    parser.add_argument("--speed", default="1d/2s", help="for example 1d/2s: a day every two seconds")
    parser.add_argument("--pause", action="store_true", help="hold the clock")
    parser.add_argument("--data", type=Path, default=Path("var/salus"), help="the installation's folder")
    options = parser.parse_args(argv)
    at = moment(options.from_date) if options.from_date else None
    use_data_dir(options.data)
    start_django()
    prepare()
    from salus.base.services import clock_set
    from salus.trust.selectors import system_viewer

    row = clock_set(mode="replay", at=at, speed=options.speed, paused=options.pause, by=system_viewer("replay"))
    state = "held" if options.pause else f"running at {options.speed}"
    console.print(f"The clock stands at {row.anchor_at:%Y-%m-%d %H:%M} UTC and is {state}. `./salus up` shows it.")
    return 0
