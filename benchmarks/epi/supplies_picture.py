"""Draws one item's use, its stock in many futures, and the chance that it has run out."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from benchmarks.drawing import INK, OURS, PEER, picture

if __name__ == "__main__":
    given = json.loads(Path(sys.argv[1]).read_text())
    with picture("supplies-stock", columns=2) as (left, right):
        low, lower, median, upper, high = given["left"]
        ahead = range(1, len(median) + 1)
        left.plot(range(1 - len(given["use"]), 1), [5 * unit for unit in given["use"]], color=INK, linewidth=0.8)
        left.fill_between(ahead, low, high, color=PEER, alpha=0.3, linewidth=0)
        left.fill_between(ahead, lower, upper, color=PEER, alpha=0.5, linewidth=0)
        left.plot(ahead, median, color=OURS)
        left.set_xlabel("days from today")
        left.set_title("use so far (times 5) and stock ahead,\n50 % and 95 %", fontsize=9)
        right.plot(ahead, given["probability"], color=OURS)
        for time in (given["quantiles"][0], given["quantiles"][2], given["quantiles"][4]):
            right.axvline(time, color=PEER, linestyle="--", linewidth=0.8)
        right.set_xlabel("days from today")
        right.set_title("chance that stock has run out;\ndashed: 2.5 %, median, 97.5 %", fontsize=9)
