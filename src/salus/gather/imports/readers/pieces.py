"""What every reader yields."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import polars as pl
from django.utils.translation import gettext as _

from salus.gather.imports.faults import Unreadable

LINE = "__line"
MOST_COLUMNS = 2000


@dataclass(frozen=True, slots=True)
class Broken:
    """A line that could not be parted into columns."""

    line: int
    text: str
    code: str
    params: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RawChunk:
    """A piece of a table: text columns, the line of each row, and where the next piece begins."""

    frame: pl.DataFrame
    broken: tuple[Broken, ...]
    position: dict[str, Any]
    done: int


class Table(Protocol):
    """A table in a file."""

    # Whether numbers and dates came typed, so that their text cannot be misread.
    typed: bool
    total: int
    notes: tuple[str, ...]

    @property
    def headers(self) -> list[str]:
        """Return the names of the columns."""
        ...

    def chunks(self, position: dict[str, Any] | None = None) -> Iterator[RawChunk]:
        """Yield the pieces from a place on."""
        ...


def checked_headers(names: list[str]) -> list[str]:
    """Return the names of the columns, trimmed and with the unnamed numbered, or refuse two of the same name."""
    headers = [
        str(name).strip().lstrip("\ufeff") or _("column %(number)s") % {"number": place + 1}
        for place, name in enumerate(names)
    ]
    if len(headers) > MOST_COLUMNS:
        raise Unreadable(
            _("The table has %(count)s columns.") % {"count": len(headers)},
            remedy=_("Send at most %(most)s columns.") % {"most": MOST_COLUMNS},
        )
    twice = [name for name, times in Counter(headers).items() if times > 1]
    if twice:
        places = "; ".join(
            _("'%(name)s' (columns %(places)s)")
            % {"name": name, "places": ", ".join(str(i + 1) for i, other in enumerate(headers) if other == name)}
            for name in twice
        )
        raise Unreadable(
            _("Two columns have the same name: %(places)s.") % {"places": places},
            remedy=_("Give each column its own name: nobody can tell which one is meant."),
        )
    return headers


def text_frame(headers: Sequence[str], rows: Sequence[Sequence[str]], lines: Sequence[int]) -> pl.DataFrame:
    """Return rows of texts as a frame with the number of each row's line."""
    columns: list[Sequence[str]] = list(zip(*rows, strict=True)) if rows else [() for _name in headers]
    texts = [pl.Series(name, values, dtype=pl.String) for name, values in zip(headers, columns, strict=True)]
    return pl.DataFrame([*texts, pl.Series(LINE, lines, dtype=pl.Int64)])


def with_lines(frame: pl.DataFrame, first: int) -> pl.DataFrame:
    """Return the frame with the number of each row's line."""
    return frame.with_columns(pl.int_range(first, first + len(frame), dtype=pl.Int64).alias(LINE))


def as_text(frame: pl.DataFrame) -> pl.DataFrame:
    """Return a typed frame as text that reads back the same."""
    return frame.select(_text(frame[name]) for name in frame.columns)


def _text(column: pl.Series) -> pl.Series:
    if column.dtype == pl.Datetime:
        return column.dt.to_string("%Y-%m-%dT%H:%M:%S%.f").fill_null("")
    if column.dtype.is_nested() or column.dtype == pl.Binary:
        return pl.Series(column.name, [""] * len(column), dtype=pl.String)
    return column.cast(pl.String).fill_null("")
