"""The heart process."""

from __future__ import annotations

from salus.config.commands.setup import start_django


def main(argv: list[str]) -> int:
    """Beat until told to stop."""
    start_django()
    from django.conf import settings

    from salus.config.processes import heart

    extra = []
    if settings.SALUS_DEMO and settings.SALUS_CREW:
        from salus.config.demo.crew import crew_step

        extra.append(heart.Every(1.0, crew_step))
    heart.run(extra)
    return 0
