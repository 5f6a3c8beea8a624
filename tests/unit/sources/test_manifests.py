"""Every source folder has what a source needs, and a bad manifest is refused in plain words."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
import yaml

from salus.base.errors import Invalid, NotFound
from salus.gather.sources import registry
from salus.gather.sources.chunks import FACTS, FactsChunk, ZonesChunk
from salus.gather.sources.manifests import Manifest, parse_manifest
from tests.unit.sources.make_fixtures import MAKERS

SLUGS = registry.slugs()
TESTS = Path(__file__).parent


def test_there_are_sources() -> None:
    assert {"nyc", "builtin_city"} <= set(SLUGS)


@pytest.mark.parametrize("slug", SLUGS)
def test_a_folder_holds_all_that_a_source_needs(slug: str) -> None:
    source = registry.get(slug)
    assert (source.folder / "reader.py").is_file()
    assert any(source.fixture.iterdir()), "the fixture is empty"
    assert list((TESTS / slug).glob("test_*.py")), f"tests/unit/sources/{slug} has no test"
    assert source.manifest.missing_for_going_live() == []
    assert source.manifest.licence_note
    assert source.manifest.files


@pytest.mark.parametrize("slug", SLUGS)
@pytest.mark.parametrize("language", ["en", "fr", "ar"])
def test_a_manifest_speaks_every_language(slug: str, language: str) -> None:
    manifest = registry.manifest(slug)
    texts = [manifest.title, manifest.description]
    texts += [text for row in manifest.series for text in (row.name, row.description)]
    assert all(text.get(language, "").strip() for text in texts)


@pytest.mark.parametrize("slug", SLUGS)
def test_a_fixture_is_read_as_the_manifest_says(slug: str) -> None:
    source = registry.get(slug)
    chunks = list(source.read()(source.fixture))
    zones = {spec.code for chunk in chunks if isinstance(chunk, ZonesChunk) for spec in chunk.zones}
    facts = [chunk for chunk in chunks if isinstance(chunk, FactsChunk)]
    for chunk in facts:
        assert dict(chunk.frame.schema) == FACTS
        assert all(file.is_file() for file in chunk.files)
        observed = chunk.frame["status"] == 0
        assert (observed == chunk.frame["value"].is_not_null()).all()
        # A feed speaks of the zones of a city that came in before it.
        assert set(chunk.frame["zone"]) <= zones or not zones
    yielded = {code for chunk in facts for code in chunk.frame["series"].unique()}
    assert yielded == {row.code for row in source.manifest.series} - _without_fixture(slug)


def _without_fixture(slug: str) -> set[str]:
    # The made-up totals have no column of probable cases, as the first year of the real ones.
    return {"nyc": {"nyc.zone_cases_all_cumulative", "nyc.deaths_probable"}}.get(slug, set())


@pytest.mark.parametrize("slug", sorted(MAKERS))
def test_a_fixture_is_what_its_maker_makes(slug: str, tmp_path: Path) -> None:
    source = registry.get(slug)
    MAKERS[slug](tmp_path)
    kept = {path.relative_to(source.fixture).as_posix() for path in source.fixture.rglob("*") if path.is_file()}
    assert kept == {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()}
    for name in kept:
        if name.endswith(".parquet"):
            assert pl.read_parquet(tmp_path / name).equals(pl.read_parquet(source.fixture / name)), name
        else:
            assert (tmp_path / name).read_text() == (source.fixture / name).read_text(), name


GOOD = {
    "slug": "a_source",
    "title": {"en": "A source"},
    "description": {"en": "Something"},
    "owner": "Somebody",
    "reuse_policy": "Anything",
    "tier": "public",
    "licence_note": "None",
    "cadence_hours": 24,
    "priority": 2,
    "time_zone": "UTC",
    "series": [
        {
            "code": "a.b",
            "name": {"en": "B"},
            "description": {"en": "B"},
            "unit": "x",
            "kind": "count",
            "role": "cases",
            "zone_level": "zone",
            "delay_days": 0,
        }
    ],
}


def _parse(**changes: object) -> Manifest:
    return parse_manifest(yaml.safe_dump({**GOOD, **changes}), name="a_source/manifest.yaml")


def test_a_good_manifest_is_taken() -> None:
    assert _parse().series[0].tier == "operational"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"cadence_hours": 0}, "'cadence_hours'"),
        ({"colour": "red"}, "field 'colour' is not a field of a manifest"),
        ({"title": {"fr": "Une source"}}, "field 'title' needs a text under 'en'"),
        ({"series": GOOD["series"] * 2}, "the series a.b is named twice"),  # type: ignore[operator]
        ({"series": [{**GOOD["series"][0], "kind": "guess"}]}, "field 'series' entry 1 'kind'"),  # type: ignore[index]
        ({"series": [{**GOOD["series"][0], "code": "Bad code"}]}, "'code'"),  # type: ignore[index]
        ({"tier": "secret"}, "'tier'"),
    ],
)
def test_a_bad_manifest_is_refused_in_plain_words(changes: dict[str, object], words: str) -> None:
    with pytest.raises(Invalid) as refused:
        _parse(**changes)
    assert words in str(refused.value)
    assert "a_source/manifest.yaml" in str(refused.value)
    assert "pydantic" not in str(refused.value)


@pytest.mark.parametrize("text", ["slug: [", "", "- a\n- b"])
def test_what_is_no_manifest_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        parse_manifest(text, name="x/manifest.yaml")


def test_what_is_missing_for_going_live_is_named() -> None:
    manifest = _parse(owner="", reuse_policy="", tier=None)
    assert manifest.missing_for_going_live() == ["owner", "reuse_policy", "tier"]


def test_an_unknown_source_is_told_with_those_that_there_are() -> None:
    with pytest.raises(NotFound, match="builtin_city"):
        registry.get("nowhere")


def test_a_new_source_is_one_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "a_source"
    folder.mkdir()
    (folder / "manifest.yaml").write_text(yaml.safe_dump(GOOD))
    monkeypatch.setattr(registry, "FOLDER", tmp_path)
    registry.get.cache_clear()
    try:
        assert registry.slugs() == ("a_source",)
        assert registry.manifest("a_source").title["en"] == "A source"
    finally:
        registry.get.cache_clear()


def test_a_folder_and_its_manifest_have_one_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "manifest.yaml").write_text(yaml.safe_dump(GOOD))
    monkeypatch.setattr(registry, "FOLDER", tmp_path)
    registry.get.cache_clear()
    with pytest.raises(Invalid, match="same name"):
        registry.get("other")
    registry.get.cache_clear()
