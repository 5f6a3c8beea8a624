"""Numbers in files: the decimal mark is proved by the file or asked for, never guessed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import polars as pl
from django.utils.translation import gettext as _

from salus.gather.imports.faults import NeedsAnswer
from salus.gather.imports.readers.pieces import LINE

LARGEST = 1e15
_SPACES = r"[\s\u00a0\u202f'’]"
_PLAIN = r"^[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d{1,3})?$"
# 1,234 and 1.234: a thousand or one and a bit.
_EITHER = r"^[+-]?[1-9]\d{0,2}([.,])\d{3}$"
_POINT = r"^[+-]?(?:\d{1,3}(?:,\d{3})+\.\d+|\d+\.\d{1,2}|\d+\.\d{4,}|0\.\d+|\d{4,}\.\d+|[1-9]\d{0,2}(?:,\d{3}){2,})$"
_COMMA = r"^[+-]?(?:\d{1,3}(?:\.\d{3})+,\d+|\d+,\d{1,2}|\d+,\d{4,}|0,\d+|\d{4,},\d+|[1-9]\d{0,2}(?:\.\d{3}){2,})$"


@dataclass(slots=True)
class DecimalEvidence:
    """What the file has shown so far about its decimal mark."""

    point: tuple[int, str] | None = None
    comma: tuple[int, str] | None = None
    unclear: tuple[int, str] | None = None

    def look(self, texts: pl.Series, lines: pl.Series) -> None:
        """Take in a column of numbers."""
        frame = pl.DataFrame({"text": texts, LINE: lines}).filter(pl.col("text").str.contains(r"\d[.,]\d"))
        if not len(frame):
            return
        bare = pl.col("text").str.replace_all(_SPACES, "")
        self.point = self.point or _earliest(frame.filter(bare.str.contains(_POINT)))
        self.comma = self.comma or _earliest(frame.filter(bare.str.contains(_COMMA)))
        self.unclear = self.unclear or _earliest(frame.filter(bare.str.contains(_EITHER)))

    def settled(self) -> str | None:
        """Return the mark that is proved, None while no number needed one, or ask."""
        if self.point and self.comma:
            raise self._ask(*self.comma)
        if self.point or self.comma:
            return "." if self.point else ","
        if self.unclear:
            raise self._ask(*self.unclear)
        return None

    def _ask(self, line: int, text: str) -> NeedsAnswer:
        return NeedsAnswer(
            _("The numbers can be read in two ways: line %(line)s says %(text)s.") % {"line": line, "text": text},
            remedy=_("Say whether the decimal mark is a point or a comma."),
            question={"field": "decimal", "choices": [".", ","], "line": line, "text": text},
        )

    def as_json(self) -> dict[str, Any]:
        """Return the evidence as a checkpoint keeps it."""
        return {"point": self.point, "comma": self.comma, "unclear": self.unclear}

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> DecimalEvidence:
        """Return evidence that a checkpoint kept."""
        return cls(**{name: tuple(value) if value else None for name, value in kept.items()})


def _earliest(frame: pl.DataFrame) -> tuple[int, str] | None:
    if not len(frame):
        return None
    row = frame.row(0, named=True)
    return int(row[LINE]), str(row["text"])


def numbers(text: pl.Expr, decimal: str) -> pl.Expr:
    """Return the numbers that texts state, null where they state none."""
    bare = text.str.replace_all(_SPACES, "")
    thousands = "," if decimal == "." else "."
    grouped = rf"^[+-]?\d{{1,3}}(?:\{thousands}\d{{3}})+(?:\{decimal}\d+)?$"
    ungrouped = (
        pl.when(bare.str.contains(grouped)).then(bare.str.replace_all(thousands, "", literal=True)).otherwise(bare)
    )
    pointed = ungrouped.str.replace(",", ".", literal=True) if decimal == "," else ungrouped
    # With a comma as the mark a bare point can only have been a thousands mark that does not fit.
    stray = (
        bare.str.contains(".", literal=True) & ~bare.str.contains(grouped) if decimal == "," else pl.lit(value=False)
    )
    fits = pointed.str.contains(_PLAIN) & ~stray
    return pl.when(fits).then(pointed).cast(pl.Float64, strict=False)
