"""A small city, a source and its series, for the tests of gather."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from salus.base.errors import SalusError
from salus.base.versioned import record_create
from salus.city.schemas import ZoneDraft
from salus.city.services import city_define, generation_import
from salus.gather.imports import pipeline
from salus.gather.models import Import, Source
from salus.gather.schemas import MappingSpec, SeriesDraft
from salus.gather.services import import_start, series_define
from salus.gather.store import counts
from salus.trust.actors import system_viewer
from salus.trust.schemas import Tier

NOW = datetime(2021, 11, 20, 12, 0, tzinfo=UTC)
BY = system_viewer("tests")
SOURCE = "clinic"
CASES = "clinic.cases"
RATE = "clinic.rate"
ZONES = ("A1", "A2", "B1", "B2")
LONG = MappingSpec(valid_column="date", zone_column="zone", series_fixed=CASES, value_column="cases", date_order="auto")


def make_city() -> None:
    """Define a city of four square zones."""
    city_define(
        slug="testville", name={"en": "Testville"}, time_zone="UTC", languages=["en"], centre=(10.0, 50.0), by=BY
    )
    drafts = [
        ZoneDraft(code, {"en": code}, "zone", None, _square(10 + 0.01 * (place % 2), 50 + 0.01 * (place // 2)), ())
        for place, code in enumerate(ZONES)
    ]
    generation_import(name="2021", valid_from=date(2020, 1, 1), zones=drafts, by=BY)


def _square(lon: float, lat: float, side: float = 0.01) -> dict[str, Any]:
    ring = [[lon, lat], [lon + side, lat], [lon + side, lat + side], [lon, lat + side], [lon, lat]]
    return {"type": "Polygon", "coordinates": [ring]}


def make_source(*, status: str = "live", slug: str = SOURCE) -> Source:
    """Define a source with a count and a rate."""
    source = record_create(
        Source,
        by=BY,
        slug=slug,
        title={"en": "Clinic"},
        status=status,
        owner="Health office",
        reuse_policy="open",
        tier=int(Tier.OPERATIONAL),
    )
    for code, kind in ((f"{slug}.cases", "count"), (f"{slug}.rate", "rate")):
        draft = SeriesDraft(
            code=code, name={"en": code}, unit="1", kind=kind, role="cases", zone_level="zone", source=slug
        )
        series_define(draft=draft, by=BY)
    return source


def bring(path: Path, *, mapping: MappingSpec | None = LONG, dry_run: bool = False, progress: Any = None) -> Import:
    """Import a file here and now, and return how it ended."""
    row = import_start(source=SOURCE, path=path, mapping=mapping, dry_run=dry_run, queue=False, by=BY)
    pipeline.run(import_id=row.id, progress=progress, by=BY)
    row.refresh_from_db()
    return row


HEADER = "date,zone,cases\n"
ROWS = HEADER + (
    "2021-11-15,A1,3\n"
    "2021-11-15,Z9,4\n"
    "2021-11-15,A2,many\n"
    "2021-12-24,A2,5\n"
    "2021-11-16,A2,-5\n"
    "2021-02-30,A2,5\n"
    "2021-11-17,A2,1.5\n"
    "2021-11-18,A2,99999999999999999999\n"
    "2021-11-19,,5\n"
    "2021-11-19,A2\n"
    "2021-11-19,A2,5,6\n"
    '2021-11-19,"A2,5\n'
    "2021-11-19,B1,0\n"
)


def given(place: Path, text: str | bytes, name: str = "in.csv") -> Path:
    path = place / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def refusal(path: Path, **options: Any) -> str:
    """The message with which an import of the file is refused; nothing of it is visible."""
    with pytest.raises(SalusError) as refused:
        bring(path, **options)
    row = Import.objects.latest("number")
    assert row.status == "failed"
    assert row.message == str(refused.value)
    assert refused.value.remedy
    assert counts() == {}
    return str(refused.value)


def large(path: Path, megabytes: int, bad: str = "") -> int:
    """Write a large table with a bad line in its middle; return how many observations it states."""
    cells = [
        f"{date(2000, 1, 1) + timedelta(days=day)},{zone},{(day * 7 + place) % 11}\n"
        for day in range(7000)
        for place, zone in enumerate(ZONES)
    ]
    # One observation stands many times in a large file, always with the same value.
    text = "".join(cells)
    half = max((megabytes << 20) // 2 // len(text), 1)
    with path.open("w") as file:
        file.write(HEADER)
        file.writelines(text for _time in range(half))
        file.write(bad)
        file.writelines(text for _time in range(half))
    return len(cells)
