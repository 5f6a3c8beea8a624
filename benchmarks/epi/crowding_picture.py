"""Draws a zone's week ahead with its intervals, and what came."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from benchmarks.drawing import INK, OURS, PEER, picture

if __name__ == "__main__":
    given = json.loads(Path(sys.argv[1]).read_text())
    with picture("crowding-expected", columns=2, width=8.0) as axes:
        for axis, name in zip(axes, ("ordinary zones, drifting", "noisy zones, drifting fast"), strict=True):
            table, truth = given[name]["quantiles"][::3], given[name]["truth"][::3]
            days = [round(hour / 8, 3) for hour in range(len(table))]
            for low, high, depth in ((0, 6, 0.25), (2, 4, 0.45)):
                edges = [row[low] for row in table], [row[high] for row in table]
                axis.fill_between(days, *edges, color=PEER, alpha=depth, linewidth=0)
            axis.plot(days, [row[3] for row in table], color=OURS, linewidth=1)
            axis.plot(days, truth, ".", color=INK, markersize=2)
            axis.set_title(name, fontsize=9)
            axis.set_xlabel("days ahead")
        axes[0].set_ylabel("people in the zone")
