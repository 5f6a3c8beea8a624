"""Draws how often an infector of a given support is the right one."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np

from benchmarks.drawing import INK, OURS, picture

if __name__ == "__main__":
    given = json.loads(Path(sys.argv[1]).read_text())
    right, support = np.array(given["right"]), np.array(given["support"])
    with picture("chains-calibration", width=4.0) as axes:
        groups = np.array_split(np.argsort(support), 8)
        axes.plot([0, 1], [0, 1], color=INK, linewidth=0.6, linestyle=":")
        axes.plot([support[g].mean() for g in groups], [right[g].mean() for g in groups], "o-", color=OURS)
        axes.set_xlabel("support of the likeliest infector")
        axes.set_ylabel("share that is right")
