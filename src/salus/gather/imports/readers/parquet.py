"""Parquet, read in slices of rows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
from django.utils.translation import gettext as _

from salus.gather.imports.faults import Unreadable
from salus.gather.imports.readers.pieces import RawChunk, as_text, checked_headers, with_lines

ROWS = 200_000


class ParquetTable:
    """A table in a Parquet file; its line numbers are those of its rows, from 1."""

    typed = True
    notes: tuple[str, ...] = ()

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._names = list(pl.read_parquet_schema(path))
            self.total = int(pl.scan_parquet(path).select(pl.len()).collect().item())
        except (pl.exceptions.PolarsError, OSError) as error:
            raise _broken(error) from error
        self._headers = checked_headers(self._names)

    @property
    def headers(self) -> list[str]:
        """Return the names of the columns."""
        return self._headers

    def chunks(self, position: dict[str, Any] | None = None) -> Iterator[RawChunk]:
        """Yield slices of rows from a place on."""
        row = int((position or {}).get("row", 0))
        while row < self.total:
            try:
                part = pl.scan_parquet(self.path).slice(row, ROWS).collect()
            except (pl.exceptions.PolarsError, OSError) as error:
                raise _broken(error) from error
            frame = with_lines(as_text(part).rename(dict(zip(self._names, self._headers, strict=True))), row + 1)
            row += len(part)
            yield RawChunk(frame, (), {"row": row}, row)


def _broken(error: Exception) -> Unreadable:
    return Unreadable(
        _("The Parquet file is broken: %(problem)s.") % {"problem": str(error).split("\n")[0][:200]},
        remedy=_("Write it again and compare its size before you send it."),
    )
