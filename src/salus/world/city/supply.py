"""What the city lives on: products, suppliers, stocks with their lots, vehicles, and prices on its markets."""

from __future__ import annotations

from typing import Any

import numpy as np

from salus.world.city.people import People
from salus.world.city.places import Place

Row = dict[str, Any]

# Code, name, unit, kept cold, price, days it keeps, used a day by each 1,000 people in quiet times, who keeps it.
PRODUCTS: tuple[tuple[str, str, str, bool, float, int, float, tuple[str, ...]], ...] = (
    ("mask", "Surgical mask", "piece", False, 0.08, 1460, 22.0, ("hospital", "clinic", "pharmacy", "warehouse")),
    ("respirator", "FFP2 respirator", "piece", False, 0.55, 1460, 4.0, ("hospital", "warehouse")),
    ("glove", "Examination glove", "pair", False, 0.07, 1460, 30.0, ("hospital", "clinic", "warehouse")),
    ("gown", "Protective gown", "piece", False, 1.9, 1460, 1.6, ("hospital", "warehouse")),
    ("antigen_test", "Rapid antigen test", "piece", False, 1.6, 540, 1.2, ("pharmacy", "clinic", "warehouse")),
    ("pcr_kit", "PCR reagent", "test", True, 7.5, 270, 0.6, ("laboratory", "warehouse")),
    ("vaccine_resp", "Respiratory vaccine", "dose", True, 14.0, 180, 0.12, ("pharmacy", "clinic", "warehouse")),
    ("vaccine_mmr", "Measles vaccine", "dose", True, 21.0, 540, 0.06, ("clinic", "warehouse")),
    ("antiviral", "Antiviral course", "course", False, 95.0, 730, 0.02, ("hospital", "pharmacy", "warehouse")),
    ("antibiotic", "Antibiotic course", "course", False, 6.0, 900, 1.3, ("hospital", "pharmacy")),
    ("oxygen", "Medical oxygen", "m3", False, 0.9, 3650, 3.4, ("hospital",)),
    ("insulin", "Insulin", "vial", True, 24.0, 360, 0.9, ("pharmacy", "hospital")),
    ("ors", "Oral rehydration salts", "sachet", False, 0.3, 1095, 0.25, ("pharmacy", "clinic", "warehouse")),
    ("antidote", "Atropine kit", "kit", False, 38.0, 1095, 0.001, ("hospital",)),
    ("water", "Drinking water", "litre", False, 0.4, 540, 60.0, ("market", "warehouse")),
    ("staple", "Flour, rice and pulses", "kg", False, 1.1, 365, 330.0, ("market", "warehouse")),
    ("fresh", "Vegetables and fruit", "kg", True, 2.2, 8, 380.0, ("market",)),
    ("milk", "Milk", "litre", True, 1.2, 10, 190.0, ("market",)),
    ("infant_formula", "Infant formula", "kg", False, 16.0, 540, 1.9, ("market", "pharmacy")),
    ("body_bag", "Body bag", "piece", False, 9.0, 1825, 0.02, ("hospital", "warehouse")),
    ("fever_medicine", "Fever medicine", "pack", False, 2.4, 1095, 6.0, ("hospital", "pharmacy", "warehouse")),
)
PRODUCT_CODES = tuple(row[0] for row in PRODUCTS)
_SUPPLIERS = (
    ("Meridian Medical", "abroad", 21.0, 0.90),
    ("Atlas Surgical", "abroad", 28.0, 0.84),
    ("Alma Pharma", "city", 3.0, 0.97),
    ("Nordic Diagnostics", "abroad", 12.0, 0.92),
    ("Levant Trading", "country", 7.0, 0.93),
    ("Costa Foods", "country", 2.0, 0.97),
    ("Green Valley Growers", "country", 1.0, 0.96),
    ("Springwater Alma", "city", 1.0, 0.98),
    ("BioReserve", "country", 9.0, 0.95),
)
_COVER_DAYS = {"hospital": 9.0, "clinic": 12.0, "pharmacy": 8.0, "laboratory": 10.0, "market": 4.0, "warehouse": 26.0}


def products() -> list[Row]:
    """Return what is bought, kept and used."""
    names = ("product", "name", "unit", "cold", "price", "keeps_days", "use_per_1000_a_day")
    return [dict(zip(names, row[:7], strict=True)) for row in PRODUCTS]


def suppliers(people: int, rng: np.random.Generator) -> list[Row]:
    """Return who sells what, how long they take and how often they fail; each product has at least two."""
    rows = []
    for number, (name, origin, lead, kept) in enumerate(_SUPPLIERS, start=1):
        sells = [code for n, code in enumerate(PRODUCT_CODES) if (n + number) % len(_SUPPLIERS) in {0, 3, 5}]
        for code in sells:
            use = next(row[6] for row in PRODUCTS if row[0] == code)
            rows.append(
                {
                    "supplier": f"SUP-{number}",
                    "name": name,
                    "product": code,
                    "origin": origin,
                    "lead_days": round(lead * rng.lognormal(0.0, 0.15), 1),
                    "lead_days_sd": round(0.3 * lead, 1),
                    "delivers_in_full": round(min(kept + rng.normal(0, 0.02), 0.99), 3),
                    "most_a_day": round(use * people / 1000 * rng.uniform(0.8, 1.6) + 20),
                }
            )
    return rows


def stocks(people: People, places: list[Place], rng: np.random.Generator) -> tuple[list[Row], list[Row]]:
    """Return what lies where, and the lots of it with the day on which each expires."""
    held: list[Row] = []
    lots: list[Row] = []
    for code, _name, _unit, _cold, _price, keeps, use, kinds in PRODUCTS:
        total = use * people.count / 1000
        for kind in kinds:
            at = [place for place in places if place.kind == kind]
            share = rng.dirichlet(np.full(len(at), 6.0)) if at else np.zeros(0)
            for place, part in zip(at, share, strict=True):
                daily = total * part / len(kinds)
                amount = int(daily * _COVER_DAYS[kind] * rng.uniform(0.7, 1.3)) + 1
                held.append({"place": place.code, "product": code, "amount": amount, "used_a_day": round(daily, 3)})
                lots += _lots(place.code, code, amount, keeps, rng)
    return held, lots


def _lots(place: str, product: str, amount: int, keeps: int, rng: np.random.Generator) -> list[Row]:
    count = int(min(max(amount // 400, 1), 3))
    sizes = rng.multinomial(amount, np.full(count, 1 / count))
    return [
        {
            "lot": f"{product[:4].upper()}{rng.integers(10**7):07d}",
            "place": place,
            "product": product,
            "amount": int(size),
            "supplier": f"SUP-{rng.integers(1, len(_SUPPLIERS) + 1)}",
            "expires_after_days": int(rng.integers(max(keeps // 5, 1), keeps + 1)),
        }
        for size in sizes
        if size
    ]


def vehicles(people: int, depots: list[str], rng: np.random.Generator) -> list[Row]:
    """Return the vehicles that carry people and goods, and where each stands."""
    wanted = (
        ("ambulance", 9_000, 2, False),
        ("van", 14_000, 3, False),
        ("cold_van", 40_000, 3, True),
        ("lorry", 50_000, 18, False),
        ("cold_lorry", 130_000, 16, True),
        ("bus", 5_500, 80, False),
        ("boat", 130_000, 6, False),
    )
    rows: list[Row] = []
    for kind, per, holds, cold in wanted:
        for number in range(max(round(people / per), 1)):
            depot = depots[int(rng.integers(len(depots)))]
            rows.append({"vehicle": f"{kind.upper()}-{number + 1}", "kind": kind, "holds": holds, "cold": cold,
                         "depot": depot})  # fmt: skip
    return rows


def prices(places: list[Place], rng: np.random.Generator) -> list[Row]:
    """Return the price of each food and remedy at each market in quiet times."""
    sold = [row for row in PRODUCTS if {"market", "pharmacy"} & set(row[7])]
    return [
        {"market": place.code, "product": row[0], "price": round(row[4] * float(rng.lognormal(0.0, 0.07)), 2)}
        for place in places
        if place.kind == "market"
        for row in sold
    ]
