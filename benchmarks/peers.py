"""Where the named peers are installed: an environment of their own, made once from a lock.

The product never needs them. `./salus bench epi.NAME` makes `build/peers` at its first run.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LOCK = ROOT / "requirements" / "peers.txt"
HOME = ROOT / "build" / "peers"
PYTHON = HOME / "bin" / "python"
STAMP = HOME / "salus-lock"


def peer_python() -> Path:
    """Return the Python that has the peers, installing them where they are not."""
    digest = hashlib.sha256(LOCK.read_bytes()).hexdigest()
    if not STAMP.exists() or STAMP.read_text() != digest:
        print("installing the peers (some minutes, once)", flush=True)
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(HOME)], check=True)
        # Some peers are published as source only, so unlike the product's own lock this one allows them.
        install = ["pip", "install", "--quiet", "--python", str(PYTHON), "--require-hashes", "-r", str(LOCK)]
        subprocess.run([sys.executable, "-m", "uv", *install], check=True)
        STAMP.write_text(digest)
    return PYTHON
