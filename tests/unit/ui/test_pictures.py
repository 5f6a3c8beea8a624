"""The other pictures that people want: grids, radar, transmission tree, flows."""

import math
from datetime import date, timedelta
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salus.web.ui import maps
from salus.web.ui.charts import Axis, Case, Grid, Maturity, heat_grid, maturity_matrix, radar, transmission_tree
from salus.web.ui.charts.tree import in_order
from salus.web.ui.flows import Flow, flow_map

NS = "{http://www.w3.org/2000/svg}"
DAY = date(2031, 3, 1)
EDGES = (10, 20, 30, 40)


def sound(drawing):
    roots = [ElementTree.fromstring(svg) for svg in (drawing.wide, drawing.narrow)]
    for svg in (drawing.wide, drawing.narrow):
        assert "style=" not in svg
        assert "nan" not in svg.lower()
    return roots


@pytest.mark.parametrize(
    "grid",
    [
        Grid([], [], [], EDGES),
        Grid(["Mon"], ["08"], [[None]], EDGES),
        Grid(["Mon"], ["08", "09"], [[math.nan]], EDGES),
        Grid(["A day with a very long name"] * 7, [str(h) for h in range(24)], [[h * 2 for h in range(24)]] * 7, EDGES),
    ],
)
def test_heat_grid(grid):
    wide, _narrow = sound(heat_grid(grid, title="Crowding"))
    if grid.rows:
        assert len(list(wide.iter(f"{NS}rect"))) == len(grid.rows) * len(grid.columns)


@pytest.mark.parametrize("rows", [[], [Maturity("Plan", None)], [Maturity("Plan", 2, 4), Maturity("Act", 9, 9)]])
def test_maturity_matrix(rows):
    drawing = maturity_matrix(rows, ["One", "Two", "Three"], title="Maturity")
    sound(drawing)
    assert ("not assessed" in drawing.wide) == (len(rows) == 1)


@pytest.mark.parametrize("count", [0, 2, 3, 6, 14])
def test_radar(count):
    values = [None, math.nan, 3, 99, -1]
    axes = [Axis(f"A dimension with a long name {i}", values[i % 5], 4) for i in range(count)]
    sound(radar(axes, most=5, title="Maturity"))


def cases(parents):
    return [Case(f"c{i}", DAY + timedelta(days=i), parent, f"Case {i}") for i, parent in enumerate(parents)]


@given(st.lists(st.one_of(st.just(""), st.integers(0, 12).map(lambda n: f"c{n}")), max_size=12))
def test_any_tree_shows_every_case_once_even_with_loops(parents):
    found = cases(parents)
    assert sorted(c.id for c in in_order(found)) == sorted(c.id for c in found)
    sound(transmission_tree(found, title="Tree"))


def test_a_branch_stays_together():
    assert [c.id for c in in_order(cases(["", "c0", "", "c1", "c2"]))] == ["c0", "c1", "c3", "c2", "c4"]


def test_a_tree_of_many_and_of_none():
    sound(transmission_tree(cases([""] + [f"c{i // 2}" for i in range(200)]), title="Tree"))
    assert "No data" in transmission_tree([], title="Tree").wide


def test_flows_leave_out_what_cannot_be_drawn():
    ring = [(2.0, 48.0), (2.1, 48.0), (2.1, 48.1), (2.0, 48.1)]
    zones = [maps.Zone("a", "A", [ring]), maps.Zone("b", "B", [[(x + 0.1, y) for x, y in ring]])]
    flows = [
        Flow("a", "b", 30, "A to B"),
        Flow("b", "a", 5),
        Flow("a", "a", 9),
        Flow("a", "x", 9),
        Flow("a", "b", math.nan),
    ]
    svg = flow_map(maps.lay_out(zones), flows, title="Flows")
    root = ElementTree.fromstring(svg)
    group = next(g for g in root.iter(f"{NS}g") if g.get("class") == "flows")
    assert len(list(group)) == 2
    assert ElementTree.fromstring(flow_map(maps.lay_out([]), flows, title="Flows")) is not None
