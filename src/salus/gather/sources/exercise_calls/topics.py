"""What calls are about."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import yaml

from salus.base.texts import LocalText

_FILE = Path(__file__).parent / "topics.yaml"


@lru_cache(maxsize=1)
def topics() -> dict[str, LocalText]:
    """Return the name of each topic by its code."""
    found: dict[str, LocalText] = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return found
