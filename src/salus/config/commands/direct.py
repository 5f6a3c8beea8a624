"""The process that follows what the director of an exercise wants."""

from __future__ import annotations

from pathlib import Path

from salus.config.commands.setup import start_django


def main(argv: list[str]) -> int:
    """Follow the desk until told to stop."""
    start_django()
    from django.conf import settings

    from salus.config.processes.stage import hand
    from salus.plan.exercises.stages import Stage

    hand.run(Stage(Path(settings.SALUS_DATA_DIR)))
    return 0
