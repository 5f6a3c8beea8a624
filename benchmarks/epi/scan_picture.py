"""Draws the scans' picture: clusters on a map, and what the largest ratio is by chance."""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path
from typing import Any

from benchmarks.drawing import OURS, PEER, QUIET, picture


def city(axes: Any, content: dict[str, Any]) -> None:
    """Draw zones by place, those of significant clusters in colour."""
    inside = {zone: k for k, cluster in enumerate(content["clusters"]) for zone in cluster["zones"]}
    lat, lon = zip(*content["where"], strict=True)
    rates = [cases / people for cases, people in zip(content["cases"], content["people"], strict=True)]
    # A few sizes only: one shape in the file for each.
    sizes = [2 + round(4 * math.sqrt(rate / max(rates))) for rate in rates]
    kinds = [(OURS if inside[z] == 0 else PEER) if z in inside else QUIET for z in range(len(lat))]
    for kind in sorted(set(zip(kinds, sizes, strict=True))):
        chosen = [z for z in range(len(lat)) if (kinds[z], sizes[z]) == kind]
        places = [round(lon[z], 3) for z in chosen], [round(lat[z], 3) for z in chosen]
        axes.plot(*places, "o", color=kind[0], markersize=kind[1], markeredgewidth=0)
    axes.set_aspect(1 / math.cos(math.radians(sum(lat) / len(lat))))
    axes.set_xticks([])
    axes.set_yticks([])
    for side in axes.spines.values():
        side.set_visible(False)
    first = content["clusters"][0]
    words = f"{first['ratio']:.1f} times as many as expected over {first['days']} days, p = {first['p']:.3f}"
    axes.set_title(f"New York, 12 December 2021\n{words}", fontsize=9)


def chance(axes: Any, content: dict[str, Any]) -> None:
    """Draw the largest ratio without clusters, its Gumbel curve, and the observed ratios."""
    place, scale = content["gumbel"]
    axes.hist(content["maxima"], bins=50, density=True, color=QUIET)
    grid = [k / 10 for k in range(25, 170)]
    curve = [math.exp(-(x - place) / scale - math.exp(-(x - place) / scale)) / scale for x in grid]
    axes.plot(grid, curve, color=OURS)
    for value in content["observed"]:
        axes.axvline(value, color=PEER, linestyle="--")
    axes.set_xlabel("largest log-likelihood ratio")
    axes.set_yticks([])
    axes.set_title("New Mexico: by chance (grey), Gumbel (line)\nand found (dashed)", fontsize=9)


if __name__ == "__main__":
    given = json.loads(Path(sys.argv[1]).read_text())
    with picture("scan-clusters", columns=2) as panels:
        city(panels[0], given)
        chance(panels[1], given)
