"""`./salus load SOURCE --from PATH`: brings in a source's zones, populations and every published version."""

from __future__ import annotations

import argparse
from pathlib import Path

from salus.config.commands.setup import console, prepare, progress_bar, start_django, use_data_dir


def main(argv: list[str]) -> int:
    """Load a source."""
    parser = argparse.ArgumentParser(prog="./salus load", description=__doc__)
    parser.add_argument("source", help="the source's name, for example nyc")
    parser.add_argument("--from", dest="path", type=Path, required=True, help="the folder or file to read")
    parser.add_argument("--data", type=Path, default=Path("var/salus"), help="the installation's folder")
    options = parser.parse_args(argv)
    use_data_dir(options.data)
    start_django()
    password = prepare()
    if password:
        console.print(f"First start: sign in as [b]administrator[/b] with the one-time password [b]{password}[/b]")
    from salus.gather.sources.loading import load
    from salus.trust.selectors import system_viewer

    with progress_bar(f"Loading {options.source}") as report:
        done = load(slug=options.source, path=options.path, by=system_viewer("load"), progress=report)
    console.print(str(done))
    return 0
