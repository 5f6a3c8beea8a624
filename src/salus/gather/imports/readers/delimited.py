"""CSV and its kin, of any size: read in blocks of whole lines, fast where a block is clean.

A block that the fast parser does not take, or whose count of delimiters does not fit its rows, is
read line by line; only its bad lines are set aside.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

import polars as pl
from django.utils.translation import gettext as _

from salus.gather.imports.detection import Detected
from salus.gather.imports.faults import Unreadable, disk_watched
from salus.gather.imports.readers.pieces import Broken, RawChunk, checked_headers, text_frame, with_lines

BLOCK = 8 << 20
# A quoted field may run over lines, but not further than this.
_LOOKAHEAD = 64 << 10
# A part of a block that is not clean is halved down to this before its lines are read one by one.
_SMALL = 32 << 10
_UTF8_MARK = b"\xef\xbb\xbf"
_ENOUGH_TEXT = 400

csv.field_size_limit(1 << 20)


class DelimitedTable:
    """A table in a text file."""

    typed = False

    def __init__(self, path: Path, detected: Detected, work: Path) -> None:
        self.path, self.delimiter = path, detected.delimiter
        self.encoding = detected.encoding
        if detected.encoding == "utf-16":
            self.path, self.encoding = _as_utf8(path, work / "content.utf8"), "utf-8"
        self.total = self.path.stat().st_size
        self.notes: tuple[str, ...] = (
            _("Text in %(encoding)s, columns parted by %(delimiter)s.")
            % {"encoding": detected.encoding, "delimiter": _named(detected.delimiter)},
        )
        self._headers, self._start, self._first_line = self._read_headers()

    @property
    def headers(self) -> list[str]:
        """Return the names of the columns."""
        return self._headers

    def chunks(self, position: dict[str, Any] | None = None) -> Iterator[RawChunk]:
        """Yield the blocks from a place on."""
        place = position or {"offset": self._start, "line": self._first_line}
        offset, line = int(place["offset"]), int(place["line"])
        with self.path.open("rb") as file:
            while block := whole_lines(file, offset):
                frame, broken, used, lines = self._parse(block, line, file, offset)
                offset, line = offset + used, line + lines
                yield RawChunk(frame, broken, {"offset": offset, "line": line}, offset)

    def _read_headers(self) -> tuple[list[str], int, int]:
        with self.path.open("rb") as file:
            mark = len(_UTF8_MARK) if file.read(3) == _UTF8_MARK else 0
            head = whole_lines(file, mark) or b""
        offset, line = mark, 1
        lines = head.split(b"\n")
        while len(lines) > 1 and not lines[0].strip(b" \r\t" + self.delimiter.encode()):
            offset, line = offset + len(lines.pop(0)) + 1, line + 1
        text, taken = _record([part + b"\n" for part in lines[:50]], self.encoding)
        names = next(csv.reader(io.StringIO(text), delimiter=self.delimiter), [])
        if len(names) < 2:
            raise Unreadable(
                _("The header has fewer than two columns."),
                remedy=_("Send a table with a header line and at least two columns."),
            )
        used = sum(len(part) + 1 for part in lines[:taken])
        return checked_headers(names), min(offset + used, self.total), line + taken

    def _parse(
        self, block: bytes, line: int, file: BinaryIO, offset: int
    ) -> tuple[pl.DataFrame, tuple[Broken, ...], int, int]:
        """Return a block's rows and broken lines, the bytes used and the lines read; bad lines are closed in on."""
        frames: list[pl.DataFrame] = []
        broken: list[Broken] = []
        used, lines, size = 0, 0, len(block)
        while used < len(block):
            part = _cut(block, used, size)
            frame = self._fast(part)
            if frame is None and len(part) > _SMALL:
                size = len(part) // 2
                continue
            if frame is not None:
                frames.append(with_lines(frame, line + lines))
                used, lines = used + len(part), lines + len(frame)
            else:
                ahead = _ahead(block, used + len(part), file, offset)
                frame, faults, taken, read = self._slow(part, ahead, line + lines)
                frames.append(frame)
                broken += faults
                used, lines = used + taken, lines + read
            size *= 4
        return pl.concat(frames), tuple(broken), used, lines

    def _fast(self, block: bytes) -> pl.DataFrame | None:
        """Return the block's rows, or None where anything in it is not plain."""
        content = block if self.encoding == "utf-8" else _recoded(block, self.encoding)
        rows = content.count(b"\n") + (not content.endswith(b"\n"))
        try:
            frame = pl.read_csv(
                content,
                has_header=False,
                schema=dict.fromkeys(self._headers, pl.String()),
                separator=self.delimiter,
                empty_string_is_null=False,
                raise_if_empty=False,
            )
        except pl.exceptions.PolarsError:
            return None
        parted = content.count(self.delimiter.encode())
        if b'"' in content:
            inside = frame.select(pl.all().str.count_matches(self.delimiter, literal=True).sum())
            parted -= sum(inside.row(0))
        fits = len(frame) == rows and parted == rows * (len(self._headers) - 1)
        return frame if fits else None

    def _slow(self, block: bytes, ahead: bytes, line: int) -> tuple[pl.DataFrame, tuple[Broken, ...], int, int]:
        lines = _split(block)
        beyond = _split(ahead)
        rows: list[list[str]] = []
        numbers: list[int] = []
        broken: list[Broken] = []
        place = 0
        while place < len(lines):
            fields, taken, fault = self._one(lines, beyond, place)
            if fault is not None:
                code, params = fault
                text = lines[place].decode(self.encoding, errors="replace").rstrip("\r\n")[:_ENOUGH_TEXT]
                broken.append(Broken(line + place, text, code, params))
            elif fields:
                rows.append(fields)
                numbers.append(line + place)
            place += taken
        used = len(block) + sum(len(part) for part in beyond[: place - len(lines)])
        return text_frame(self._headers, rows, numbers), tuple(broken), used, place

    def _one(
        self, lines: list[bytes], beyond: list[bytes], place: int
    ) -> tuple[list[str], int, tuple[str, dict[str, str]] | None]:
        """Return the fields of the record at a line and how many lines it takes, or what is wrong with that line."""
        first = lines[place]
        if not first.strip():
            return [], 1, None
        if self.encoding == "utf-8" and not _decodes(first):
            return [], 1, ("bad_encoding", {"encoding": "UTF-8"})
        wanted = len(self._headers)
        fields = self._fields(first.decode(self.encoding, errors="replace"))
        if fields is not None and len(fields) == wanted:
            return fields, 1, None
        if first.count(b'"') % 2:
            text, taken = _record([*lines[place : place + 200], *beyond][:200], self.encoding)
            joined = self._fields(text) if taken > 1 else None
            if joined is not None and len(joined) == wanted:
                return joined, taken, None
            return [], 1, ("bad_quotes", {})
        found = len(fields) if fields is not None else 0
        if not any(fields or []):
            return [], 1, None
        return [], 1, ("bad_line", {"found": str(found), "expected": str(wanted)})

    def _fields(self, text: str) -> list[str] | None:
        try:
            records = list(csv.reader(io.StringIO(text, newline=""), delimiter=self.delimiter, strict=True))
        except csv.Error:
            return None
        return records[0] if len(records) == 1 else None


def _cut(block: bytes, start: int, size: int) -> bytes:
    """Return about so many bytes from a place on, to the end of a line."""
    end = block.find(b"\n", start + size - 1)
    return block[start:] if end < 0 else block[start : end + 1]


def _ahead(block: bytes, start: int, file: BinaryIO, offset: int) -> bytes:
    """Return the bytes that follow, in the block or behind it: a quoted field may end there."""
    if start < len(block):
        return block[start : start + _LOOKAHEAD]
    file.seek(offset + len(block))
    return file.read(_LOOKAHEAD)


def _split(block: bytes) -> list[bytes]:
    parts = block.split(b"\n")
    last = parts.pop()
    return [part + b"\n" for part in parts] + ([last] if last else [])


def _record(lines: list[bytes], encoding: str) -> tuple[str, int]:
    """Return the text of the first record and how many lines it takes: until its quotation marks are paired."""
    taken, marks = 0, 0
    for part in lines:
        taken += 1
        marks += part.count(b'"')
        if marks % 2 == 0:
            break
    else:
        taken = 1
    return b"".join(lines[:taken]).decode(encoding, errors="replace"), taken


def _decodes(part: bytes) -> bool:
    try:
        part.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _recoded(block: bytes, encoding: str) -> bytes:
    return block.decode(encoding, errors="replace").encode()


def whole_lines(file: BinaryIO, offset: int) -> bytes:
    """Return about a block of bytes that ends at the end of a line."""
    file.seek(offset)
    block = file.read(BLOCK)
    if len(block) < BLOCK:
        return block
    end = block.rfind(b"\n")
    if end < 0:
        raise Unreadable(
            _("The file has a line of more than %(size)s MB.") % {"size": BLOCK >> 20},
            remedy=_("It may not be a table, or its lines may end in another way: save it again as CSV."),
        )
    return block[: end + 1]


def _as_utf8(path: Path, target: Path) -> Path:
    with disk_watched(), path.open("r", encoding="utf-16", errors="replace", newline="") as source:
        with target.open("w", encoding="utf-8", newline="") as out:
            while text := source.read(1 << 20):
                out.write(text)
    return target


def _named(delimiter: str) -> str:
    names = {",": _("commas"), ";": _("semicolons"), "\t": _("tabs"), "|": _("bars")}
    return names[delimiter]
