"""Excel and its kin: the first sheet that holds a table; formulas are never run, only their last results read."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from python_calamine import CalamineError, CalamineWorkbook

from salus.gather.imports.faults import Unreadable
from salus.gather.imports.readers.pieces import RawChunk, checked_headers, text_frame

ROWS = 50_000


class WorkbookTable:
    """A table in a workbook; its lines are the rows of the sheet."""

    typed = True

    def __init__(self, path: Path) -> None:
        try:
            book = CalamineWorkbook.from_path(str(path))
            self._rows, self.notes = _first_table(book)
        except (CalamineError, OSError, ValueError) as error:
            raise Unreadable(
                _("The workbook cannot be opened: %(problem)s.") % {"problem": str(error)[:200]},
                remedy=_("Open it, save it again without a password, or send CSV."),
            ) from error
        self._top = next(i for i, row in enumerate(self._rows) if any(_text(cell) for cell in row))
        header = [_text(cell) for cell in self._rows[self._top]]
        while header and not header[-1]:
            header.pop()
        self._headers = checked_headers(header)
        self.total = len(self._rows)

    @property
    def headers(self) -> list[str]:
        """Return the names of the columns."""
        return self._headers

    def chunks(self, position: dict[str, Any] | None = None) -> Iterator[RawChunk]:
        """Yield rows from a place on."""
        row = int((position or {}).get("row", self._top + 1))
        width = len(self._headers)
        while row < self.total:
            part = self._rows[row : row + ROWS]
            lines, cells = [], []
            for place, values in enumerate(part):
                texts = [_text(cell) for cell in values[:width]] + [""] * (width - len(values))
                if any(texts):
                    lines.append(row + place + 1)
                    cells.append(texts)
            row += len(part)
            yield RawChunk(text_frame(self._headers, cells, lines), (), {"row": row}, row)


def _first_table(book: CalamineWorkbook) -> tuple[list[list[Any]], tuple[str, ...]]:
    others: list[str] = []
    found: list[list[Any]] | None = None
    for name in book.sheet_names:
        rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
        filled = any(_text(cell) for row in rows for cell in row)
        if filled and found is None:
            found = rows
        elif filled:
            others.append(name)
    if found is None:
        raise Unreadable(_("The workbook is empty."), remedy=_("Put the table on its first sheet."))
    note = _("Only the first sheet was read; these were left out: %(names)s.") % {"names": ", ".join(others)}
    return found, (note,) if others else ()


def _text(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "1" if cell else "0"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat()
    if isinstance(cell, date | time):
        return cell.isoformat()
    if isinstance(cell, timedelta):
        return str(cell.total_seconds())
    return str(cell).strip()
