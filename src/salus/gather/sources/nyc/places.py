"""New York's zones: 177 postcode areas and 42 neighbourhoods in five boroughs, and who lives there."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import shapely
from django.utils.translation import gettext as _
from shapely.geometry import mapping, shape

from salus.base.errors import Invalid
from salus.gather.sources.chunks import CityChunk, PopulationChunk, PopulationSpec, ZonesChunk, ZoneSpec
from salus.gather.sources.files import read_csv, read_features

ROOT = "NYC"
VALID_FROM = date(2020, 1, 1)
BOROUGHS: dict[str, tuple[str, dict[str, str]]] = {
    "Bronx": ("BX", {"en": "Bronx", "fr": "Bronx", "ar": "برونكس"}),
    "Brooklyn": ("BK", {"en": "Brooklyn", "fr": "Brooklyn", "ar": "بروكلين"}),
    "Manhattan": ("MN", {"en": "Manhattan", "fr": "Manhattan", "ar": "مانهاتن"}),
    "Queens": ("QN", {"en": "Queens", "fr": "Queens", "ar": "كوينز"}),
    "Staten Island": ("SI", {"en": "Staten Island", "fr": "Staten Island", "ar": "ستاتن آيلاند"}),
}
CITY = CityChunk(
    slug="nyc",
    name={"en": "New York City", "fr": "New York", "ar": "مدينة نيويورك"},
    time_zone="America/New_York",
    languages=("en", "fr", "ar"),
    help_phone="311",
    centre=(-73.94, 40.70),
)
_COLUMNS = ["modified_zcta", "neighborhood_name", "borough_group", "label", "pop_denominator"]


def zone_table(folder: Path) -> pl.DataFrame:
    """Return the 177 zones as published: code, name, borough, postcodes, people."""
    table = read_csv(folder, "zones_modzcta.csv", _COLUMNS, text=["modified_zcta", "label"])
    unknown = set(table["borough_group"]) - set(BOROUGHS)
    if unknown:
        raise Invalid(
            _("The file zones_modzcta.csv names the borough %(names)s.") % {"names": ", ".join(sorted(unknown))},
            remedy=_("Only %(names)s are known.") % {"names": ", ".join(BOROUGHS)},
        )
    return table


def read_zones(folder: Path) -> ZonesChunk:
    """Return the generation of boundaries; boroughs and the city are dissolved from the zones."""
    table = zone_table(folder)
    shapes = _shapes(folder, table["modified_zcta"].to_list())
    leaves = _leaves(table, shapes, _postcodes(folder))
    present = set(table["borough_group"])
    boroughs = [_borough(name, table, shapes) for name in BOROUGHS if name in present]
    city = shapely.union_all([shape(spec.geometry) for spec in boroughs])
    root = ZoneSpec(ROOT, CITY.name, "city", None, mapping(_clean(city)))
    return ZonesChunk(
        name="MODZCTA 2020",
        valid_from=VALID_FROM,
        # Zones come before the neighbourhoods that cover the same ground: a place is looked up in this order.
        zones=(root, *boroughs, *leaves, *_neighbourhoods(folder, present)),
        repair=True,
    )


def _shapes(folder: Path, codes: list[str]) -> dict[str, dict[str, Any]]:
    # Code 99999 is parks and water that belong to no zone; nobody is counted there.
    shapes = {
        str(feature["properties"].get("MODZCTA")): feature["geometry"]
        for feature in read_features(folder, "modzcta.geojson")
    }
    lost = [code for code in codes if code not in shapes]
    if lost:
        raise Invalid(
            _("The file modzcta.geojson has no boundary for %(codes)s.") % {"codes": ", ".join(lost[:5])},
            remedy=_("Fetch the file that belongs to zones_modzcta.csv."),
        )
    return {code: shapes[code] for code in codes}


def _postcodes(folder: Path) -> dict[str, list[str]]:
    table = read_csv(folder, "zcta_to_modzcta.csv", ["ZCTA", "MODZCTA"], text=["ZCTA", "MODZCTA"])
    grouped = table.group_by("MODZCTA").agg(pl.col("ZCTA").sort())
    return dict(zip(grouped["MODZCTA"].to_list(), grouped["ZCTA"].to_list(), strict=True))


def _leaves(table: pl.DataFrame, shapes: dict[str, dict[str, Any]], postcodes: dict[str, list[str]]) -> list[ZoneSpec]:
    leaves = []
    for row in table.iter_rows(named=True):
        code = row["modified_zcta"]
        listed = [part.strip() for part in str(row["label"]).split(",")]
        leaves.append(
            ZoneSpec(
                code=code,
                name={"en": row["neighborhood_name"]},
                level="zone",
                parent_code=BOROUGHS[row["borough_group"]][0],
                geometry=shapes[code],
                aliases=tuple(sorted({code, *listed, *postcodes.get(code, [])})),
            )
        )
    return leaves


def _borough(name: str, table: pl.DataFrame, shapes: dict[str, dict[str, Any]]) -> ZoneSpec:
    code, text = BOROUGHS[name]
    members = table.filter(pl.col("borough_group") == name)["modified_zcta"]
    parts = [shapely.make_valid(shape(shapes[member])) for member in members]
    return ZoneSpec(code, text, "borough", ROOT, mapping(_clean(shapely.union_all(parts))))


def _neighbourhoods(folder: Path, present: set[str]) -> list[ZoneSpec]:
    specs = []
    for feature in read_features(folder, "uhf42.geojson"):
        properties = feature["properties"]
        if properties.get("BOROUGH") in present:
            specs.append(
                ZoneSpec(
                    code=f"UHF{properties['GEOCODE']}",
                    name={"en": properties["GEONAME"]},
                    level="neighbourhood",
                    parent_code=BOROUGHS[properties["BOROUGH"]][0],
                    geometry=feature["geometry"],
                )
            )
    return specs


def _clean(area: shapely.Geometry) -> shapely.Geometry:
    """Close the hairline gaps that neighbours drawn apart leave inside a dissolved area."""
    closed = shapely.make_valid(area.buffer(1e-5, join_style="mitre").buffer(-1e-5, join_style="mitre"))
    parts = [part for part in shapely.get_parts(closed) if part.geom_type == "Polygon" and part.area > 1e-8]
    return shapely.MultiPolygon(parts)


def read_population(folder: Path) -> PopulationChunk:
    """Return the people of each zone; the source gives no age bands."""
    rows = [
        PopulationSpec(zone=row["modified_zcta"], people=float(row["pop_denominator"]))
        for row in zone_table(folder).iter_rows(named=True)
    ]
    return PopulationChunk("zones_modzcta.csv, pop_denominator", VALID_FROM, tuple(rows))
