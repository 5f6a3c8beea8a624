"""Draw forecasts over what came true; run in the peers' Python with the figures on standard input."""

from __future__ import annotations

import json
import sys
from datetime import date, timedelta

from benchmarks.drawing import INK, OURS, picture


def main() -> None:
    given = json.load(sys.stdin)
    with picture("forecast-flu") as axes:
        days = [date.fromordinal(day) for day, _ in given["known"]]
        axes.plot(days, [value / 1000 for _, value in given["known"]], color=INK, lw=1.2, label="as known at the end")
        for number, each in enumerate(given["rounds"]):
            start = date.fromisoformat(each["day"])
            ends = [start + timedelta(days=7 * step) for step in range(4)]
            bands = [[value / 1000 for value in row] for row in each["bands"]]
            for low, high, strength in ((0, 4, 0.2), (1, 3, 0.45)):
                label = {0: "95 %", 1: "50 %"}[low] if number == 0 else None
                lower, upper = [row[low] for row in bands], [row[high] for row in bands]
                axes.fill_between(ends, lower, upper, color=OURS, alpha=strength, lw=0, label=label)
            axes.plot(ends, [row[2] for row in bands], color=OURS, lw=1, label="median" if number == 0 else None)
        axes.set_ylabel("thousand admissions a week")
        axes.set_title("Influenza admissions, United States: forecasts made every fourth week", loc="left", fontsize=9)
        axes.legend(frameon=False, fontsize=8)


if __name__ == "__main__":
    main()
