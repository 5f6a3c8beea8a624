"""A real city: New York's 177 zones, with the defects that real boundaries have."""

from __future__ import annotations

import csv
import json
import time
from datetime import date
from pathlib import Path

import pytest

from salus.city import selectors, services
from salus.city.geometry.boundaries import BoundariesRefused
from salus.city.schemas import PopulationDraft, ZoneDraft
from tests.spec.trust_city.conftest import SYSTEM

FOLDER = Path(__file__).parents[4] / "shared" / "data" / "nyc"
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.both_databases,
    pytest.mark.skipif(not FOLDER.exists(), reason="the shared data of New York is not here"),
]


def drafts() -> tuple[list[ZoneDraft], list[PopulationDraft]]:
    features = json.loads((FOLDER / "modzcta.geojson").read_text())["features"]
    outlines = {feature["properties"]["MODZCTA"]: feature["geometry"] for feature in features}
    with (FOLDER / "zones_modzcta.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    boroughs = [ZoneDraft(name, name, "borough") for name in sorted({row["borough_group"] for row in rows})]
    zones = [
        ZoneDraft(
            row["modified_zcta"],
            row["neighborhood_name"],
            "zone",
            row["borough_group"],
            outlines[row["modified_zcta"]],
            [code.strip() for code in row["label"].split(",")],
        )
        for row in rows
    ]
    people = [PopulationDraft(row["modified_zcta"], float(row["pop_denominator"])) for row in rows]
    return boroughs + zones, people


def test_new_york_comes_up_in_seconds_mended_and_whole() -> None:
    services.city_define(
        slug="nyc",
        name={"en": "New York City"},
        time_zone="America/New_York",
        languages=["en"],
        centre=(-73.98, 40.75),
        by=SYSTEM,
    )
    zones, people = drafts()
    began = time.perf_counter()
    with pytest.raises(BoundariesRefused, match="zone 10032: crosses itself"):
        services.generation_import(name="MODZCTA", valid_from=date(2020, 1, 1), zones=zones, by=SYSTEM)
    made = services.generation_import(name="MODZCTA", valid_from=date(2020, 1, 1), zones=zones, repair=True, by=SYSTEM)
    services.population_import(rows=people, valid_on=date(2020, 7, 1), by=SYSTEM)
    assert time.perf_counter() - began < 10
    assert (made.zone_count, [repair.code for repair in made.repairs]) == (183, ["10032"])
    rows = {row.code: row for row in selectors.zone_list(viewer=SYSTEM)}
    assert sum(row.level == "zone" for row in rows.values()) == 177
    assert rows["nyc"].population == pytest.approx(8_332_458, rel=1e-3)
    assert rows["nyc"].area_km2 == pytest.approx(757, rel=0.05)
    assert rows["10001"].path == (rows["10001"].id, rows["Manhattan"].id, rows["nyc"].id)
    assert selectors.zone_search(viewer=SYSTEM, text="10118")[0].zone.code == "10001"
    square = selectors.zone_at(viewer=SYSTEM, lon=-73.9855, lat=40.7580)
    assert square is not None
    assert square.code == "10036"


def test_its_map_is_small_and_neighbours_share_their_borders() -> None:
    import shapely

    zones, _people = drafts()
    services.generation_import(
        name="MODZCTA",
        valid_from=date(2020, 1, 1),
        zones=[
            ZoneDraft("nyc", "New York City", "city"),
            *(ZoneDraft(z.code, z.name, z.level, z.parent_code or "nyc", z.geometry, z.aliases) for z in zones),
        ],
        repair=True,
        by=SYSTEM,
    )
    found = selectors.zone_features(viewer=SYSTEM, level="zone", detail="overview")
    assert len(found) == 177
    assert sum(len(ring) for feature in found for ring in feature.rings) < 5000
    shapes = [_area(feature.rings) for feature in found]
    total = sum(shape.area for shape in shapes)
    assert shapely.union_all(shapes).area == pytest.approx(total, rel=2e-3)


def _area(rings: list[list[tuple[float, float]]]):  # type: ignore[no-untyped-def]
    """Return the area within rings by the even-odd rule, as a map draws them."""
    import shapely

    area = shapely.Polygon()
    for ring in rings:
        area = area.symmetric_difference(shapely.make_valid(shapely.Polygon(ring)))
    return area
