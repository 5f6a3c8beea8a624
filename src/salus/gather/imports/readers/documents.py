"""JSON: a list of records, records a line, or GeoJSON features (their properties; outlines belong to the city)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
from django.utils.translation import gettext as _

from salus.gather.imports.faults import Unreadable
from salus.gather.imports.readers.delimited import whole_lines
from salus.gather.imports.readers.pieces import LINE, Broken, RawChunk, checked_headers

ROWS = 50_000
# A document is read whole; larger ones come as JSON lines.
MOST_BYTES = 256 << 20
_MOST_DIGITS = 40
_HEADER_LINES = 100


class BadJson(ValueError):
    """JSON that would be read differently by different programs, or that harms."""


def _no_constant(name: str) -> Any:
    raise BadJson(_("%(name)s is not a number that JSON knows") % {"name": name})


def _number(text: str) -> str:
    if len(text) > _MOST_DIGITS:
        raise BadJson(_("a number of %(count)s digits") % {"count": len(text)})
    return text


def _no_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    record = dict(pairs)
    if len(record) != len(pairs):
        names = [name for name, _value in pairs]
        twice = sorted({name for name in names if names.count(name) > 1})
        raise BadJson(_("the name '%(name)s' stands twice in one record") % {"name": twice[0]})
    return record


def parse(text: str) -> Any:
    """Return JSON with its numbers as they were written, refusing what is ambiguous or harms."""
    try:
        return json.loads(
            text, parse_constant=_no_constant, parse_float=_number, parse_int=_number, object_pairs_hook=_no_twins
        )
    except RecursionError as error:
        raise BadJson(_("it is nested too deeply")) from error
    except json.JSONDecodeError as error:
        raise BadJson(f"{error.msg} ({error.lineno}:{error.colno})") from error


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    return value.strip() if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _frame(headers: list[str], records: list[dict[str, Any]], lines: list[int]) -> pl.DataFrame:
    columns = [pl.Series(name, [_cell(row.get(name)) for row in records], dtype=pl.String) for name in headers]
    return pl.DataFrame(columns).with_columns(pl.Series(LINE, lines, dtype=pl.Int64))


def _names(records: list[dict[str, Any]]) -> list[str]:
    return list(dict.fromkeys(name for record in records for name in record))


class DocumentTable:
    """Records in one JSON document; their lines are their places in the list, from 1."""

    typed = True
    notes: tuple[str, ...] = ()

    def __init__(self, path: Path, encoding: str) -> None:
        if path.stat().st_size > MOST_BYTES:
            raise Unreadable(
                _("The JSON document is larger than %(size)s MB.") % {"size": MOST_BYTES >> 20},
                remedy=_("Send JSON lines: one record a line."),
            )
        try:
            document = parse(path.read_text(encoding="utf-8-sig" if encoding == "utf-8" else encoding))
        except (BadJson, UnicodeDecodeError) as error:
            raise Unreadable(
                _("The JSON cannot be read: %(problem)s.") % {"problem": error}, remedy=_("Write it again.")
            ) from error
        self._records = _records(document)
        self._headers = checked_headers(_names(self._records))
        self.total = len(self._records)

    @property
    def headers(self) -> list[str]:
        """Return the names of the columns."""
        return self._headers

    def chunks(self, position: dict[str, Any] | None = None) -> Iterator[RawChunk]:
        """Yield records from a place on."""
        row = int((position or {}).get("row", 0))
        while row < self.total:
            part = self._records[row : row + ROWS]
            frame = _frame(self._headers, part, list(range(row + 1, row + len(part) + 1)))
            row += len(part)
            yield RawChunk(frame, (), {"row": row}, row)


def _records(document: Any) -> list[dict[str, Any]]:
    if isinstance(document, dict) and document.get("type") == "FeatureCollection":
        features = document.get("features")
        document = [
            feature.get("properties") if isinstance(feature, dict) else None
            for feature in (features if isinstance(features, list) else [])
        ]
    elif isinstance(document, dict):
        lists = [value for value in document.values() if isinstance(value, list)]
        document = lists[0] if len(lists) == 1 else [document]
    if not isinstance(document, list) or not document:
        raise Unreadable(_("The JSON holds no list of records."), remedy=_("Send a list of records."))
    if not all(isinstance(record, dict) for record in document):
        raise Unreadable(_("The JSON holds entries that are not records."), remedy=_("Send a list of records."))
    return document


class LinesTable:
    """A record a line, of any size."""

    typed = True
    notes: tuple[str, ...] = ()

    def __init__(self, path: Path, encoding: str) -> None:
        self.path, self.encoding = path, encoding
        self.total = path.stat().st_size
        first: list[dict[str, Any]] = []
        with path.open("rb") as file:
            for part in whole_lines(file, 0).split(b"\n")[:_HEADER_LINES]:
                record, _fault = self._record(part)
                if record is not None:
                    first.append(record)
        if not first:
            raise Unreadable(
                _("None of the first lines is a JSON record."), remedy=_("Send one record a line, in braces.")
            )
        self._headers = checked_headers(_names(first))

    @property
    def headers(self) -> list[str]:
        """Return the names of the columns."""
        return self._headers

    def chunks(self, position: dict[str, Any] | None = None) -> Iterator[RawChunk]:
        """Yield blocks of lines from a place on."""
        place = position or {"offset": 0, "line": 1}
        offset, line = int(place["offset"]), int(place["line"])
        with self.path.open("rb") as file:
            while block := whole_lines(file, offset):
                records, numbers, broken = self._block(block, line)
                offset, line = offset + len(block), line + block.count(b"\n")
                frame = _frame(self._headers, records, numbers)
                yield RawChunk(frame, tuple(broken), {"offset": offset, "line": line}, offset)

    def _block(self, block: bytes, line: int) -> tuple[list[dict[str, Any]], list[int], list[Broken]]:
        records: list[dict[str, Any]] = []
        numbers: list[int] = []
        broken: list[Broken] = []
        for place, part in enumerate(block.split(b"\n")):
            if not part.strip():
                continue
            record, problem = self._record(part)
            if record is None:
                text = part.decode(self.encoding, errors="replace")[:400]
                broken.append(Broken(line + place, text, "bad_json", {"problem": problem}))
            else:
                records.append(record)
                numbers.append(line + place)
        return records, numbers, broken

    def _record(self, part: bytes) -> tuple[dict[str, Any] | None, str]:
        try:
            found = parse(part.decode(self.encoding).lstrip("\ufeff"))
        except (BadJson, UnicodeDecodeError) as error:
            return None, str(error)
        if not isinstance(found, dict):
            return None, _("it is not a record")
        # A name that the first lines did not have has no column: said, not dropped.
        known = getattr(self, "_headers", None)
        if known is not None and (extra := [name for name in found if name not in known and found[name] is not None]):
            return None, _("it has a field '%(name)s' that the first lines do not have") % {"name": extra[0]}
        return found, ""
