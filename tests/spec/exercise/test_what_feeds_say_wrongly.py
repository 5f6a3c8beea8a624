"""Rubbish, doubtful rows and personal data in an exercise's feeds: named, worked off, and never kept in clear."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from django.apps import apps
from django.db import connection

from salus.base import clock
from salus.city.selectors import zone_by_code
from salus.gather.catalogue.selectors import source_list
from salus.gather.models import Import
from salus.gather.selectors import observations_as_of, parked_list
from salus.gather.services import parked_row_fix
from salus.gather.sources.loading import load
from salus.trust.selectors import system_viewer
from salus.world.city.pack import build
from salus.world.feeds.calls import CallFeed
from salus.world.feeds.prices import PriceFeed
from salus.world.feeds.stocks import StockFeed
from salus.world.happenings import Happening
from salus.world.truth.run import Day, Run

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
START, DAYS, BAD_DAY = date(2026, 3, 2), 6, 3
BY = system_viewer("test")
FEEDS = {"prices": PriceFeed, "stocks": StockFeed, "calls": CallFeed}


def evening(day: int) -> datetime:
    return datetime(START.year, START.month, START.day, 18, 30, tzinfo=UTC) + timedelta(days=day)


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("wrong") / "pack", seed=5, people=20_000)


@pytest.fixture(scope="module")
def run(pack: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Some days in which nobody is ill and three feeds send an hour of rubbish; no epidemic is needed for it."""
    run = Run.begin(tmp_path_factory.mktemp("wrong") / "run", pack=pack, emergency="respiratory", start=START, seed=2)
    bad = START + timedelta(days=BAD_DAY)
    rubbish = [Happening("feed_rubbish", bad, end=bad + timedelta(days=1), feed=feed) for feed in FEEDS]
    quiet = {name: np.zeros(run.place.people.shape) for name in
             ("infections", "admissions", "beds", "icu", "deaths", "wastewater", "work_days_lost", "doses")}  # fmt: skip
    for number in range(DAYS):
        on = START + timedelta(days=number)
        held = tuple(row for row in rubbish if row.holds_on(on))
        day = Day(number, on, quiet, {v.name: quiet["infections"] for v in run.emergency.variants}, (), held)
        # The state of the epidemic stays as it was; what the feeds need is the evening and the truth.
        _keep(run, day)
    zones = [row["properties"] for row in json.loads((pack / "zones.geojson").read_text())["features"]]
    lines = [f"{row['code']},{row['parent']}\n" for row in zones if row["level"] == "zone"]
    (run.folder / "feeds").mkdir()
    (run.folder / "feeds" / "zones.csv").write_text("zone,district\n" + "".join(lines))
    for feed in FEEDS.values():
        for number in range(DAYS):
            feed(run).write(number)
    return run


def _keep(run: Run, day: Day) -> None:
    """Keep a day's truth without asking the engine for it."""
    from salus.world.truth import run as running

    (run.folder / "truth").mkdir(exist_ok=True)
    zone, stratum = np.indices(run.place.people.shape, dtype=np.int16)
    columns = {**day.values, **{f"infections_{name}": rows for name, rows in day.variants.items()}}
    frame = pl.DataFrame({"zone": zone.ravel(), "stratum": stratum.ravel(),
                          **{name: rows.ravel() for name, rows in columns.items()}})  # fmt: skip
    frame.write_parquet(run.folder / "truth" / f"{day.number:05d}.parquet")
    (run.folder / "truth" / f"{day.number:05d}.json").write_bytes(running._circumstances(day))
    run.society.keep(day, running.write_whole)


@pytest.fixture
def heard(pack: Path, run: Run) -> Path:
    with clock.fixed_at(evening(-1)):
        load(slug="exercise_city", path=pack, by=BY)
    with clock.fixed_at(evening(DAYS)):
        hear(run)
    return run.folder / "feeds"


def hear(run: Run) -> None:
    for feed in FEEDS:
        load(slug=f"exercise_{feed}", path=run.folder / "feeds", by=BY, heard_at=clock.now())


def findings(feed: str) -> list[str]:
    with clock.fixed_at(evening(DAYS)):
        rows = source_list(viewer=BY)
        return [one.message for row in rows if row.source.slug == f"exercise_{feed}" for one in row.findings]


def facts() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT COUNT(*) FROM gather_observation")
        return int(cursor.fetchone()[0])


def test_an_hour_of_rubbish_is_named_by_file_and_line_and_nothing_is_double(heard: Path, run: Run) -> None:
    bad = START + timedelta(days=BAD_DAY)
    for feed in FEEDS:
        assert Import.objects.filter(source=f"exercise_{feed}", status="committed").count() == DAYS
        told = [words for words in findings(feed) if f"{feed}-{bad}.csv" in words]
        assert told and all("line" in words and "left out" in words for words in told), findings(feed)
    before, imports = facts(), Import.objects.count()
    with clock.fixed_at(evening(DAYS + 1)):
        hear(run)
    assert (facts(), Import.objects.count()) == (before, imports)


def test_each_day_tells_the_same_in_the_same_words(heard: Path, run: Run) -> None:
    for name, feed in FEEDS.items():
        path = heard / name / f"{name}-{START + timedelta(days=BAD_DAY)}.csv"
        before = path.read_bytes()
        path.unlink()
        feed(Run.open(run.folder)).write(BAD_DAY)
        assert path.read_bytes() == before


def test_who_calls_is_nowhere_in_the_store(heard: Path, run: Run, caplog: pytest.LogCaptureFixture) -> None:
    kept = pl.concat([pl.read_parquet(path) for path in (run.folder / "drawn" / "calls").glob("*.parquet")])
    named = {part for row in kept["personal"] for part in json.loads(row)}
    said = "".join(path.read_text(errors="replace") for path in (heard / "calls").glob("*.csv"))
    assert len([part for part in named if part in said]) > 5
    stored = "\n".join(
        str(value)
        for model in apps.get_models()
        if model.__module__.startswith("salus.") and model._meta.app_label in {"gather", "base"}
        for row in model._default_manager.values_list()
        for value in row
    )
    # What is also a word of every day, or of the city's own places, says nothing of a caller.
    left = sorted(part for part in named if part in stored and part not in {"Orchard"})
    assert left == []
    assert not [part for part in named if part in caplog.text]


@pytest.mark.requirement("4-1")
def test_a_price_that_cannot_be_right_is_put_right_by_a_person(heard: Path) -> None:
    path = heard / "prices" / f"prices-{START + timedelta(days=DAYS)}.csv"
    head, first = (heard / "prices" / f"prices-{START}.csv").read_text().splitlines()[:2]
    _report, market, product, _on, _price, unit = first.split(",")
    on = START + timedelta(days=DAYS)
    path.write_text(f"{head}\nX-1,{market},{product},{on},4711,{unit}\n")
    try:
        with clock.fixed_at(evening(DAYS)):
            load(slug="exercise_prices", path=heard, by=BY, heard_at=clock.now())
            row = next(row for row in parked_list(viewer=BY, source="exercise_prices") if row.raw["report_id"] == "X-1")
            assert row.defects[0].code == "unlikely_price"
        assert any("a price that cannot be right" in words for words in findings("prices"))
        with clock.fixed_at(evening(DAYS) + timedelta(hours=1)):
            parked_row_fix(row=row.id, values={"price": "0.09"}, by=BY)
            root = zone_by_code(viewer=BY, code="ALMA").number
            frame = observations_as_of(viewer=BY, series="exercise.prices", zones=[root], valid_from=on, valid_to=on)
        assert frame["value"].to_list() == [pytest.approx(0.09)]
    finally:
        path.unlink()
