"""GeoJSON in: a broken file is refused in plain words."""

from __future__ import annotations

import json
from typing import Any

import pytest

from salus.base.errors import Invalid
from salus.city.geojson import Columns, zones_from_geojson

SQUARE = {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 0]]]}


def collection(*properties: Any, **extra: Any) -> bytes:
    features = [{"type": "Feature", "properties": each, "geometry": SQUARE} for each in properties]
    return json.dumps({"type": "FeatureCollection", "features": features, **extra}).encode()


def test_a_file_becomes_zones() -> None:
    data = collection(
        {"ZIP": 10001, "label": "10001, 10118", "boro": "Manhattan", "nta": "Chelsea"},
        {"ZIP": "10002", "label": ["10002"], "boro": None, "nta": {"en": "Lower East Side"}},
    )
    one, two = zones_from_geojson(data, columns=Columns("ZIP", "nta", parent="boro", aliases="label"))
    assert (one.code, one.name, one.level, one.parent_code) == ("10001", "Chelsea", "zone", "Manhattan")
    assert list(one.aliases) == ["10001", "10118"]
    assert (two.parent_code, two.name, list(two.aliases)) == (None, {"en": "Lower East Side"}, ["10002"])
    assert one.geometry == SQUARE


def test_the_level_may_stand_in_the_file_and_a_code_may_be_a_float() -> None:
    (one,) = zones_from_geojson(collection({"id": 7.0, "kind": "borough"}), columns=Columns("id", level="kind"))
    assert (one.code, one.name, one.level) == ("7", "7", "borough")


def test_a_byte_order_mark_does_no_harm() -> None:
    assert zones_from_geojson(b"\xef\xbb\xbf" + collection({"id": "a"}), columns=Columns("id"))


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "not whole GeoJSON"),
        (collection({"id": "a"})[:-20], "not whole GeoJSON"),
        (b"PK\x03\x04\xff\xfe", "UTF-8"),
        (b"[]", "not GeoJSON"),
        (b'{"type": "Topology"}', "FeatureCollection"),
        (b'{"type": "FeatureCollection", "features": {}}', "FeatureCollection"),
        (b'{"type": "FeatureCollection", "features": []}', "0 zones"),
        (b'{"type": "FeatureCollection", "features": [7]}', "Feature 1 has no properties"),
        (b'{"type": "FeatureCollection", "type": "x", "features": [1]}', "twice"),
        (b'{"type": "FeatureCollection", "features": [NaN]}', "not a number"),
        (b"[" * 200_000, "deeply"),
        (collection({"code": "a"}), "Feature 1 has no 'id'"),
        (collection({"id": "a"}, {"id": None}), "Feature 2 has no 'id'"),
        (
            collection({"id": "a"}, crs={"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::2263"}}),
            "EPSG::2263",
        ),
    ],
)
def test_a_broken_file_is_refused_in_words(data: bytes, words: str) -> None:
    with pytest.raises(Invalid, match=words) as refused:
        zones_from_geojson(data, columns=Columns("id"))
    assert refused.value.remedy


@pytest.mark.parametrize("name", ["urn:ogc:def:crs:OGC:1.3:CRS84", "EPSG:4326", "urn:ogc:def:crs:EPSG::4326"])
def test_longitude_and_latitude_by_name_are_fine(name: str) -> None:
    data = collection({"id": "a"}, crs={"type": "name", "properties": {"name": name}})
    assert len(zones_from_geojson(data, columns=Columns("id"))) == 1


def test_the_properties_are_shown_where_the_code_is_missing() -> None:
    with pytest.raises(Invalid) as refused:
        zones_from_geojson(collection({"ZIP": 1, "label": 2}), columns=Columns("id"))
    assert "ZIP, label" in refused.value.remedy
