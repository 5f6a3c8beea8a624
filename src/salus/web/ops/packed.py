"""A kept page that is compressed once and sent to many, though a few words in it are each reader's own.

The parts that all readers share are deflated when the page is kept. A reader's own words go between them as
stored blocks, so no answer compresses a secret beside anything that somebody else could choose.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

_HEAD = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff"
_LAST_BLOCK = b"\x03\x00"
_LONGEST_STORED = 0xFFFF


@dataclass(frozen=True, slots=True)
class Part:
    """Bytes of a page that all readers share, plain and deflated."""

    plain: bytes
    deflated: bytes


def part(plain: bytes) -> Part:
    """Return a part, deflated so that it can stand anywhere in a stream."""
    packer = zlib.compressobj(6, zlib.DEFLATED, -zlib.MAX_WBITS)
    return Part(plain, packer.compress(plain) + packer.flush(zlib.Z_FULL_FLUSH))


def _stored(words: bytes) -> bytes:
    if len(words) > _LONGEST_STORED:
        raise ValueError("A reader's own words are too long for one stored block.")
    return struct.pack("<BHH", 0, len(words), len(words) ^ 0xFFFF) + words


def gzipped(parts: Sequence[Part | bytes]) -> bytes:
    """Return the gzip stream of parts that are shared and words that are not."""
    out, checksum, size = [_HEAD], 0, 0
    for piece in parts:
        plain = piece if isinstance(piece, bytes) else piece.plain
        out.append(_stored(piece) if isinstance(piece, bytes) else piece.deflated)
        checksum = zlib.crc32(plain, checksum)
        size += len(plain)
    return b"".join([*out, _LAST_BLOCK, struct.pack("<II", checksum, size & 0xFFFFFFFF)])


def plain(parts: Sequence[Part | bytes]) -> bytes:
    """Return the page as it is."""
    return b"".join(piece if isinstance(piece, bytes) else piece.plain for piece in parts)
