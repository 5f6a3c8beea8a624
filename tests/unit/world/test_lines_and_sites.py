"""The world hears closed lines and opened sites: people stay, ride with others, are vaccinated, found, cooled, served."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from google.transit.gtfs_realtime_pb2 import FeedMessage, TripDescriptor

from salus.world.city.pack import build
from salus.world.feeds.lines import LaboratoryFeed
from salus.world.feeds.truth import TruthReader
from salus.world.score.replay import orders_of, replay, scene_of
from salus.world.truth.lines import Lines, closed_on
from salus.world.truth.orders import CLOSE_LINE, OPEN_SITE, BadOrders, Order, Site, as_row, from_row
from salus.world.truth.place import BadPack
from salus.world.truth.riding import still_made
from salus.world.truth.run import Run
from salus.world.world import World

START = date(2026, 3, 2)


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("lines") / "pack", seed=5, people=6_000)


def begin(pack: Path, folder: Path, emergency: str = "respiratory") -> Run:
    return Run.begin(folder, pack=pack, emergency=emergency, start=START, seed=4)


def closed(lines: tuple[str, ...], zones: tuple[str, ...] = ()) -> list[Order]:
    return [Order(CLOSE_LINE, START, None, zones, line=line) for line in lines]


def site(kind: str, per_day: int, zones: tuple[str, ...] = (), weekdays: tuple[int, ...] = tuple(range(7))) -> Order:
    return Order(OPEN_SITE, START, None, zones, site=Site(f"{kind}-1", kind, per_day, weekdays))


def lived(run: Run, days: int, orders: list[Order]) -> list[dict[str, np.ndarray]]:
    found = []
    for _ in range(days):
        day = run.step(orders)
        run.keep(day)
        found.append(day.values)
    return found


def total(days: list[dict[str, np.ndarray]], name: str) -> float:
    return float(sum(day[name].sum() for day in days))


def test_an_order_of_a_line_or_a_site_reads_back_as_it_was_written_and_a_lacking_one_says_so() -> None:
    for order in (*closed(("1",), ("A-01",)), site("testing", 40, ("A-01",), (0, 2))):
        assert from_row(json.loads(json.dumps(as_row(order))), 1) == order
    assert set(as_row(Order("masks-required", START))) == {"measure", "start", "end", "zones"}
    for row, said in (
        ({"measure": CLOSE_LINE, "start": "2026-03-02"}, "does not say which"),
        ({"measure": OPEN_SITE, "start": "2026-03-02"}, "does not describe it"),
        ({"measure": OPEN_SITE, "start": "2026-03-02", "site": {"code": "a", "kind": "water"}}, "cannot be used"),
        ({"measure": OPEN_SITE, "start": "2026-03-02",
          "site": {"code": "a", "kind": "water", "per_day": 1, "weekdays": [9]}}, "weekdays"),
    ):  # fmt: skip
        with pytest.raises(BadOrders, match=said):
            from_row(row, 1)


def test_ways_are_lost_between_the_zones_that_a_closed_line_joins_and_others_fill(pack: Path, tmp_path: Path) -> None:
    run = begin(pack, tmp_path / "run")
    lines = run.serving.lines
    one = lines.closure(closed_on(closed(("1",)), START))
    every = lines.closure(closed_on(closed(lines.codes), START))
    served = lines._serves[lines.codes.index("1")] > 0
    joined = np.outer(served, served) & ~np.eye(served.size, dtype=bool)
    assert (one.passable[joined] < 1.0).all()
    assert (one.passable >= every.passable - 1e-12).all()
    anywhere = lines._serves.any(axis=0)
    assert (one.passable[~np.outer(anywhere, anywhere)] == 1.0).all()
    assert 0.55 < every.passable.min() < 0.75
    assert (one.crowded[served] >= 1.0).all() and one.crowded.max() > 1.0
    assert one.made[served].mean() < 1.0 and every.made.mean() < one.made.mean()
    assert lines.closure(closed_on(closed(("no such line",)), START)).passable.min() == 1.0
    # Closed in one zone only, the line still joins the others.
    here = run.place.zones[int(np.flatnonzero(served)[0])]
    part = lines.closure(closed_on(closed(("1",), (here,)), START))
    assert part.passable.sum() > one.passable.sum()
    assert still_made(run, 0, tuple(closed(lines.codes))).mean() < still_made(run, 0, ()).mean() == 1.0


def test_closed_lines_keep_work_undone_and_infections_apart_and_opening_them_gives_back_the_day(
    pack: Path, tmp_path: Path
) -> None:
    everything = closed(begin(pack, tmp_path / "look").serving.lines.codes)
    free, shut = begin(pack, tmp_path / "free"), begin(pack, tmp_path / "shut")
    usual, changed = lived(free, 3, []), lived(shut, 3, everything)
    assert total(changed, "work_days_lost") > total(usual, "work_days_lost") + 20
    assert lived(shut, 1, [])[0]["work_days_lost"].sum() < 5
    kept = TruthReader(shut).day(2)
    assert {order.line for order in kept.orders} == {order.line for order in everything}
    # A run goes on, and a replay goes the same way.
    again = Run.open(tmp_path / "shut")
    assert again.day == 4
    told = replay(scene_of(again), seed=4, days=4, plan=orders_of(again))
    assert told.by_day["work_days_lost"].tolist() == pytest.approx(
        [row["work_days_lost"].sum() for row in (TruthReader(again).day(n).values for n in range(4))]
    )
    branch = again.branch(tmp_path / "branch", day=2)
    assert lived(branch, 1, everything)[0]["work_days_lost"].sum() == changed[2]["work_days_lost"].sum()


def test_a_line_that_is_closed_has_no_vehicle_and_the_next_day_it_has(pack: Path, tmp_path: Path) -> None:
    world = World(begin(pack, tmp_path / "run"))
    world.advance(1, orders=lambda: closed(("1",)))
    world.advance(1, orders=list)
    shut, free = (_said(world.feeds, START + timedelta(days=n)) for n in (0, 1))
    assert "1" not in _lines(shut) and "1" in _lines(free)
    assert any(row.trip_update.trip.schedule_relationship == TripDescriptor.CANCELED
               and row.trip_update.trip.trip_id.startswith("1-") for row in shut.entity)  # fmt: skip
    alerts = [row.alert for row in shut.entity if row.HasField("alert")]
    assert [one.route_id for alert in alerts for one in alert.informed_entity] == ["1"]
    assert not [row for row in free.entity if row.HasField("alert")]


def _said(feeds: Path, on: date) -> FeedMessage:
    found = FeedMessage()
    found.ParseFromString((feeds / "transit" / f"transit-{on}-08.pb").read_bytes())
    return found


def _lines(feed: FeedMessage) -> set[str]:
    return {row.vehicle.trip.route_id for row in feed.entity if row.HasField("vehicle")}


def test_a_site_vaccinates_in_its_zones_up_to_its_capacity_and_on_its_weekdays(pack: Path, tmp_path: Path) -> None:
    run = begin(pack, tmp_path / "run")
    zones = run.place.zones[:4]
    days = lived(run, 7, [site("vaccination", 25, zones, (0, 1, 2, 3, 4))])
    by_day = [day["doses"].sum() for day in days]
    assert by_day[:5] == pytest.approx([25.0] * 5, abs=2) and by_day[5:] == [0.0, 0.0]
    assert sum(day["doses"][4:].sum() for day in days) == 0.0
    # Beside what the city offers everywhere.
    both = lived(begin(pack, tmp_path / "both"), 1, [site("vaccination", 25, zones), Order("vaccine-visits", START)])
    assert both[0]["doses"].sum() == pytest.approx(25 + 3.0 * run.place.people.sum() / 1000, abs=2)


def test_a_site_for_tests_finds_more_of_the_infected(pack: Path, tmp_path: Path) -> None:
    def played(name: str, orders: list[Order]) -> tuple[float, float]:
        run = begin(pack, tmp_path / name)
        infections = total(lived(run, 40, orders), "infections")
        LaboratoryFeed(run).write(39)
        reports = sum(len(pl.read_parquet(path)) for path in (run.folder / "drawn" / "lab").glob("*.parquet"))
        return infections, float(reports)

    (infections, reports), (fewer, more) = played("without", []), played("with", [site("testing", 10_000)])
    assert fewer < infections
    assert more / fewer > 1.25 * reports / infections


def test_cool_rooms_spare_people_the_heat_and_clean_water_the_poison(pack: Path, tmp_path: Path) -> None:
    def struck(emergency: str, orders: list[Order], name: str) -> float:
        run = begin(pack, tmp_path / name, emergency)
        if emergency == "heat_wave":
            harm, day = run.ailments._heats[0], run.hot_spells[0].begins_on_day + 2
            on, rates = START + timedelta(days=day), run.hot_spells[0].deaths_per_100k_degree_by_age
            return float(harm.expected(day, rates, orders, on).sum())
        assert run.source is not None and run.ailments.poisoning is not None
        day = run.source.contamination.begins_on_day
        return float(run.ailments.poisoning.doses(day, orders, START + timedelta(days=day)).sum())

    for emergency, kind in (("heat_wave", "cooling"), ("water_main", "water")):
        usual = struck(emergency, [], f"{kind}-none")
        some = struck(emergency, [site(kind, 150)], f"{kind}-some")
        much = struck(emergency, [site(kind, 100_000)], f"{kind}-much")
        assert usual > some > much > 0
        assert struck(emergency, [site("testing", 100_000)], f"{kind}-other") == usual


def test_a_pack_without_lines_says_so(pack: Path, tmp_path: Path) -> None:
    run = begin(pack, tmp_path / "run")
    with pytest.raises(BadPack, match=r"gtfs/trips\.txt"):
        Lines(tmp_path, run.place, run.serving._customs.riding)
