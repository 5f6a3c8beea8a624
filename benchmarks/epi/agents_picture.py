"""Draws our median run in Covasim's band, and the attack rate against the share of contacts traced."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from benchmarks.drawing import OURS, PEER, picture

TITLES = {"none": "no measures", "close": "closures, days 30 to 90", "trace": "tests and tracing from day 20"}

if __name__ == "__main__":
    given = json.loads(Path(sys.argv[1]).read_text())
    with picture("agents-bands", columns=3, width=8.0) as axes:
        for axis, (scenario, title) in zip(axes, TITLES.items(), strict=True):
            band = given["bands"][f"{scenario} infections"]
            days = range(0, len(band["ours"]), 2)
            axis.fill_between(days, band["low"][::2], band["high"][::2], color=PEER, alpha=0.4, linewidth=0)
            axis.plot(days, band["ours"][::2], color=OURS)
            axis.set_title(title, fontsize=9)
            axis.set_xlabel("day")
        axes[0].set_ylabel("infections a day, 20,000 people")
    with picture("agents-tracing", width=4.5) as axis:
        low, middle, high = given["tracing"]
        shares = [0, 25, 50, 75, 100]
        axis.fill_between(shares, low, high, color=OURS, alpha=0.25, linewidth=0)
        axis.plot(shares, middle, color=OURS, marker="o")
        axis.set_xlabel("contacts traced at home, school and work, %")
        axis.set_ylabel("attack rate in 180 days")
        axis.set_ylim(0)
