"""What is wrong with a posting of a stock book."""

from __future__ import annotations

import math
from collections.abc import Container, Mapping
from datetime import date

from salus.gather.schemas import Defect
from salus.gather.sources.goods import goods

COLUMNS = ["posting_id", "happened_on", "place", "product", "kind", "quantity", "reference"]
RECEIPT, ISSUE, COUNT, CORRECTION = "receipt", "issue", "count", "correction"
KINDS = (RECEIPT, ISSUE, COUNT, CORRECTION)


def quantity_of(row: Mapping[str, str]) -> float | None:
    """Return the quantity of a posting, or None where it is no number."""
    try:
        value = float(row["quantity"])
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def day_of(row: Mapping[str, str]) -> date | None:
    """Return the day on which it happened."""
    try:
        return date.fromisoformat(row["happened_on"])
    except ValueError:
        return None


def defects_of(row: Mapping[str, str], line: int, places: Container[str]) -> list[Defect]:
    """Return what is wrong with a posting."""
    found, quantity = [], quantity_of(row)
    if row["place"] not in places:
        found.append(Defect(line, "place", row["place"], "unknown_place"))
    if row["product"] not in goods():
        found.append(Defect(line, "product", row["product"], "unknown_product"))
    if day_of(row) is None:
        found.append(Defect(line, "happened_on", row["happened_on"], "bad_date", {"order": "ymd"}))
    if row["kind"] not in KINDS:
        found.append(Defect(line, "kind", row["kind"], "unknown_kind", {"kinds": ", ".join(KINDS)}))
    if quantity is None:
        found.append(Defect(line, "quantity", row["quantity"], "bad_number"))
    elif quantity < 0 and row["kind"] != CORRECTION:
        found.append(Defect(line, "quantity", row["quantity"], "unlikely_amount", {"kind": row["kind"]}))
    return found
