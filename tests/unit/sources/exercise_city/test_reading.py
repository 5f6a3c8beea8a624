"""The exercise city is read from its pack, and a folder that is none is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from salus.base.errors import SalusError
from salus.gather.sources import registry
from salus.gather.sources.chunks import CityChunk, FacilitiesChunk, PopulationChunk, ZonesChunk

SOURCE = registry.get("exercise_city")


def test_everybody_is_somewhere() -> None:
    chunks = {type(chunk): chunk for chunk in SOURCE.read()(SOURCE.fixture)}
    zones, people = chunks[ZonesChunk], chunks[PopulationChunk]
    assert isinstance(zones, ZonesChunk)
    assert isinstance(people, PopulationChunk)
    leaves = {spec.code for spec in zones.zones if spec.level == "zone"}
    whole = [row for row in people.rows if not row.segment and row.age_from is None]
    assert {row.zone for row in whole} == leaves
    assert sum(row.people for row in whole) == 2_000
    assert sum(row.people for row in people.rows if row.age_from is not None) == 2_000
    city, places = chunks[CityChunk], chunks[FacilitiesChunk]
    assert isinstance(city, CityChunk)
    assert isinstance(places, FacilitiesChunk)
    assert city.slug == "port_alma"
    assert {row.kind for row in places.rows} >= {"hospital", "pharmacy", "care_home"}


def test_half_a_pack_is_refused(tmp_path: Path) -> None:
    (tmp_path / "city.json").write_text('{"slug": "x"}')
    with pytest.raises(SalusError, match=r"city\.json"):
        list(SOURCE.read()(tmp_path))


def test_no_pack_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SalusError):
        list(SOURCE.read()(tmp_path / "nowhere"))
