"""Loads Port Alma's fixture in a process of its own, which kills itself in the middle when told to."""

from __future__ import annotations

import os
import signal
import sys
from datetime import UTC, datetime


def main(kill_at: str) -> None:
    import django

    django.setup()
    from django.core.management import call_command

    if kill_at == "never begun":
        call_command("migrate", verbosity=0)
        return
    from salus.base import clock
    from salus.gather.sources import registry
    from salus.gather.sources.loading import load
    from salus.gather.store import counts
    from salus.trust.selectors import system_viewer

    def progress(done: int, total: int | None = None, message: str = "") -> None:
        if kill_at and message.startswith(kill_at):
            os.kill(os.getpid(), signal.SIGKILL)

    with clock.fixed_at(datetime(2026, 1, 20, tzinfo=UTC)):
        path = registry.get("builtin_city").fixture
        report = load(slug="builtin_city", path=path, by=system_viewer("load"), progress=progress)
    print(sum(counts().values()), report.files, report.files_kept)


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "")
