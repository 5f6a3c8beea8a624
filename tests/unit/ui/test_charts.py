"""Charts: well-formed, finite, readable at phone width, calm when there is nothing to draw."""

import math
import re
from datetime import UTC, date, datetime, timedelta
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salus.web.ui.charts import (
    Bar,
    Curve,
    Fan,
    Mark,
    Observed,
    Quantiles,
    Ring,
    Span,
    bar_chart,
    chain_timeline,
    epidemic_curve,
    fan_with_outcome,
    gantt,
    sparkline,
)  # fmt: skip
from salus.web.ui.charts.scales import TimeScale, tick_days, ticks
from salus.web.ui.charts.svg import num, shorten, text_width, wrap

NS = "{http://www.w3.org/2000/svg}"
DAY = date(2031, 3, 1)
BAD = [None, math.nan, math.inf]


def days(count):
    return [DAY + timedelta(days=i) for i in range(count)]


def band(on, middle=10.0):
    return Quantiles(on, middle * 0.5, middle * 0.8, middle, middle * 1.3, middle * 1.9)


def check(svg):
    """Parse one drawing and hold it to the rules that all drawings share."""
    root = ElementTree.fromstring(svg)
    assert root.find(f"{NS}title").text
    assert root.get("role") in ("img", "group")
    assert root.get("aria-labelledby").split()[0] == root.find(f"{NS}title").get("id")
    assert "style=" not in svg
    assert not re.search(r"\b(NaN|nan|inf|Infinity|None)\b", svg)
    width, height = map(float, root.get("viewBox").split()[2:])
    for words in root.iter(f"{NS}text"):
        inside(words, width, height)
    ids = [e.get("id") for e in root.iter() if e.get("id")]
    assert len(ids) == len(set(ids))
    return root


def inside(words, width, height):
    """No text leaves the frame, by our own careful estimate of its width."""
    size, x, y = float(words.get("font-size")), float(words.get("x")), float(words.get("y"))
    room = text_width(words.text or "", size) * 0.98
    start = {"start": x, "middle": x - room / 2, "end": x - room}[words.get("text-anchor", "start")]
    assert start >= -2, words.text
    assert start + room <= width + 2, words.text
    assert 0 <= y <= height, words.text


def both(drawing):
    return check(drawing.wide), check(drawing.narrow)


CURVES = {
    "empty": Curve([]),
    "all missing": Curve([Observed(d, v) for d, v in zip(days(3), BAD, strict=True)]),
    "one point": Curve([Observed(DAY, 4)]),
    "zeros": Curve([Observed(d, 0) for d in days(9)], today=DAY),
    "whole": Curve(
        [Observed(d, i) for i, d in enumerate(days(30))], [band(d) for d in days(30)[-5:]],
        [band(DAY + timedelta(days=30 + i)) for i in range(14)],
        [Mark(DAY, "A signal with a rather long name"), Mark(days(30)[20])], days(30)[-1], "Cases a day",
    ),
    "only forecast": Curve([], forecast=[band(DAY)], today=DAY),
    "weeks": Curve([Observed(DAY + timedelta(weeks=i), i * 1000) for i in range(60)]),
    "years": Curve([Observed(d, 3 if i % 7 else None) for i, d in enumerate(days(2000))]),
    "broken band": Curve([Observed(DAY, 1)], [Quantiles(DAY, math.nan, 1, 2, 3, 4)]),
    "huge": Curve([Observed(d, 1.5e9) for d in days(4)], unit="A unit that is much longer than any phone is wide, surely so"),
}  # fmt: skip


@pytest.mark.parametrize("name", CURVES)
def test_epidemic_curve(name):
    both(epidemic_curve(CURVES[name], title="Cases <rise> & fall", desc='Said "so"'))


def test_the_curve_marks_its_three_states():
    wide = epidemic_curve(CURVES["whole"], title="t").wide
    for part in ('class="bar"', 'class="bar-partial"', "line dash", "url(#", 'class="b50"', 'class="b90"', ">Today<"):
        assert part in wide


def test_a_curve_without_data_says_so():
    assert "No data" in epidemic_curve(CURVES["empty"], title="t").wide


@given(st.lists(st.one_of(st.none(), st.floats(allow_nan=True, allow_infinity=True, width=32)), max_size=40))
def test_any_numbers_make_a_sound_curve(values):
    observed = [Observed(d, v if v is None or not v < 0 else 0) for d, v in zip(days(len(values)), values, strict=True)]
    both(epidemic_curve(Curve(observed), title="t"))
    check(sparkline(values, title="t"))


@pytest.mark.parametrize("values", [[], [None], [None, None], [3], [0, 0], [1, None, 2], BAD, [5, 5, 5], [-1, 4]])
def test_sparkline(values):
    check(sparkline(values, title="Steady"))


@pytest.mark.parametrize(
    "bars",
    [
        [], [Bar("Only", None)], [Bar("Nil", 0)], [Bar("A very long name of a very large zone of the city", 3, 1, 9)],
        [Bar("Loss", -4), Bar("Gain", 7, category=9)], [Bar(str(i), i, category=i) for i in range(12)],
        [Bar("Few", None, words="fewer than 5"), Bar("Bad", math.nan)],
    ],
)  # fmt: skip
def test_bar_chart(bars):
    both(bar_chart(bars, title="Bars"))


def rings(count):
    return [Ring("Decision", f"Open centre {i}", "3 Mar", "4 hours 38 minutes", "/x", i == 1) for i in range(count)]


@pytest.mark.parametrize("count", [0, 1, 2, 6, 15])
def test_chain(count):
    wide, _narrow = both(chain_timeline(rings(count), title="Chain", nothing="No chain"))
    assert len(list(wide.iter(f"{NS}circle"))) == count
    assert wide.get("role") == ("group" if count else "img")


FANS = {
    "empty": Fan([], []),
    "only outcome": Fan([], [Observed(DAY, 3)]),
    "only band": Fan([band(d) for d in days(5)], []),
    "whole": Fan(
        [band(d) for d in days(5)],
        [Observed(d, 8 + 4 * i) for i, d in enumerate(days(5))],
        [Observed(DAY - timedelta(days=3), 4)],
        DAY,
    ),
    "missing": Fan([band(d) for d in days(3)], [Observed(d, v) for d, v in zip(days(3), BAD, strict=True)]),
}


@pytest.mark.parametrize("name", FANS)
def test_fan(name):
    both(fan_with_outcome(FANS[name], title="Fan"))


def test_fan_counts_its_hits():
    assert FANS["whole"].hits() == (3, 5)
    assert FANS["missing"].hits() == (0, 0)


@pytest.mark.parametrize("hours", [0, 1, 12, 70, 24 * 40])
def test_gantt(hours):
    start = datetime(2031, 3, 18, 8, tzinfo=UTC)
    end = start + timedelta(hours=hours)
    spans = [Span("Deliver a great many tests to every centre", start, end, 0.4, "late"), Span("Call", start, end, 2)]
    both(gantt(spans, title="Tasks", now=start + timedelta(hours=hours / 2)))


def test_gantt_without_tasks():
    assert "No tasks" in gantt([], title="Tasks").narrow


@given(st.floats(min_value=1e-6, max_value=1e12))
def test_ticks_are_round_and_reach_the_top(high):
    marks = ticks(high)
    assert marks[0] == 0
    assert marks[-1] >= high * 0.999999
    assert 2 <= len(marks) <= 12


@given(st.dates(date(1950, 1, 1), date(2100, 1, 1)), st.integers(0, 20000))
def test_tick_days_stay_inside_and_few(first, extent):
    last = first + timedelta(days=extent)
    found = tick_days(first, last, 6)
    assert found
    assert all(first <= d <= last for d in found) or found == [first]
    assert len(found) <= 26


def test_the_time_scale_of_one_moment():
    assert TimeScale.over([DAY], 0, 100)(DAY) == 50


def test_text_is_cut_and_wrapped():
    assert shorten("A long name indeed", 12, 60).endswith("…")
    assert shorten("Short", 12, 200) == "Short"
    assert len(wrap("one two three four five six seven", 12, 80, 2)) == 2


def test_a_coordinate_is_finite():
    with pytest.raises(ValueError, match="finite"):
        num(math.nan)
