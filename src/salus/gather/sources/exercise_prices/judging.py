"""What is wrong with a line of a market's list, and what its price is in the usual unit."""

from __future__ import annotations

import math
from collections.abc import Container, Mapping
from datetime import date

from salus.gather.schemas import Defect
from salus.gather.sources.goods import goods

COLUMNS = ["report_id", "market", "product", "observed_on", "price", "unit"]
# A price this many times above or below what is asked elsewhere is a slip of the pen, and no dearness.
UNLIKELY = 12.0


def price_of(row: Mapping[str, str]) -> float | None:
    """Return the price in the usual unit, or None where it cannot be said."""
    good = goods().get(row["product"])
    part = good.units_in(row["unit"]) if good else None
    try:
        price = float(row["price"])
    except ValueError:
        return None
    return price / part if part and math.isfinite(price) else None


def day_of(row: Mapping[str, str]) -> date | None:
    """Return the day of a price."""
    try:
        return date.fromisoformat(row["observed_on"])
    except ValueError:
        return None


def defects_of(row: Mapping[str, str], line: int, markets: Container[str], usual: float | None) -> list[Defect]:
    """Return what is wrong; `usual` is what is asked for the goods elsewhere, as far as that is known."""
    good = goods().get(row["product"])
    found = []
    if row["market"] not in markets:
        found.append(Defect(line, "market", row["market"], "unknown_place"))
    if day_of(row) is None:
        found.append(Defect(line, "observed_on", row["observed_on"], "bad_date", {"order": "ymd"}))
    if good is None:
        found.append(Defect(line, "product", row["product"], "unknown_product"))
    elif good.units_in(row["unit"]) is None:
        found.append(Defect(line, "unit", row["unit"], "other_unit", {"wanted": good.unit}))
    price = price_of(row)
    if price is None and good is not None and good.units_in(row["unit"]) is not None:
        found.append(Defect(line, "price", row["price"], "bad_number"))
    elif price is not None and price <= 0:
        found.append(Defect(line, "price", row["price"], "negative", {"kind": "price"}))
    elif price is not None and usual and not 1 / UNLIKELY < price / usual < UNLIKELY:
        found.append(Defect(line, "price", row["price"], "unlikely_price", {"usual": f"{usual:.2f}"}))
    return found
