"""The heart process."""

from __future__ import annotations

from salus.config.commands.setup import start_django


def main(argv: list[str]) -> int:
    """Beat until told to stop."""
    start_django()
    from django.conf import settings

    from salus.config.processes import heart
    from salus.config.processes.stage.keeper import Keeper

    extra = []
    if settings.SALUS_CREW:
        from salus.config.demo.crew import crew_step

        extra.append(heart.Every(1.0, crew_step))
    if settings.SALUS_STAGE:
        heart.run(extra)
        return 0
    keeper = Keeper()
    heart.run([*extra, heart.Every(1.0, keeper)])
    keeper.close()
    return 0
