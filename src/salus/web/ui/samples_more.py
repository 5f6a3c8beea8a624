"""More invented pictures for the style guide: crowding, maturity, transmission, flows."""

import math
from datetime import timedelta

from django.utils.translation import gettext as _

from salus.web.ui import figures, flows, maps
from salus.web.ui.bins import magnitude_bins
from salus.web.ui.charts import (
    Axis,
    Case,
    Grid,
    Maturity,
    heat_grid,
    maturity_matrix,
    radar,
    transmission_tree,
)  # fmt: skip
from salus.web.ui.samples import TODAY
from salus.web.ui.samples_city import zones

_PARENTS = (None, 0, 0, 1, 1, 1, 2, 3, 3, 6, 7, 7, 8, None, 13, 13)


def crowding_figure() -> figures.Figure:
    """A week of hours at a station."""
    days = [_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun")]
    hours = [f"{h:02d}" for h in range(24)]
    values: list[list[float | None]] = [
        [
            9 + 80 * math.exp(-((h - 8.2) ** 2) / 3) * (d < 5) + 75 * math.exp(-((h - 17 + d // 5) ** 2) / 9)
            for h in range(24)
        ]
        for d in range(7)
    ]
    values[2][11] = None
    known = [v for row in values for v in row]
    title = _("Central Station is fullest on weekdays at 8 and 17; travel at 10 to keep your distance")
    drawing = heat_grid(Grid(days, hours, values, magnitude_bins(known), no_data=_("no data")), title=title)
    return figures.Figure(title, drawing, None, _("People for each hundred places, by hour."))


def maturity_figures() -> list[figures.Figure]:
    """One assessment as a matrix and as a radar."""
    reached = [
        (_("Gathering"), 4, 4),
        (_("Assessment"), 3, 4),
        (_("Planning"), 2, 4),
        (_("Decision"), 3, 3),
        (_("Action"), 4, 5),
        (_("Learning"), None, 3),
    ]
    levels = [_("Begun"), _("Repeated"), _("Defined"), _("Measured"), _("Improving")]
    title = _("Planning lies furthest behind what was expected for this year")
    matrix = maturity_matrix([Maturity(*row) for row in reached], levels, title=title, unknown=_("not assessed"))
    shape = _("Four of six steps fall short of their goal")
    star = radar(
        [Axis(name, value, goal) for name, value, goal in reached], most=5, title=shape, unknown=_("not assessed")
    )
    return [figures.Figure(title, matrix), figures.Figure(shape, star)]


def tree_figure() -> figures.Figure:
    """A cluster of sixteen cases."""
    cases = [
        Case(f"c{i}", TODAY - timedelta(days=40 - i * 2 - i % 3), "" if parent is None else f"c{parent}",
             _("Case %(n)s") % {"n": i + 1}, 0.4 if i % 5 == 4 else 0.9, 2 if i > 12 else 1)
        for i, parent in enumerate(_PARENTS)
    ]  # fmt: skip
    title = _("One case in the market led to twelve others in four weeks")
    return figures.Figure(
        title,
        transmission_tree(cases, title=title, day=figures.axis_day),
        None,
        _("Dashed: the source is less likely than not."),
    )


def flow_figure() -> figures.MapFigure:
    """Where people travel in the morning."""
    places = zones()
    pairs = [(a, b) for a in range(0, len(places), 4) for b in (18, 25)]
    found = [
        flows.Flow(f"z{a}", f"z{b}", 9000 / (1 + abs(a - b)), f"{places[a].name} → {places[b].name}") for a, b in pairs
    ]
    title = _("In the morning most people travel to two zones in the centre")
    svg = flows.flow_map(maps.lay_out(places), found, title=title, words=figures.map_words())
    return figures.MapFigure(title, svg, [], id="map-flow")
