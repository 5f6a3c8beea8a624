"""Who holds what in a city: shelves, their suppliers and markets, as the city pack lists them."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from salus.world.truth.place import FloatArray

if TYPE_CHECKING:
    from salus.world.truth.run import Run

IntArray = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Shelves:
    """Every product at every holder, one position each.

    Attributes
    ----------
    places, products, kinds : tuple of str
        Codes by number.
    place, product, kind, zone : IntArray, shape (N,)
        Of each shelf; `kind` is that of its holder.
    opening, base : FloatArray, shape (N,)
        What lies there at the beginning, and what is used a day in quiet times.
    suppliers : tuple of str
    sells : FloatArray, shape (suppliers, products)
        How much of a product a supplier can deliver a day; 0 where it does not sell it.
    lead, lead_sd, in_full : FloatArray, shape (suppliers, products)
        Days until it delivers, their spread, and how often it delivers everything.
    markets : tuple of str
    market_zone : IntArray, shape (markets,)
    prices : FloatArray, shape (markets, products)
        In quiet times; NaN where a market does not sell a product.

    """

    places: tuple[str, ...]
    products: tuple[str, ...]
    kinds: tuple[str, ...]
    place: IntArray
    product: IntArray
    kind: IntArray
    zone: IntArray
    opening: FloatArray
    base: FloatArray
    suppliers: tuple[str, ...]
    sells: FloatArray
    lead: FloatArray
    lead_sd: FloatArray
    in_full: FloatArray
    markets: tuple[str, ...]
    market_zone: IntArray
    prices: FloatArray

    def of_kinds(self, *kinds: str) -> NDArray[np.bool_]:
        """Return which shelves belong to holders of some kinds."""
        return np.isin(self.kind, [self.kinds.index(kind) for kind in kinds if kind in self.kinds])


def rows_of(path: Path) -> list[dict[str, str]]:
    """Return the rows of a table of the pack."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def read_shelves(run: Run) -> Shelves:
    """Read what a run's city pack says of supplies."""
    pack = run.pack
    zones = {code: number for number, code in enumerate(run.place.zones)}
    about = {row["code"]: (row["kind"], zones[row["zone"]]) for row in rows_of(pack / "facilities.csv")}
    number = {row["product"]: place for place, row in enumerate(rows_of(pack / "products.csv"))}
    held = rows_of(pack / "stocks.csv")
    places = tuple(dict.fromkeys(row["place"] for row in held))
    seat = {code: place for place, code in enumerate(places)}
    kinds = tuple(sorted({about[code][0] for code in places}))
    (suppliers, tables), (markets, prices) = _suppliers(pack, number), _prices(pack, number)
    return Shelves(
        places=places,
        products=tuple(number),
        kinds=kinds,
        place=np.array([seat[row["place"]] for row in held]),
        product=np.array([number[row["product"]] for row in held]),
        kind=np.array([kinds.index(about[row["place"]][0]) for row in held]),
        zone=np.array([about[row["place"]][1] for row in held]),
        opening=np.array([float(row["amount"]) for row in held]),
        base=np.array([float(row["used_a_day"]) for row in held]),
        suppliers=suppliers,
        sells=tables["most_a_day"],
        lead=tables["lead_days"],
        lead_sd=tables["lead_days_sd"],
        in_full=tables["delivers_in_full"],
        markets=markets,
        market_zone=np.array([about[code][1] for code in markets]),
        prices=prices,
    )


def _suppliers(pack: Path, number: dict[str, int]) -> tuple[tuple[str, ...], dict[str, FloatArray]]:
    rows = rows_of(pack / "suppliers.csv")
    codes = tuple(dict.fromkeys(row["supplier"] for row in rows))
    names = ("most_a_day", "lead_days", "lead_days_sd", "delivers_in_full")
    tables = {name: np.zeros((len(codes), len(number))) for name in names}
    for row in rows:
        at = codes.index(row["supplier"]), number[row["product"]]
        for name, table in tables.items():
            table[at] = float(row[name])
    return codes, tables


def _prices(pack: Path, number: dict[str, int]) -> tuple[tuple[str, ...], FloatArray]:
    rows = rows_of(pack / "prices.csv")
    markets = tuple(dict.fromkeys(row["market"] for row in rows))
    seat = {code: place for place, code in enumerate(markets)}
    table = np.full((len(markets), len(number)), np.nan)
    for row in rows:
        table[seat[row["market"]], number[row["product"]]] = float(row["price"])
    return markets, table
