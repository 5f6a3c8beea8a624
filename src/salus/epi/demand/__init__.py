"""Beds: forecasts of occupancy, lengths of stay, flow of patients between wards."""

from __future__ import annotations

from salus.epi.demand.occupancy import OccupancyForecast, forecast_occupancy
from salus.epi.demand.stays import LengthOfStay, length_of_stay
from salus.epi.demand.wards import Ward, WardFlow, ward_flow

__all__ = [
    "LengthOfStay",
    "OccupancyForecast",
    "Ward",
    "WardFlow",
    "forecast_occupancy",
    "length_of_stay",
    "ward_flow",
]
