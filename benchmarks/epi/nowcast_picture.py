"""Draw a nowcast and its scores by horizon; run by `benchmarks.epi.nowcast` in the peers' Python."""

from __future__ import annotations

import json
import sys

from benchmarks.drawing import OURS, PEER, QUIET, picture


def main() -> None:
    """Draw what standard input tells."""
    figures = json.load(sys.stdin)
    days = list(range(1 - len(figures["truth"]), 1))
    with picture("nowcast-germany", columns=2) as (left, right):
        level = list(zip(*figures["quantiles"], strict=True))
        left.fill_between(days, level[0], level[6], color=OURS, alpha=0.2, lw=0, label="95 %")
        left.fill_between(days, level[2], level[4], color=OURS, alpha=0.4, lw=0, label="50 %")
        left.plot(days, figures["reported"], color=QUIET, label="reported that day")
        left.plot(days, figures["truth"], color=PEER, label="what it became")
        left.set(xlabel="days before 15 September 2021", ylabel="hospitalised in 7 days, Germany", ylim=(0, None))
        left.legend(frameon=False, fontsize=8)
        age = list(range(len(figures["ratio"])))
        right.plot(age, figures["inside"], color=PEER, label="inside the 95 % interval")
        right.plot(age, figures["ratio"], color=OURS, label="score / error as reported")
        right.axhline(0.95, color=QUIET, lw=0.8, ls=":")
        right.set(xlabel="days before the nowcast", ylim=(0, 1.05))
        right.legend(frameon=False, fontsize=8, loc="center right")


if __name__ == "__main__":
    main()
