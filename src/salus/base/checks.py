"""Start-up checks: the product does not start in a state that breaks its rules."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import Error, register


@register()
def data_folder(**_: Any) -> list[Error]:
    """The data folder can be made and written."""
    folder = Path(settings.SALUS_DATA_DIR)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        return [Error(f"The data folder {folder} cannot be made: {error}", hint="Set SALUS_DATA_DIR.", id="salus.E001")]
    return []
