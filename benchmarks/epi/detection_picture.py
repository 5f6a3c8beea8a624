"""Draws the operating curves of the detectors; run in the peers' Python on a file of JSON."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from benchmarks.drawing import INK, OURS, PEER, QUIET, picture

COLOURS = {"Salus": OURS, "Farrington Flexible": PEER, "Farrington 1996": "#8f5a2a", "EARS C1": QUIET}


def draw(content: dict[str, object]) -> None:
    """Sensitivity and delay against the rate of false alarms."""
    with picture("detection-curves", columns=2) as axes:
        for name, points in content["curves"].items():  # type: ignore[attr-defined]
            rates = [point[0] for point in points]
            colour, width = COLOURS[name], 2.2 if name == "Salus" else 1.4
            axes[0].plot(rates, [point[1] for point in points], color=colour, lw=width, marker="o", ms=3)
            axes[1].plot(rates, [point[2] for point in points], color=colour, lw=width, marker="o", ms=3, label=name)
        truth = content["informed"]
        axes[0].plot([0.0074], [truth], marker="*", ms=9, color=INK, ls="none")  # type: ignore[list-item]
        axes[0].annotate("truth known", (0.0074, truth), xytext=(-62, 4), textcoords="offset points")  # type: ignore[arg-type]
        for axis, label in zip(axes, ("outbreaks found", "mean delay of those found, weeks"), strict=True):
            axis.set_xscale("log")
            axis.set_xlim(0.0008, 0.1)
            axis.set_xlabel("false alarms per week without an outbreak")
            axis.set_ylabel(label)
            axis.axvline(0.0074, color=QUIET, lw=0.8, ls=":")
        axes[0].set_ylim(0, 1)
        axes[1].set_ylim(0, 0.8)
        axes[1].legend(frameon=False)


if __name__ == "__main__":
    draw(json.loads(Path(sys.argv[1]).read_text()))
