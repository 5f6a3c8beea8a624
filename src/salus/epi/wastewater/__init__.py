"""Wastewater: normalisation, trend, and reproduction numbers from concentrations."""

from __future__ import annotations

from salus.epi.wastewater.normalisation import NormalisedLoad, normalise_wastewater
from salus.epi.wastewater.reproduction import WastewaterRt, wastewater_rt
from salus.epi.wastewater.trend import WastewaterTrend, wastewater_trend

__all__ = [
    "NormalisedLoad",
    "WastewaterRt",
    "WastewaterTrend",
    "normalise_wastewater",
    "wastewater_rt",
    "wastewater_trend",
]
