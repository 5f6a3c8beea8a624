"""Where compiled kernels are kept: apart for each state of the sources.

numba keeps a kernel as long as the file that it stands in is unchanged, even where a kernel that it calls in
another file has changed. So every state of this library's sources has a folder of its own.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
from pathlib import Path

_HOME = Path(__file__).parent
_PREFIX = "kernels-"


def state_of(folder: Path) -> str:
    """Return a digest of the sources in a folder: their names, sizes and times of change."""
    total = hashlib.sha256()
    for path in sorted(folder.rglob("*.py")):
        about = path.stat()
        total.update(f"{path.relative_to(folder)}|{about.st_size}|{about.st_mtime_ns}\n".encode())
    return total.hexdigest()[:16]


def keep_kernels_apart(folder: Path = _HOME) -> Path | None:
    """Point numba to the folder of the present sources; who has chosen a folder keeps it."""
    if "NUMBA_CACHE_DIR" in os.environ:
        return None
    place = folder / "__pycache__" / f"{_PREFIX}{state_of(folder)}"
    try:
        if not place.is_dir():
            for old in place.parent.glob(f"{_PREFIX}*"):
                shutil.rmtree(old, ignore_errors=True)
            place.mkdir(parents=True, exist_ok=True)
    except OSError:
        # Where nothing can be written, kernels are compiled anew in every process.
        return None
    os.environ["NUMBA_CACHE_DIR"] = str(place)
    if "numba" in sys.modules:
        sys.modules["numba"].config.CACHE_DIR = str(place)
    return place
