"""Charts as SVG, drawn in plain Python: data and words in, a picture for two widths out. Knows no Django."""

from salus.web.ui.charts.bars import Bar, bar_chart
from salus.web.ui.charts.chain import Ring, chain_timeline
from salus.web.ui.charts.curve import Curve, Mark, Observed, Quantiles, epidemic_curve
from salus.web.ui.charts.fan import Fan, fan_with_outcome
from salus.web.ui.charts.frame import Words
from salus.web.ui.charts.gantt import Span, gantt
from salus.web.ui.charts.heat import Grid, Maturity, heat_grid, maturity_matrix
from salus.web.ui.charts.onsets import Onsets, onset_chart
from salus.web.ui.charts.radar import Axis, radar
from salus.web.ui.charts.spark import sparkline
from salus.web.ui.charts.svg import Drawing
from salus.web.ui.charts.tree import Case, transmission_tree

__all__ = [
    "Axis",
    "Bar",
    "Case",
    "Curve",
    "Drawing",
    "Fan",
    "Grid",
    "Mark",
    "Maturity",
    "Observed",
    "Onsets",
    "Quantiles",
    "Ring",
    "Span",
    "Words",
    "bar_chart",
    "chain_timeline",
    "epidemic_curve",
    "fan_with_outcome",
    "gantt",
    "heat_grid",
    "maturity_matrix",
    "onset_chart",
    "radar",
    "sparkline",
    "transmission_tree",
]
