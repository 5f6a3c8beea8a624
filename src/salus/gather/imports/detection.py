"""What a file is, from its content: names and endings are not believed."""

from __future__ import annotations

import codecs
import csv
import json
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext as _

from salus.gather.imports.faults import Unreadable

_SAMPLE = 1 << 20
_DELIMITERS = ",;\t|"
_REFUSED = {
    b"%PDF": "PDF",
    b"\x89PNG": "PNG",
    b"\xff\xd8\xff": "JPEG",
    b"GIF8": "GIF",
    b"\x1f\x8b": "gzip",
    b"7z\xbc\xaf": "7-Zip",
    b"Rar!": "RAR",
    b"SQLite format 3": "SQLite",
    b"\x7fELF": "ELF",
    b"MZ": "EXE",
}


@dataclass(frozen=True, slots=True)
class Detected:
    """A file's format and how its text is written."""

    format: str  # csv excel parquet jsonl json geojson
    encoding: str = "utf-8"
    delimiter: str = ","


def is_zip(head: bytes) -> bool:
    """Return whether bytes begin a zip archive."""
    return head[:4] in {b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08"}


def detect(path: Path) -> Detected:
    """Return what a file is, or refuse it saying what it seems to be."""
    with path.open("rb") as file:
        head = file.read(_SAMPLE)
    if not head.strip():
        raise Unreadable(_("The file is empty."), remedy=_("Export it again and look at it before you send it."))
    for magic, name in _REFUSED.items():
        if head.startswith(magic):
            raise _not_taken(name)
    if head.startswith(b"PAR1"):
        return Detected("parquet")
    # Old Excel files are compound documents; new ones are zips and were told apart before.
    if is_zip(head) or head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return Detected("excel")
    return _text(head)


def _not_taken(name: str) -> Unreadable:
    return Unreadable(
        _("This is a %(name)s file, which cannot be taken in.") % {"name": name},
        remedy=_("Send CSV, Excel, Parquet, JSON or GeoJSON, or a zip of one of these."),
    )


def _text(head: bytes) -> Detected:
    encoding = _encoding(head)
    text = head.decode(encoding, errors="replace").lstrip("\ufeff")
    start = text.lstrip()[:2000]
    if start[:1] in "{[":
        return Detected(_json_kind(text.lstrip()), encoding=encoding)
    if start[:1] == "<":
        raise _not_taken("HTML" if "<html" in start.lower() else "XML")
    if "\0" in start:
        raise _not_taken(_("binary"))
    return Detected("csv", encoding=encoding, delimiter=_delimiter(text))


def _encoding(head: bytes) -> str:
    for mark, name in ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16")):
        if head.startswith(mark):
            return name
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        decoder.decode(head, final=False)
    except UnicodeDecodeError:
        return "cp1252" if _mostly_invalid(head) else "utf-8"
    return "utf-8"


def _mostly_invalid(head: bytes) -> bool:
    """Return whether the text reads better as Windows-1252 than as UTF-8 with a few bad lines."""
    lines = head.split(b"\n")
    foreign = [line for line in lines if not line.isascii()]
    bad = sum(1 for line in foreign if not _is_utf8(line))
    return bad * 2 > len(foreign)


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _json_kind(text: str) -> str:
    first = text[:1]
    if first == "[":
        return "json"
    if '"FeatureCollection"' in text[:_SAMPLE] and '"features"' in text[:_SAMPLE]:
        return "geojson"
    lines = [line for line in text.splitlines() if line.strip()][:2]
    return "jsonl" if len(lines) == 2 and _is_record(lines[0]) else "json"


def _is_record(line: str) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return False


def _delimiter(text: str) -> str:
    lines = [line for line in text.split("\n")[:50] if line.strip()]
    if len(lines) > 1 and len(text) >= _SAMPLE:
        lines = lines[:-1]
    best, most = "", 0.0
    for candidate in _DELIMITERS:
        score = _steadiness(lines, candidate)
        if score > most:
            best, most = candidate, score
    if not best:
        raise Unreadable(
            _("The text has no columns: no comma, semicolon, tab or bar parts its lines."),
            remedy=_("Send a table with a header line and at least two columns."),
        )
    return best


def _steadiness(lines: list[str], delimiter: str) -> float:
    """Return how well a delimiter parts the lines: many fields, and as many on each line as in the header."""
    widths = [len(next(csv.reader([line], delimiter=delimiter), [])) for line in lines]
    if not widths or widths[0] < 2:
        return 0.0
    agreeing = sum(1 for width in widths if width == widths[0]) / len(widths)
    return agreeing + widths[0] / 1000
