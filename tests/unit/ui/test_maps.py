"""Maps: bins by magnitude, absences shown as absences, every zone a link, small enough for a phone."""

import math
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salus.web.ui import maps
from salus.web.ui.bins import bin_labels, bin_of, magnitude_bins
from salus.web.ui.projection import doubled_area, fit, mercator, snap

NS = "{http://www.w3.org/2000/svg}"
EDGES = (10.0, 20.0, 30.0, 40.0)


def square(x, y, side=0.01, steps=1):
    edge = [i * side / steps for i in range(steps)]
    ring = [(x + e, y) for e in edge] + [(x + side, y + e) for e in edge]
    return [*ring, *[(x + side - e, y + side) for e in edge], *[(x, y + side - e) for e in edge], (x, y)]


def city(across=4, steps=1):
    return [
        maps.Zone(f"z{i}-{j}", f"Zone {i} & {j}", [square(2 + i * 0.01, 48 + j * 0.01, steps=steps)], f"/zone/{i}-{j}/")
        for i in range(across)
        for j in range(across)
    ]


def parse(svg):
    root = ElementTree.fromstring(svg)
    assert "style=" not in svg
    assert "nan" not in svg.lower().replace("nance", "")
    return root


def test_every_zone_is_a_named_link():
    zones = city()
    root = parse(
        maps.choropleth(zones, {z.id: 12.0 for z in zones}, EDGES, title="Rates", labels={"z0-0": "12 per 100,000"})
    )
    links = list(root.iter(f"{NS}a"))
    assert [a.get("href") for a in links] == [z.href for z in zones]
    assert links[0].find(f"{NS}title").text == "Zone 0 & 0: 12 per 100,000"


@pytest.mark.parametrize(
    ("value", "class_"),
    [
        (0, "q1"),
        (10, "q2"),
        (25.5, "q3"),
        (39.9, "q4"),
        (4e9, "q5"),
        (None, "q0"),
        (math.nan, "q0"),
        (maps.SUPPRESSED, "qs"),
    ],
)
def test_class_of(value, class_):
    assert maps.class_of(value, EDGES) == class_


def test_absences_look_different():
    zones = city(2)
    values = {"z0-0": None, "z0-1": maps.SUPPRESSED, "z1-0": 0.0}
    svg = maps.choropleth(zones, values, EDGES, title="Rates")
    for words in (
        "Zone 0 &amp; 0: no data",
        "Zone 0 &amp; 1: hidden for privacy",
        "Zone 1 &amp; 0: 0.0",
        "Zone 1 &amp; 1: no data",
    ):
        assert words in svg
    assert svg.count('class="q0"') == 2
    assert "url(#" in svg


@pytest.mark.parametrize("zones", [[], [maps.Zone("a", "A", [])], [maps.Zone("a", "A", [[(2, 48)]])]])
def test_little_or_nothing_to_draw(zones):
    root = parse(maps.choropleth(zones, {}, EDGES, title="Rates"))
    assert root.get("viewBox")


def test_a_large_city_stays_small():
    zones = city(14, steps=60)
    svg = maps.choropleth(zones, {z.id: 20.0 for z in zones}, EDGES, title="Rates")
    assert len(zones) > 177
    assert len(svg) < 120_000


def test_a_tiny_zone_stays_visible():
    zones = [*city(3), maps.Zone("dot", "Dot", [square(2.005, 48.005, 1e-7)], "/dot/")]
    assert 'data-zone="dot"' in maps.choropleth(zones, {}, EDGES, title="Rates")


def test_neighbours_share_their_border():
    zones = city(2, steps=7)
    layout = maps.lay_out(zones)
    cells = [set(s.rings[0]) for s in layout.shapes]
    assert len(cells[0] & cells[1]) >= 2


def test_levels_have_pattern_and_word():
    zones = city(2)
    levels = {
        "z0-0": maps.ZoneLevel(5, "Act now", True),
        "z0-1": maps.ZoneLevel(3, "Raised"),
        "z1-0": maps.ZoneLevel(1, "Usual"),
    }
    svg = maps.level_map(zones, levels, title="Levels")
    parse(svg)
    assert 'class="act"' in svg
    assert ": Raised" in svg
    assert svg.count('class="over"') == 2


def test_signals_by_zone_and_by_place():
    zones = city(2)
    signals = [maps.Signal("z0-0", label="Here"), maps.Signal(lon=2.01, lat=48.01), maps.Signal("nowhere")]
    root = parse(maps.choropleth(zones, {}, EDGES, title="Rates", signals=signals))
    group = next(g for g in root.iter(f"{NS}g") if g.get("class") == "signals")
    assert len(list(group)) == 2


@given(st.lists(st.one_of(st.none(), st.floats(0, 1e7)), max_size=60))
def test_bins_rise_and_hold_every_value(values):
    edges = magnitude_bins(values)
    assert list(edges) == sorted(set(edges))
    assert all(e > 0 for e in edges)
    for value in values:
        if value is not None:
            assert 1 <= bin_of(value, edges) <= 5


def test_bins_follow_the_magnitude():
    assert magnitude_bins([0, 0, 0]) == (1, 2, 5, 10)
    assert magnitude_bins([]) == (1, 2, 5, 10)
    assert magnitude_bins(list(range(100))) == (20, 40, 60, 80)
    wide = magnitude_bins([1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144])
    assert wide[3] / wide[0] >= 10


def test_bin_labels():
    labels = bin_labels(EDGES, lambda v: f"{v:.0f}")
    assert labels == ["under 10", "10 to 20", "20 to 30", "30 to 40", "40 and over"]


def test_projection_at_the_ends_of_the_world():
    assert all(map(math.isfinite, mercator(180, 90)))
    frame = fit([square(-179, -89, 178)], 1000)
    assert 0 < frame.height <= 1300
    assert doubled_area(snap(square(-179, -80, 100), frame, 1)) > 0


@pytest.mark.parametrize("class_", ["q0", "q1", "q5", "qs", "act"])
def test_swatches(class_):
    parse(maps.swatch(class_, shape=3))
