"""Supplies: burn rate, days of supply, time of stock-out, when to order."""

from __future__ import annotations

from salus.epi.supplies.burn import BurnRate, burn_rate, days_of_supply
from salus.epi.supplies.depletion import ReorderPoint, StockOut, reorder_point, stock_out
from salus.epi.supplies.usage import draw_usage

__all__ = [
    "BurnRate",
    "ReorderPoint",
    "StockOut",
    "burn_rate",
    "days_of_supply",
    "draw_usage",
    "reorder_point",
    "stock_out",
]
