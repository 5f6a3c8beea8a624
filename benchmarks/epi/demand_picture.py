"""Draws bed forecasts of one state and the scores by horizon."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from benchmarks.drawing import INK, OURS, PEER, QUIET, picture

if __name__ == "__main__":
    given = json.loads(Path(sys.argv[1]).read_text())
    with picture("demand-forecasts", columns=2) as (left, right):
        left.plot(given["beds"][::3], color=INK, linewidth=0.8)
        for fan in given["fans"]:
            ahead = [(fan["origin"] + k) / 3 for k in range(1, 29)]
            low, lower, median, upper, high = zip(*fan["quantiles"], strict=True)
            left.fill_between(ahead, low, high, color=PEER, alpha=0.3, linewidth=0)
            left.fill_between(ahead, lower, upper, color=PEER, alpha=0.5, linewidth=0)
            left.plot(ahead, median, color=OURS)
        places = list(range(0, len(given["days"]) // 3, 45))
        left.set_xticks(places, [given["days"][3 * k][:7] for k in places], rotation=30, fontsize=7)
        left.set_ylim(bottom=0)
        left.set_title(
            "COVID patients in intensive care, largest state:\nforecasts of 28 days, 50 % and 95 %", fontsize=9
        )
        for place, (name, colour) in enumerate((("Salus", OURS), ("AutoETS", QUIET))):
            heights = [row[place] for row in given["ratios"]]
            right.bar([k + 0.4 * place for k in range(3)], heights, width=0.38, color=colour, label=name)
        right.axhline(1, color=INK, linewidth=0.8)
        right.set_xticks([k + 0.2 for k in range(3)], ["7 days", "14 days", "28 days"])
        right.set_title("weighted interval score,\npersistence = 1", fontsize=9)
        right.legend(frameon=False, fontsize=8)
