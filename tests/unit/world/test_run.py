"""A world goes on where it stopped, answers to what was ordered, and says the same of the same truth."""

from __future__ import annotations

import json
import shutil
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest

from salus.epi.scenario import simulate
from salus.world.city.pack import build
from salus.world.emergency import BadEmergency, Infection, Unknown, names, read_emergency
from salus.world.feeds.truth import TruthReader
from salus.world.truth.assembly import assemble
from salus.world.truth.happenings import BadHappening, Happening, from_row
from salus.world.truth.orders import BadOrders, Order, read_orders
from salus.world.truth.place import BadPack, read_place
from salus.world.truth.run import BadRun, Run
from salus.world.world import World

START = date(2026, 3, 1)
STRICT = [Order(code, START + timedelta(days=8)) for code in ("small-groups", "work-from-home", "masks-required")]


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("world") / "pack", seed=5, people=6_000)


def begin(pack: Path, folder: Path, seed: int = 4) -> World:
    return World(Run.begin(folder, pack=pack, emergency="respiratory", start=START, seed=seed))


def said(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted((folder / "feeds").rglob("*.csv"))}


def infected(folder: Path) -> float:
    return float(sum(pl.read_parquet(path)["infections"].sum() for path in (folder / "truth").glob("*.parquet")))


def test_a_run_in_pieces_is_the_run_in_one(pack: Path, tmp_path: Path) -> None:
    begin(pack, tmp_path / "one").advance(30, orders=list)
    begin(pack, tmp_path / "two").advance(11, orders=list)
    World(Run.open(tmp_path / "two")).advance(19, orders=list)
    assert said(tmp_path / "one") == said(tmp_path / "two")
    assert infected(tmp_path / "one") == infected(tmp_path / "two") > 0


def test_a_world_killed_in_the_middle_of_a_day_goes_on_at_the_last_whole_one(pack: Path, tmp_path: Path) -> None:
    begin(pack, tmp_path / "one").advance(24, orders=list)
    world = begin(pack, tmp_path / "two")
    world.advance(20, orders=list)
    # Killed after the truth of a day was written, before the day counted and before anything was said of it.
    day = world.run.step([])
    state = (tmp_path / "two" / "state.bin").read_bytes()
    world.run.keep(day)
    (tmp_path / "two" / "state.bin").write_bytes(state)
    again = World(Run.open(tmp_path / "two"))
    assert again.run.day == 20
    again.advance(4, orders=list)
    assert said(tmp_path / "one") == said(tmp_path / "two")


def test_a_telling_that_was_interrupted_is_told_again_in_the_same_words(pack: Path, tmp_path: Path) -> None:
    world = begin(pack, tmp_path / "run")
    world.advance(15, orders=list)
    before = said(tmp_path / "run")
    (tmp_path / "run" / "told.json").write_text('{"day": 9}')
    shutil.rmtree(tmp_path / "run" / "drawn")
    World(Run.open(tmp_path / "run")).catch_up()
    assert said(tmp_path / "run") == before


def test_what_is_ordered_bends_the_curve_and_other_orders_change_nothing(pack: Path, tmp_path: Path) -> None:
    begin(pack, tmp_path / "none").advance(70, orders=list)
    begin(pack, tmp_path / "strict").advance(70, orders=lambda: STRICT)
    begin(pack, tmp_path / "other").advance(12, orders=lambda: [Order("free-buses", START)])
    assert infected(tmp_path / "strict") < 0.8 * infected(tmp_path / "none")
    quiet = pl.read_parquet(tmp_path / "none" / "truth" / "00011.parquet")
    assert quiet.equals(pl.read_parquet(tmp_path / "other" / "truth" / "00011.parquet"))


def test_a_branch_shares_the_past_and_goes_its_own_way(pack: Path, tmp_path: Path) -> None:
    world = begin(pack, tmp_path / "run")
    world.advance(10, orders=list)
    world.run.branch(tmp_path / "branch")
    World(Run.open(tmp_path / "branch")).advance(40, orders=lambda: STRICT)
    world.advance(40, orders=list)
    past, other = said(tmp_path / "run"), said(tmp_path / "branch")
    first = [name for name in past if name[-14:-4] < "2026-03-10"]
    assert first
    assert all(past[name] == other[name] for name in first)
    assert infected(tmp_path / "branch") < infected(tmp_path / "run")


def test_stepping_back_leaves_nothing_of_the_later_days_and_the_days_come_again(pack: Path, tmp_path: Path) -> None:
    world = begin(pack, tmp_path / "run")
    world.advance(20, orders=list)
    back = world.run.branch(tmp_path / "back", day=12)
    assert back.day == 12
    assert not [name for name in said(tmp_path / "back") if "2026-03-13" <= name[-14:-4] <= "2026-12-31"]
    World(back).advance(8, orders=list)
    assert said(tmp_path / "back") == said(tmp_path / "run")
    with pytest.raises(BadRun, match="choose one from 1 to 20"):
        world.run.branch(tmp_path / "never", day=21)


def test_what_befalls_the_city_is_kept_with_its_day(pack: Path, tmp_path: Path) -> None:
    world = begin(pack, tmp_path / "run")
    lost = Happening("network_lost", world.run.today, end=world.run.today + timedelta(days=2), zones=("OLD-1",))
    world.advance(3, orders=list, happenings=lambda: [lost])
    reader = TruthReader(world.run)
    assert [bool(reader.day(day).befallen("network_lost")) for day in range(3)] == [True, True, False]


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({"kind": "earthquake", "start": "2026-03-01"}, "nothing that can befall"),
        ({"kind": "hospital_floods", "start": "2026-03-01"}, "must say which facility"),
        ({"kind": "rumour", "start": "2026-03-05", "end": "2026-03-05"}, "not after it begins"),
        ({"kind": "rumour", "start": "2026-03-05", "size": 3}, "at most 1"),
        ({"kind": "rumour", "start": "soon"}, "Happening 1 cannot be used"),
    ],
)
def test_a_happening_that_cannot_be_is_refused_with_the_reason(row: dict[str, object], words: str) -> None:
    with pytest.raises(BadHappening, match=words):
        from_row(row, 1)


def test_a_run_refuses_another_city(pack: Path, tmp_path: Path) -> None:
    own = tmp_path / "pack"
    shutil.copytree(pack, own)
    begin(own, tmp_path / "run")
    described = json.loads((own / "datapackage.json").read_text(encoding="utf-8"))
    (own / "datapackage.json").write_text(json.dumps({**described, "title": "another"}))
    with pytest.raises(BadRun, match="Begin a new run"):
        Run.open(tmp_path / "run")


def test_a_folder_that_is_not_empty_is_left_alone(pack: Path, tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("dear")
    with pytest.raises(BadRun, match="not empty"):
        begin(pack, tmp_path)


def test_half_a_pack_is_refused(pack: Path, tmp_path: Path) -> None:
    shutil.copytree(pack, tmp_path / "pack")
    (tmp_path / "pack" / "strata.csv").unlink()
    with pytest.raises(BadPack, match=r"strata\.csv is missing"):
        read_place(tmp_path / "pack")


def test_a_broken_state_is_told(pack: Path, tmp_path: Path) -> None:
    begin(pack, tmp_path / "run").advance(2, orders=list)
    (tmp_path / "run" / "state.bin").write_bytes(b"rubbish")
    with pytest.raises(BadRun, match="cannot be read"):
        Run.open(tmp_path / "run")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[{", "not JSON"),
        ("{}", "holds no list"),
        ('[{"measure": "x"}]', "Order 1 cannot be used"),
        ('[{"measure": "x", "start": "soon"}]', "Order 1 cannot be used"),
    ],
)
def test_orders_that_cannot_be_read_are_told(text: str, words: str, tmp_path: Path) -> None:
    (tmp_path / "orders.json").write_text(text)
    with pytest.raises(BadOrders, match=words):
        read_orders(tmp_path / "orders.json")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("r0: 2.3", "r0: -1"), r"variants\.1\.r0"),
        (("effects: {work: 0.10", "effects: {moon: 0.10"), "'moon' is no setting"),
        (("cross: [[0.98, 0.55], [0.85, 0.97]]", "cross: [[0.98, 0.55]]"), "immunity.cross has 1 numbers"),
        (("code: clean-air", "code: free-tests"), "'free-tests' is described twice"),
        (("slug: respiratory", "slug: [respiratory"), "not YAML"),
    ],
)
def test_an_emergency_with_a_fault_says_where(change: tuple[str, str], words: str, tmp_path: Path) -> None:
    from salus.world.emergency import FOLDER

    text = (FOLDER / "respiratory.yaml").read_text(encoding="utf-8")
    assert change[0] in text
    (tmp_path / "own.yaml").write_text(text.replace(*change, 1), encoding="utf-8")
    with pytest.raises(BadEmergency, match=words):
        read_emergency(tmp_path / "own.yaml")


def test_an_unknown_emergency_names_those_there_are() -> None:
    with pytest.raises(BadEmergency, match="respiratory"):
        read_emergency("plague")


@pytest.mark.parametrize("name", names())
def test_every_emergency_that_comes_along_can_happen(name: str, pack: Path, tmp_path: Path) -> None:
    described = read_emergency(name)
    world = World(Run.begin(tmp_path / "run", pack=pack, emergency=name, start=START, seed=3))
    if not isinstance(described, Infection | Unknown):
        # What these do is held to its laws in test_ailments.py.
        world.advance(2, orders=list)
        assert infected(tmp_path / "run") == 0
        return
    world.advance(8, orders=list)
    assert infected(tmp_path / "run") > 0
    model = world.run.model
    if model.immune is not None:
        assert model.immune.sum(axis=0) == pytest.approx(1.0)
        assert (model.immune >= 0).all()


def test_measles_finds_those_whom_vaccination_did_not_reach(pack: Path) -> None:
    place = read_place(pack)
    course = simulate(assemble(place, read_emergency("measles")), days=240, by=("stratum",), keep=("infections",))
    attacked = course.path("infections").sum(axis=0).reshape(-1, 3).sum(axis=0)
    share = attacked / place.people.sum(axis=0).reshape(-1, 3).sum(axis=0)
    assert share[0] > 3 * share[1] > 0
