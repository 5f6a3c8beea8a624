"""What befalls hospitals, laboratories and their feeds shows in the truth and in what is said, and nothing is lost."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest

from salus.world.city.pack import build
from salus.world.happenings import Happening
from salus.world.truth.assembly import assemble
from salus.world.truth.disturbance import disturbed, share_kept
from salus.world.truth.run import Run
from salus.world.world import World

START = date(2026, 3, 1)
FEEDS = ("lab", "hospital", "wastewater")
DAYS = 34
FIRST, LAST = 22, 27
Play = Callable[..., Path]


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("disturbed") / "pack", seed=5, people=8_000)


@pytest.fixture(scope="module")
def lead(pack: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    run = Run.begin(tmp_path_factory.mktemp("lead") / "run", pack=pack, emergency="respiratory", start=START, seed=4)
    World(run).advance(FIRST, orders=list)
    return run


@pytest.fixture(scope="module")
def play(lead: Run, tmp_path_factory: pytest.TempPathFactory) -> Play:
    played: dict[str, Path] = {}

    def go(*befalling: Happening) -> Path:
        if (key := repr(befalling)) not in played:
            folder = tmp_path_factory.mktemp("played") / "run"
            World(lead.branch(folder)).advance(DAYS - FIRST, orders=list, happenings=lambda: list(befalling))
            played[key] = folder
        return played[key]

    return go


def during(kind: str, **fields: object) -> Happening:
    begin, end = START + timedelta(days=FIRST), START + timedelta(days=LAST)
    return Happening(kind=kind, start=begin, end=end, **fields)  # type: ignore[arg-type]


def told(folder: Path, feed: str) -> dict[int, pl.DataFrame]:
    found = {}
    for path in sorted((folder / "feeds" / feed).glob("*.csv")):
        day = (date.fromisoformat(path.stem[-10:]) - START).days
        found[day] = pl.read_csv(path, infer_schema=False)
    return found


def keys(rows: dict[int, pl.DataFrame], *columns: str) -> set[tuple[str, ...]]:
    return {row for frame in rows.values() for row in frame.select(columns).rows()}


def test_a_flood_takes_the_beds_of_its_hospital_and_ill_staff_take_a_share_of_what_is_left(lead: Run) -> None:
    house = lead.place.hospitals[0]
    flood, ill = during("hospital_floods", facility=house.code, size=0.4), during("staff_ill", size=0.5)
    assert share_kept([flood, ill], house.code, house.zone) == pytest.approx(0.3)
    assert share_kept([flood], "ELSEWHERE", house.zone) == 1.0
    model = assemble(lead.place, lead.emergency)
    left = disturbed(model, lead.place, [flood]).care.beds
    assert left == pytest.approx(model.care.beds * (1 - 0.4 * house.beds / lead.place.beds))
    assert left < model.care.beds
    assert disturbed(model, lead.place, [during("rumour")]) is model


def test_a_flooded_hospital_reports_fewer_staffed_beds_while_it_lasts(play: Play, lead: Run) -> None:
    house = lead.place.hospitals[0]
    rows = told(play(during("hospital_floods", facility=house.code, size=0.5)), "hospital")
    beds = {row["day"]: int(row["inpatient_beds"]) for frame in rows.values() for row in frame.to_dicts()
            if row["hospital"] == house.code}  # fmt: skip
    assert beds[str(START + timedelta(days=FIRST))] == round(house.beds * 0.5)
    assert beds[str(START + timedelta(days=LAST))] == house.beds


@pytest.mark.parametrize("feed", FEEDS)
def test_a_silent_feed_says_everything_once_it_speaks_again(play: Play, feed: str) -> None:
    quiet, usual = told(play(*(during("feed_silent", feed=name) for name in FEEDS)), feed), told(play(), feed)
    assert not set(range(FIRST, LAST)) & set(quiet)
    named = {"lab": ("report_id", "status"), "hospital": ("hospital", "day"), "wastewater": ("sample_id",)}[feed]
    assert keys(quiet, *named) == keys(usual, *named)
    assert sum(map(len, quiet.values())) == sum(map(len, usual.values()))


def test_hospitals_and_laboratories_without_a_network_send_later(play: Play, lead: Run) -> None:
    folder, usual = play(during("network_lost", zones=lead.place.zones)), play()
    for feed, named in (("lab", ("report_id", "status")), ("hospital", ("hospital", "day"))):
        cut = told(folder, feed)
        assert sum(len(frame) for day, frame in cut.items() if FIRST <= day < LAST) == 0
        assert keys(cut, *named) == keys(told(usual, feed), *named)


def test_ill_staff_put_reports_off_and_lose_none(play: Play) -> None:
    ill, usual = told(play(during("staff_ill", size=0.8)), "lab"), told(play(), "lab")
    assert keys(ill, "report_id", "status") == keys(usual, "report_id", "status")
    assert len(ill[FIRST]) < len(usual[FIRST]) or len(ill[FIRST + 1]) < len(usual[FIRST + 1])


def test_a_false_alarm_is_reported_and_taken_back(play: Play, lead: Run) -> None:
    zone = lead.place.zones[0]
    rows = pl.concat(list(told(play(during("false_alarm", zones=(zone,), size=6.0)), "lab").values()))
    false = rows.filter(pl.col("report_id").str.starts_with("F"))
    final, void = (set(false.filter(pl.col("status") == name)["report_id"]) for name in ("final", "entered-in-error"))
    assert len(final) > 10
    assert void
    assert void <= final
    assert set(false["zone"]) == {zone}


@pytest.mark.parametrize("feed", FEEDS)
def test_rubbish_stands_beside_what_is_true(play: Play, feed: str) -> None:
    bad, usual = play(*(during("feed_rubbish", feed=name) for name in FEEDS)), play()
    paths = [path for path in (bad / "feeds" / feed).glob("*.csv") if b"\xff\xfe" in path.read_bytes()]
    assert paths
    for path in paths:
        lines = set((usual / "feeds" / feed / path.name).read_bytes().split(b"\n"))
        assert lines <= set(path.read_bytes().split(b"\n"))
