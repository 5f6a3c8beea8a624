"""A kernel that was compiled from other sources is never used."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from salus.epi.compiled_code import keep_kernels_apart, state_of


@pytest.fixture
def sources(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("NUMBA_CACHE_DIR", raising=False)
    if "numba" in sys.modules:
        monkeypatch.setattr(sys.modules["numba"].config, "CACHE_DIR", "")
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner" / "kernel.py").write_text("x = 1\n")
    return tmp_path


def test_a_change_in_any_file_gives_another_folder_and_takes_the_old_away(
    sources: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = keep_kernels_apart(sources)
    assert first is not None
    assert first.is_dir()
    assert os.environ["NUMBA_CACHE_DIR"] == str(first)
    (sources / "inner" / "kernel.py").write_text("x = 2  # changed\n")
    monkeypatch.delenv("NUMBA_CACHE_DIR")
    second = keep_kernels_apart(sources)
    assert second not in {None, first}
    assert not first.exists()


def test_the_same_sources_keep_their_folder(sources: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = keep_kernels_apart(sources)
    monkeypatch.delenv("NUMBA_CACHE_DIR")
    assert keep_kernels_apart(sources) == first
    assert state_of(sources) == state_of(sources)


def test_who_has_chosen_a_folder_keeps_it(sources: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NUMBA_CACHE_DIR", "/somewhere")
    assert keep_kernels_apart(sources) is None
    assert os.environ["NUMBA_CACHE_DIR"] == "/somewhere"
