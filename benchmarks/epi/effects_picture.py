"""Draws two measures' effects: structural time series and synthetic control."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from benchmarks.drawing import INK, OURS, QUIET, picture

if __name__ == "__main__":
    given = json.loads(Path(sys.argv[1]).read_text())
    with picture("effects-counterfactuals", columns=2) as axes:
        drawn = (
            ("y", "without", "band", 70, "structural time series"),
            ("treated", "control", "control_band", 20, "synthetic control"),
        )
        for ax, (seen, without, band, start, title) in zip(axes, drawn, strict=True):
            later = range(start, len(given[seen]))
            low, high = zip(*given[band], strict=True)
            ax.fill_between(later, low, high, color=QUIET, alpha=0.5, linewidth=0)
            ax.plot(given[without], color=OURS, label="without the measure")
            ax.plot(given[seen], color=INK, linewidth=0.8, label="seen")
            ax.axvline(start - 0.5, color=INK, linewidth=0.6, linestyle=":")
            ax.set_title(title, fontsize=9)
        axes[0].legend(frameon=False, fontsize=8)
