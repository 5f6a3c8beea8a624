"""What a file is shows in its content."""

from __future__ import annotations

from pathlib import Path

import pytest

from salus.gather.imports.detection import detect
from salus.gather.imports.faults import Unreadable


def found(folder: Path, content: bytes) -> tuple[str, str, str]:
    path = folder / "misleading.pdf"
    path.write_bytes(content)
    detected = detect(path)
    return detected.format, detected.encoding, detected.delimiter


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"a,b\n1,2\n", ("csv", "utf-8", ",")),
        (b"a;b\n1,5;2\n1,6;3\n", ("csv", "utf-8", ";")),
        (b"a\tb\n1\t2\n", ("csv", "utf-8", "\t")),
        (b"\xef\xbb\xbfa|b\n1|2\n", ("csv", "utf-8", "|")),
        ("a,b\n1,é\n".encode("utf-16"), ("csv", "utf-16", ",")),
        ("name,n\nRhône,2\nLoué,3\n".encode("cp1252"), ("csv", "cp1252", ",")),
        (b'[{"a": 1}]', ("json", "utf-8", ",")),
        (b'{"data": [{"a": 1}]}', ("json", "utf-8", ",")),
        (b'{"a": 1}\n{"a": 2}\n', ("jsonl", "utf-8", ",")),
        (b'{"type": "FeatureCollection", "features": []}', ("geojson", "utf-8", ",")),
        (b"PAR1....", ("parquet", "utf-8", ",")),
    ],
)
def test_formats(tmp_path: Path, content: bytes, expected: tuple[str, str, str]) -> None:
    assert found(tmp_path, content) == expected


@pytest.mark.parametrize(
    "content", [b"", b"   \n", b"\x00\x01\x02\x03", b"one column\n1\n2\n", b"<?xml version='1.0'?>"]
)
def test_what_is_no_table_is_refused(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(Unreadable):
        found(tmp_path, content)
