"""Draws the epidemic curve of one outbreak with the exposures behind it, and how often sources are found."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from benchmarks.drawing import INK, OURS, PEER, QUIET, picture

if __name__ == "__main__":
    given = json.loads(Path(sys.argv[1]).read_text())
    with picture("common-source-exposure", columns=2) as (left, right):
        left.bar(range(len(given["onsets"])), given["onsets"], color=QUIET, width=0.9)
        left.fill_between(given["steps"], given["low"], given["high"], color=PEER, alpha=0.4, linewidth=0)
        left.plot(given["steps"], given["median"], color=OURS)
        left.plot(given["steps"], given["truth"], color=INK, linestyle="--", linewidth=0.9)
        left.set_xlabel("days since the first onset")
        left.set_title("onsets (bars), exposures worked out\nwith 95 %, and true ones (dashed)", fontsize=9)
        right.plot(given["cases"], given["first"], color=OURS, marker="o")
        right.plot(given["cases"], given["held"], color=PEER, marker="s")
        right.set_ylim(0, 1.03)
        right.set_xlabel("cases interviewed")
        right.set_title("true source ranked first (round), and among\nthe nodes to be inspected (square)", fontsize=9)
