"""A page compressed in parts is the page, whatever stands in it."""

from __future__ import annotations

import gzip

from hypothesis import given
from hypothesis import strategies as st

from salus.web.ops.packed import gzipped, part, plain

PIECES = st.lists(st.one_of(st.binary(max_size=300), st.binary(max_size=3000).map(part)), max_size=8)


@given(pieces=PIECES)
def test_what_is_unpacked_is_what_was_packed(pieces: list) -> None:
    assert gzip.decompress(gzipped(pieces)) == plain(pieces)


def test_the_words_of_a_reader_are_not_compressed() -> None:
    shared, own = part(b"secret " * 100), b"secret secret secret"
    assert own in gzipped([shared, own, shared])
