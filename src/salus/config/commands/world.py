"""The process that keeps an exercise's world."""

from __future__ import annotations

import os
from pathlib import Path

from salus.base.errors import Invalid
from salus.config.commands.setup import start_django


def main(argv: list[str]) -> int:
    """Let days happen as the clock begins them, until told to stop."""
    folder = os.environ.get("SALUS_WORLD")
    if not folder:
        raise Invalid("No world has been chosen.", remedy="Set SALUS_WORLD to the folder of a run.")
    start_django()
    from salus.config.processes import world

    world.run(Path(folder))
    return 0
