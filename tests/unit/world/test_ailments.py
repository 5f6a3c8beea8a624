"""Poisonings and heat strike whom they can reach, more the more of it there is, and stop when they are stopped."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import yaml

from salus.world.city.pack import build
from salus.world.emergency import FOLDER, BadEmergency, names, overlays, read_emergency
from salus.world.truth.ailments import BadOverlay
from salus.world.truth.happenings import Happening
from salus.world.truth.ill import SECONDARY, SOURCE
from salus.world.truth.orders import Order
from salus.world.truth.place import STRATA
from salus.world.truth.run import Day, Run, write_whole
from salus.world.truth.served import BadPlace
from salus.world.world import World

START = date(2026, 3, 1)


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("ailments") / "pack", seed=5, people=6_000)


def soon(folder: Path, name: str, **changes: object) -> Path:
    """Write an emergency that begins on the second day."""
    raw = yaml.safe_load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))
    if "contamination" in raw:
        raw["contamination"]["begins_on_day"] = 1
    else:
        raw["begins_on_day"] = 1
    for key, value in changes.items():
        head, _, tail = key.partition("__")
        (raw[head] if tail else raw)[tail or head] = value
    path = folder / f"{name}-{len(changes)}.yaml"
    path.write_text(yaml.safe_dump(raw, allow_unicode=True), encoding="utf-8")
    return path


class Without(Run):
    """A run whose infection stands still: what is beside it needs no epidemic engine."""

    passed = 0

    @property
    def day(self) -> int:
        return self.passed

    @property
    def today(self) -> date:
        return self.start + timedelta(days=self.passed)

    def step(self, orders: list[Order], happenings: Sequence[Happening] = ()) -> Day:
        return Day(self.passed, self.today, self.ailments.step(orders), {}, tuple(orders))

    def keep(self, day: Day) -> None:
        self.ailments.keep(day.number, write_whole)
        self.passed += 1


def begun(
    pack: Path, folder: Path, emergency: str | Path, also: tuple[str | Path, ...] = (), whole: bool = False
) -> Run:
    kind = Run if whole else Without
    return kind.begin(folder, pack=pack, emergency=emergency, start=START, seed=4, also=also)


def happened(run: Run, days: int, orders: list[Order] | None = None) -> dict[str, float]:
    total: dict[str, float] = {}
    for _ in range(days):
        day = run.step(orders or [])
        run.keep(day)
        for name, values in day.values.items():
            total[name] = total.get(name, 0.0) + float(values.sum())
    return total


def test_nobody_is_poisoned_whom_the_main_does_not_reach(pack: Path, tmp_path: Path) -> None:
    run = begun(pack, tmp_path / "run", soon(tmp_path, "water_main"))
    happened(run, 9)
    poisoning = run.ailments.poisoning
    assert poisoning is not None
    nodes = json.loads((pack / "networks.json").read_text(encoding="utf-8"))["nodes"]
    main = next(node for node in nodes if node["code"] == run.source.place.code)  # type: ignore[union-attr]
    assert poisoning.area == tuple(main["serves"])
    ill = run.ailments.table
    reached = set(poisoning.people["person"].to_list())
    struck = ill.filter(pl.col("cause") == SOURCE)
    assert struck.height > 20
    assert set(struck["person"].to_list()) <= reached
    # Nobody falls ill twice, and those infected at home live with one of the ill.
    assert ill["person"].n_unique() == ill.height
    homes = dict(
        pl.read_parquet(pack / "people.parquet").select(pl.col("person").cast(pl.Int64), "household").iter_rows()
    )
    caught = {homes[person] for person in ill.filter(pl.col("cause") == SECONDARY)["person"].to_list()}
    assert caught <= {homes[person] for person in ill["person"].to_list()}


def test_who_drinks_more_falls_ill_more_and_a_stronger_poison_strikes_more(pack: Path, tmp_path: Path) -> None:
    run = begun(pack, tmp_path / "run", soon(tmp_path, "water_main", secondary=None))
    poisoning = run.ailments.poisoning
    assert poisoning is not None
    dose = poisoning.doses(1, [], START)
    ill = np.isin(
        poisoning.people["person"].to_numpy(), poisoning.step(1, [], START, run.ailments.table)["person"].to_numpy()
    )
    low, high = dose <= np.quantile(dose, 0.4), dose > np.quantile(dose, 0.6)
    assert ill[low].mean() < ill[high].mean()
    assert not ill[dose == 0].any()
    stronger = begun(pack, tmp_path / "more", soon(tmp_path, "water_main", secondary=None, attack__per_dose=0.05))
    assert happened(stronger, 4)["infections"] > 2 * happened(run, 4)["infections"] > 0


def test_boiling_spares_and_flushing_ends_it_only_where_it_is_ordered(pack: Path, tmp_path: Path) -> None:
    described = soon(tmp_path, "water_main", secondary=None)

    def total(name: str, *orders: Order) -> float:
        return happened(begun(pack, tmp_path / name, described), 12, list(orders))["infections"]

    first = begun(pack, tmp_path / "where", described)
    zone = first.ailments.poisoning.area[0]  # type: ignore[union-attr]
    other = next(code for code in first.place.zones if code != zone)
    since = START + timedelta(days=2)
    nothing = total("none")
    assert total("elsewhere", Order("boil-water", since, zones=(other,))) == nothing
    assert total("boil", Order("boil-water", since, zones=(zone,))) < 0.6 * nothing
    flushed = begun(pack, tmp_path / "flush", described)
    happened(flushed, 12, [Order("flush-main", since)])
    assert flushed.ailments.ended
    last = flushed.ailments.table["exposed_on"].max()
    assert last is not None
    assert int(str(last)) < 4
    # What was flushed stays clean when the order has ended.
    assert happened(flushed, 3)["infections"] == 0


def test_a_closed_workplace_poisons_nobody_more(pack: Path, tmp_path: Path) -> None:
    described = soon(tmp_path, "chemical", attack__per_dose=0.2)
    run = begun(pack, tmp_path / "run", described)
    before = happened(run, 3)["infections"]
    assert before > 0
    workers = pl.read_parquet(pack / "people.parquet").filter(pl.col("workplace") == int(run.source.place.code))  # type: ignore[union-attr,arg-type]
    assert set(run.ailments.table["person"].to_list()) <= set(workers["person"].cast(pl.Int64).to_list())
    assert happened(run, 3, [Order("close-workplace", run.today)])["infections"] == 0


def test_a_run_in_pieces_killed_and_branched_is_the_run_in_one(pack: Path, tmp_path: Path) -> None:
    described = soon(tmp_path, "water_main")
    one = begun(pack, tmp_path / "one", described, whole=True)
    happened(one, 8)
    two = begun(pack, tmp_path / "two", described, whole=True)
    happened(two, 4)
    # Killed after the ill of a day were written, before the day counted.
    state = (tmp_path / "two" / "state.bin").read_bytes()
    two.keep(two.step([]))
    (tmp_path / "two" / "state.bin").write_bytes(state)
    again = Run.open(tmp_path / "two")
    assert again.day == 4
    happened(again, 4)
    back = one.branch(tmp_path / "back", day=3)
    assert back.ailments.table["exposed_at"].min() is not None
    happened(back, 5)
    for other in (again, back):
        assert other.ailments.table.equals(one.ailments.table)
        assert (other.folder / "truth" / "00007.parquet").read_bytes() == (
            one.folder / "truth" / "00007.parquet"
        ).read_bytes()


def test_a_line_list_tells_the_same_of_the_same_truth(pack: Path, tmp_path: Path) -> None:
    world = World(begun(pack, tmp_path / "run", soon(tmp_path, "water_main"), whole=True))
    world.advance(9, orders=list)
    folder = tmp_path / "run" / "feeds" / "cases"
    said = {path.name: path.read_bytes() for path in sorted(folder.glob("*.csv"))}
    (tmp_path / "run" / "told.json").write_text('{"day": 2}')
    for path in (tmp_path / "run" / "drawn" / "cases").glob("*.parquet"):
        path.unlink()
    World(Run.open(tmp_path / "run")).catch_up()
    assert {path.name: path.read_bytes() for path in sorted(folder.glob("*.csv"))} == said
    rows = pl.concat([pl.read_csv(path, infer_schema_length=0) for path in sorted(folder.glob("*.csv"))])
    cases = rows.filter(pl.col("asked_as") == "case").unique("report_id")
    area = world.run.ailments.poisoning.area  # type: ignore[union-attr]
    assert cases.filter(pl.col("zone").is_in(area) | pl.col("work_zone").is_in(area)).height > 0.6 * cases.height > 0


def test_heat_strikes_the_old_and_the_poor_more_and_can_come_on_top_of_anything(pack: Path, tmp_path: Path) -> None:
    rates = [5.0, 5.0, 5.0, 10.0, 50.0, 500.0, 2000.0]
    heat = soon(tmp_path, "heat_wave", degrees=22.0, admissions_per_100k_degree_by_age=rates)
    run = begun(pack, tmp_path / "run", "measles", also=(heat,))
    alone = begun(pack, tmp_path / "alone", "measles")
    with_heat, without = happened(run, 8), happened(alone, 8)
    assert (run.emergency.slug, len(run.hot_spells)) == ("measles", 1)
    assert with_heat["admissions"] > 0
    assert not without
    ill = run.ailments.table
    old = ill.filter(pl.col("stratum") >= STRATA - 6).height / run.place.people[:, -6:].sum()
    young = ill.filter(pl.col("stratum") < STRATA - 6).height / run.place.people[:, :-6].sum()
    assert old > 3 * young
    eased = begun(pack, tmp_path / "eased", "measles", also=(heat,))
    order = [Order(code, START) for code in ("cool-rooms", "check-on-older", "heat-advice")]
    assert happened(eased, 8, order)["admissions"] < with_heat["admissions"]


def test_only_a_heat_wave_comes_on_top_and_a_place_must_exist(pack: Path, tmp_path: Path) -> None:
    assert overlays() == ("heat_wave",)
    with pytest.raises(BadOverlay, match="cannot come on top"):
        begun(pack, tmp_path / "a", "measles", also=("water_main",))
    nowhere = soon(tmp_path, "water_main", place={"kind": "water_main", "code": "MAIN-99-99"})
    with pytest.raises(BadPlace, match="there are MAIN-"):
        begun(pack, tmp_path / "b", nowhere)
    assert not (tmp_path / "b" / "run.json").exists()


@pytest.mark.parametrize("name", names())
def test_every_emergency_has_its_words_in_three_languages(name: str) -> None:
    assert set(read_emergency(name).title) == {"en", "fr", "ar"}


@pytest.mark.parametrize(
    ("name", "change", "words"),
    [
        ("water_main", ("per_dose: 0.006", "per_dose: 0"), "attack.per_dose"),
        ("water_main", ("code: bottled_water", "code: tap_water_work"), "'tap_water_work' is described twice"),
        ("water_main", ("carries: 1.0", "carries: 0.0"), "nobody would ever be poisoned"),
        ("water_main", ("place: {kind: water_main}", "place: {kind: well}"), "place.kind"),
        ("water_main", ("code: flush-main, ends_after_days: 2", "code: flush-main"), "neither lowers the dose"),
        ("water_main", ("fr: Poulet, ", ""), "the words in 'fr' are missing"),
        ("heat_wave", ("[0.45, 0.3, 0.15, 0.1]", "[0.45, 0.3]"), "sums to 0.75"),
        ("unknown", ("from_day: 54", "from_day: 30"), "one after the other"),
        ("unknown", ("kind: unknown", "kind: curse"), "curse"),
    ],
)
def test_a_description_with_a_fault_says_where(name: str, change: tuple[str, str], words: str, tmp_path: Path) -> None:
    text = (FOLDER / f"{name}.yaml").read_text(encoding="utf-8")
    assert change[0] in text
    (tmp_path / "own.yaml").write_text(text.replace(*change), encoding="utf-8")
    with pytest.raises(BadEmergency, match=words):
        read_emergency(tmp_path / "own.yaml")


def test_of_an_unknown_illness_no_test_speaks_before_there_is_one(pack: Path, tmp_path: Path) -> None:
    described = read_emergency("unknown")
    assert [described.stage_on(day).name for day in (0, 39, 40, 60)] == ["syndromic", "syndromic", "linked", "tested"]  # type: ignore[union-attr]
    world = World(begun(pack, tmp_path / "run", "unknown", whole=True))
    world.advance(8, orders=list)
    feeds = tmp_path / "run" / "feeds"
    assert all(pl.read_csv(path).height == 0 for path in (feeds / "lab").glob("*.csv"))
    rows = pl.concat([pl.read_csv(path, infer_schema_length=0) for path in sorted((feeds / "cases").glob("*.csv"))])
    assert rows["laboratory"].drop_nulls().is_in([""]).all()


def test_vaccines_come_to_the_neighbourhoods_to_which_they_are_offered(pack: Path, tmp_path: Path) -> None:
    run = Run.begin(tmp_path / "run", pack=pack, emergency="measles", start=START, seed=3)
    here = run.place.zones[1]
    for _ in range(3):
        day = run.step([Order("vaccine-visits", START, zones=(here,))])
        run.keep(day)
    given = day.values["doses"].sum(axis=1)
    assert given[1] > 0
    assert given.sum() == given[1]
    everywhere = run.step([Order("vaccine-visits", START)]).values["doses"].sum(axis=1)
    assert np.count_nonzero(everywhere) > 1
