"""A city pack is whole: what refers to something refers to something that is there."""

from __future__ import annotations

import csv
import hashlib
import json
import shutil
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import shapely

from salus.world.city.pack import CannotBuild, build
from salus.world.truth.place import BadPack, read_place

PEOPLE = 12_000


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("world") / "pack", seed=5, people=PEOPLE)


def rows(pack: Path, name: str) -> list[dict[str, str]]:
    with (pack / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def zones(pack: Path) -> dict[str, shapely.Geometry]:
    document = json.loads((pack / "zones.geojson").read_text(encoding="utf-8"))
    return {
        feature["properties"]["code"]: shapely.geometry.shape(feature["geometry"])
        for feature in document["features"]
        if feature["properties"]["level"] == "zone"
    }


def test_the_descriptor_names_every_file_with_its_digest(pack: Path) -> None:
    described = json.loads((pack / "datapackage.json").read_text(encoding="utf-8"))["resources"]
    there = {path.relative_to(pack).as_posix() for path in pack.rglob("*") if path.is_file()}
    assert {row["path"] for row in described} == there - {"datapackage.json"}
    for row in described:
        assert row["description"]
        assert row["hash"] == "sha256:" + hashlib.sha256((pack / row["path"]).read_bytes()).hexdigest()


def test_everybody_lives_in_a_household_of_their_zone(pack: Path) -> None:
    people, households = pl.read_parquet(pack / "people.parquet"), pl.read_parquet(pack / "households.parquet")
    assert len(people) == PEOPLE
    joined = people.join(households, on="household", suffix="_home")
    assert len(joined) == PEOPLE
    assert (joined["zone"].cast(pl.String) == joined["zone_home"].cast(pl.String)).all()
    assert people.group_by("household").len().height == households.height
    homes = households.filter(pl.col("kind").cast(pl.String) != "care_home")
    assert homes["building"].is_not_null().all()


def test_children_do_not_live_alone_and_go_to_school(pack: Path) -> None:
    people = pl.read_parquet(pack / "people.parquet")
    oldest = people.group_by("household").agg(pl.col("age").max())
    assert oldest["age"].min() >= 18
    pupils = people.filter(pl.col("age").is_between(6, 17))
    assert pupils["school"].is_not_null().all()
    assert people.filter(pl.col("age") < 15)["workplace"].is_null().all()


def test_the_counts_are_those_of_the_people(pack: Path) -> None:
    people = pl.read_parquet(pack / "people.parquet").with_columns(pl.col("zone").cast(pl.String))
    strata = rows(pack, "strata.csv")
    assert sum(int(row["people"]) for row in strata) == PEOPLE
    counted = people.group_by("zone").len().rows()
    whole = {row["zone"]: int(row["people"]) for row in rows(pack, "population.csv")
             if not row["segment"] and not row["age_from"]}  # fmt: skip
    assert whole == dict(counted)


def test_workplaces_are_as_large_as_their_people(pack: Path) -> None:
    people, places = pl.read_parquet(pack / "people.parquet"), pl.read_parquet(pack / "workplaces.parquet")
    working = people.filter(pl.col("workplace").is_not_null()).group_by("workplace").len().sort("workplace")
    assert working["len"].to_list() == places.sort("workplace")["people"].to_list()


def test_zones_share_their_borders_and_facilities_stand_in_theirs(pack: Path) -> None:
    areas = zones(pack)
    assert shapely.coverage_is_valid(list(areas.values()))
    for row in rows(pack, "facilities.csv"):
        spot = shapely.Point(float(row["lon"]), float(row["lat"]))
        assert areas[row["zone"]].distance(spot) < 0.003, row["code"]


def test_the_transit_feed_refers_to_what_it_holds(pack: Path) -> None:
    stops = {row["stop_id"] for row in rows(pack, "gtfs/stops.txt")}
    routes = {row["route_id"] for row in rows(pack, "gtfs/routes.txt")}
    trips = {row["trip_id"]: row["route_id"] for row in rows(pack, "gtfs/trips.txt")}
    assert set(trips.values()) == routes
    calls = rows(pack, "gtfs/stop_times.txt")
    assert {row["stop_id"] for row in calls} == stops
    assert (
        {row["trip_id"] for row in calls}
        == set(trips)
        == {row["trip_id"] for row in rows(pack, "gtfs/frequencies.txt")}
    )
    for trip in trips:
        order = [(int(row["stop_sequence"]), row["departure_time"]) for row in calls if row["trip_id"] == trip]
        assert order == sorted(order)


def test_buildings_are_closed_blocks(pack: Path) -> None:
    count = 0
    for path in (pack / "buildings").glob("*.city.json"):
        document = json.loads(path.read_text(encoding="utf-8"))
        assert (document["type"], document["version"]) == ("CityJSON", "2.0")
        vertices = len(document["vertices"])
        for building in document["CityObjects"].values():
            faces = [face[0] for face in building["geometry"][0]["boundaries"][0]]
            edges = [edge for face in faces for edge in zip(face, face[1:] + face[:1], strict=True)]
            # In a closed shell each edge is walked once each way.
            assert sorted(edges) == sorted((b, a) for a, b in edges)
            assert max(max(face) for face in faces) < vertices
            count += 1
    assert count > pl.read_parquet(pack / "households.parquet")["building"].n_unique() - 2


def test_nothing_in_the_networks_needs_itself(pack: Path) -> None:
    nodes = {node["code"]: node for node in json.loads((pack / "networks.json").read_text(encoding="utf-8"))["nodes"]}

    def depth(code: str, above: tuple[str, ...] = ()) -> int:
        assert code not in above, " -> ".join([*above, code])
        needs = [need["node"] for need in nodes[code]["needs"]]
        return 1 + max((depth(need, (*above, code)) for need in needs), default=0)

    assert max(depth(code) for code in nodes) >= 3
    served = {zone for node in nodes.values() if node["kind"] == "main" for zone in node["serves"]}
    assert served == set(zones(pack))


def test_every_lot_belongs_to_a_stock_and_makes_it_up(pack: Path) -> None:
    held = {(row["place"], row["product"]): int(row["amount"]) for row in rows(pack, "stocks.csv")}
    lots: dict[tuple[str, str], int] = {}
    for row in rows(pack, "lots.csv"):
        key = (row["place"], row["product"])
        lots[key] = lots.get(key, 0) + int(row["amount"])
    assert lots == held
    suppliers = rows(pack, "suppliers.csv")
    products = {row["product"] for row in rows(pack, "products.csv")}
    for product in products:
        assert sum(row["product"] == product for row in suppliers) >= 2, product


def test_streets_hang_together(pack: Path) -> None:
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    crossings = pl.read_parquet(pack / "streets" / "crossings.parquet")
    streets = pl.read_parquet(pack / "streets" / "streets.parquet")
    graph = coo_array((np.ones(len(streets)), (streets["start"], streets["end"])), shape=(len(crossings),) * 2)
    assert connected_components(graph, directed=False)[0] == 1
    assert "bridge" in streets["class"].to_list()


@pytest.mark.parametrize("people", [0, 1_999, 20_000_000])
def test_a_size_that_cannot_be_built_is_refused(people: int, tmp_path: Path) -> None:
    with pytest.raises(CannotBuild, match="2,000 to 12,000,000"):
        build(tmp_path / "pack", people=people)
    assert not (tmp_path / "pack").exists()


def test_a_folder_with_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("dear")
    with pytest.raises(CannotBuild, match="not a city pack"):
        build(tmp_path, people=2_000)
    assert (tmp_path / "letter.txt").read_text() == "dear"


def test_a_pack_that_was_interrupted_is_not_there(tmp_path: Path) -> None:
    def stop(done: int, total: int, what: str) -> None:
        if what == "networks":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build(tmp_path / "pack", people=2_000, told=stop)
    assert not (tmp_path / "pack").exists()
    assert build(tmp_path / "pack", people=2_000).exists()
    assert not (tmp_path / "pack.part").exists()


def test_the_centre_fills_by_day_and_empties_by_night(pack: Path) -> None:
    place = read_place(pack)
    by_day, by_night = (place.people_at(hour)[place.central].sum() for hour in (12, 3))
    assert by_day > 1.1 * by_night


def test_a_pack_without_its_hours_is_refused_with_what_to_do(pack: Path, tmp_path: Path) -> None:
    half = shutil.copytree(pack, tmp_path / "half")
    (half / "presence.parquet").unlink()
    with pytest.raises(BadPack, match=r"presence\.parquet is missing. Make it with"):
        read_place(half)
