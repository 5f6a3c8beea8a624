"""The goods of which markets and stores speak: their names in every language, and their units."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import yaml

from salus.base.texts import LocalText

_FILE = Path(__file__).parent / "goods.yaml"
# Parts of a usual unit: how much of it one of the other is.
_PARTS = {("kg", "g"): 0.001, ("litre", "ml"): 0.001, ("litre", "cl"): 0.01}
_MANY = re.compile(r"^(\d{1,4})\s*(\S+)$")


@dataclass(frozen=True, slots=True)
class Good:
    """One kind of goods."""

    code: str
    unit: str
    name: LocalText

    def units_in(self, unit: str) -> float | None:
        """Return how much of the usual unit a stated unit is, such as 0.1 for 100 g of what is sold by the kg."""
        text = unit.strip()
        if text == self.unit:
            return 1.0
        found = _MANY.match(text)
        count, name = (float(found[1]), found[2]) if found else (1.0, text)
        part = 1.0 if name == self.unit else _PARTS.get((self.unit, name))
        return None if part is None or count == 0 else count * part


@lru_cache(maxsize=1)
def goods() -> dict[str, Good]:
    """Return all goods by code."""
    rows = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return {
        code: Good(code, row["unit"], {name: text for name, text in row.items() if name != "unit"})
        for code, row in rows.items()
    }


def names() -> dict[str, LocalText]:
    """Return the names of all goods by code, as the strata of a series."""
    return {code: good.name for code, good in goods().items()}
