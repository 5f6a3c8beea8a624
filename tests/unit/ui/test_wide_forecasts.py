"""A forecast that knows little does not flatten what is known."""

from __future__ import annotations

import re
from datetime import date, timedelta

from salus.web.ui.charts.curve import Curve, Observed, Quantiles, epidemic_curve

START = date(2026, 1, 1)


def curve(widest: float) -> Curve:
    observed = [Observed(START + timedelta(days=n), 100.0 + n) for n in range(30)]
    forecast = [Quantiles(START + timedelta(days=30 + n), 5.0, 80.0, 120.0, 160.0, widest) for n in range(5)]
    return Curve(observed=observed, forecast=forecast)


def test_a_wide_range_is_cut_and_says_so() -> None:
    wide = curve(50_000.0)
    assert wide.is_cut
    assert wide.highest == 320.0
    heights = [float(y) for y in re.findall(r"[\d.]+,(-?[\d.]+)", epidemic_curve(wide, title="T").wide)]
    assert min(heights, default=0.0) >= 0.0


def test_a_range_that_fits_is_drawn_whole() -> None:
    usual = curve(210.0)
    assert not usual.is_cut
    assert usual.highest == 210.0
