"""The one manner of all pictures in the methods' pages: run in the peers' Python, which has matplotlib."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "guide" / "methods" / "img"
# Told apart by lightness as well as by hue.
OURS, PEER, QUIET = "#12436d", "#f46a25", "#a6a6a6"
INK, PAPER = "#1d2733", "#ffffff"


@contextmanager
def picture(name: str, *, width: float = 7.0, height: float = 3.4, columns: int = 1) -> Iterator[Any]:
    """Give axes to draw on and write them as a small SVG whose words stay words."""
    import matplotlib

    matplotlib.use("svg")
    import matplotlib.pyplot as plt

    style = {
        "svg.fonttype": "none",
        "svg.hashsalt": name,
        "font.family": "sans-serif",
        "font.size": 9,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.edgecolor": INK,
        "text.color": INK,
        "figure.facecolor": PAPER,
    }
    with plt.rc_context(style):
        figure, axes = plt.subplots(1, columns, figsize=(width, height), layout="constrained")
        yield axes
        FOLDER.mkdir(parents=True, exist_ok=True)
        # Without a date, so that the same figures give the same file.
        figure.savefig(FOLDER / f"{name}.svg", metadata={"Date": None})
        plt.close(figure)
