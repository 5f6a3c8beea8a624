"""What every command needs before it begins: Django, the tables, the roles, and progress on the terminal."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

console = Console()


class Report(Protocol):
    """Moves a bar."""

    def __call__(self, done: int, total: int | None = None, message: str = "") -> None:
        """Show how far the work is."""
        ...


def use_data_dir(path: Path, **environment: str) -> None:
    """Choose the installation's folder; must come before Django starts."""
    os.environ["SALUS_DATA_DIR"] = str(path.resolve())
    os.environ.update(environment)


def start_django() -> None:
    """Start Django on the chosen folder."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "salus.config.settings")
    django.setup()


def prepare_tables() -> None:
    """Bring the tables and the static files up to date."""
    from django.conf import settings
    from django.core.management import call_command

    Path(settings.SALUS_DATA_DIR).mkdir(parents=True, exist_ok=True)
    _translate()
    call_command("migrate", verbosity=0, interactive=False)
    call_command("collectstatic", verbosity=0, interactive=False, stdout=io.StringIO())


def prepare() -> str | None:
    """Bring tables, roles and policy packs up to date; returns the one-time password of a first start."""
    from django.conf import settings

    from salus.config.packs import packs_load

    prepare_tables()
    packs_load()
    from salus.trust.selectors import system_viewer
    from salus.trust.services import administrator_bootstrap

    return None if settings.SALUS_DEMO else administrator_bootstrap(by=system_viewer("first_start"))


def _translate() -> None:
    """Make the lists of translations that are not made yet; English needs none."""
    from salus.config.tools.messages import compile_all

    try:
        compile_all()
    except OSError as error:
        console.print(f"The translations could not be made, so pages speak English: {error}")


@contextmanager
def progress_bar(title: str) -> Iterator[Report]:
    """Show a bar on the terminal and give the function that moves it."""
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("[dim]{task.fields[note]}"),
    )
    with Progress(*columns, console=console) as bars:
        bar = bars.add_task(title, total=None, note="")

        def report(done: int, total: int | None = None, message: str = "") -> None:
            bars.update(bar, completed=done, total=total, note=message)

        yield report
