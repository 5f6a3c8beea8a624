"""Draws R of a simulated sewer with its interval, and its concentrations."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from benchmarks.drawing import INK, OURS, PEER, QUIET, picture

if __name__ == "__main__":
    given = json.loads(Path(sys.argv[1]).read_text())
    days = range(len(given["number"]))
    with picture("wastewater-rt", columns=2) as (left, right):
        low, lower, median, upper, high = zip(*given["concentration"], strict=True)
        left.fill_between(days[::2], low[::2], high[::2], color=PEER, alpha=0.3, linewidth=0)
        held = [k for k in days if given["samples"][k] is None]
        seen = [k for k in days if given["samples"][k] is not None]
        left.plot(held, [given["measured"][k] for k in held], "x", color=QUIET, markersize=3)
        left.plot(seen, [given["samples"][k] for k in seen], "o", color=INK, markersize=3)
        left.axhline(given["limit"], color=INK, linestyle=":", linewidth=0.8)
        left.set_yscale("log")
        left.set_xlabel("day")
        left.set_title(
            "samples (dots), held out (crosses), limit of\ndetection (dotted), 95 % of new samples", fontsize=9
        )
        low, lower, median, upper, high = zip(*given["rt"], strict=True)
        right.fill_between(days, low, high, color=PEER, alpha=0.3, linewidth=0)
        right.fill_between(days, lower, upper, color=PEER, alpha=0.5, linewidth=0)
        right.plot(days, median, color=OURS, label="estimate")
        right.plot(days, given["number"], color=INK, linestyle="--", linewidth=0.9, label="truth")
        right.axhline(1, color=QUIET, linewidth=0.6)
        right.set_xlabel("day")
        right.legend(frameon=False, fontsize=8)
        right.set_title("reproduction number,\n50 % and 95 %", fontsize=9)
