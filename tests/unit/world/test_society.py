"""A society stays in bounds, answers to what is ordered and to what befalls it, and goes on where it stopped."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from salus.world.city.pack import build
from salus.world.happenings import Happening
from salus.world.truth.customs import FILE, BadSociety, read_customs
from salus.world.truth.mood import Mood, Seen, beginning, compliance, evening, obeyed
from salus.world.truth.orders import Order
from salus.world.truth.place import Place, read_place
from salus.world.truth.run import BadRun, Run
from salus.world.truth.society import FOLDER, SocietyReader, read_evening, shelves_of, supplies_of
from salus.world.truth.supplies import Circumstances, Stand

START = date(2026, 3, 2)
RULES = read_customs().mood


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("society") / "pack", seed=5, people=6_000)


@pytest.fixture(scope="module")
def place(pack: Path) -> Place:
    return read_place(pack)


@pytest.fixture(scope="module")
def run(pack: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    folder = tmp_path_factory.mktemp("society") / "run"
    return Run.begin(folder, pack=pack, emergency="respiratory", start=START, seed=4)


def lived(
    place: Place, days: int, orders: Sequence[Order] = (), happenings: Sequence[Happening] = (), deaths: float = 0.0,
    admissions: float = 0.0,
) -> Mood:  # fmt: skip
    mood = beginning(RULES)
    for number in range(days):
        on = START + timedelta(days=number)
        held = [row for row in happenings if row.holds_on(on)]
        given_ = [row for row in orders if row.end is None or on < row.end]
        mood = evening(mood, Seen(number, on, given_, held, deaths, admissions), place, RULES)
    return mood


def moves(run: Run, days: int, *, anxiety: float = 0.0, beds: float = 0.0, orders: Sequence[Order] = (),
          happenings: Sequence[Happening] = ()) -> list[Stand]:  # fmt: skip
    """Let supplies move under given circumstances."""
    supplies = supplies_of(run)
    shape = run.place.people.shape
    values = {name: np.zeros(shape) for name in ("infections", "beds", "icu", "deaths", "doses")}
    values["beds"][0, 0] = beds
    stands = [supplies.beginning()]
    for number in range(days):
        on = START + timedelta(days=number)
        held = [row for row in happenings if row.holds_on(on)]
        rng = run.rng("supplies", number)
        stands.append(supplies.evening(stands[-1], Circumstances(number, on, values, orders, held, anxiety, rng)))
    return stands


def test_in_quiet_times_nothing_moves_and_everybody_follows(place: Place) -> None:
    mood = lived(place, 60)
    assert np.allclose(mood.trust, RULES.trust)
    assert np.allclose(compliance(mood, RULES), 1.0)
    assert mood.anxiety == 0.0


def test_rumours_deaths_lateness_and_contradiction_cost_trust_and_with_it_compliance(place: Place) -> None:
    quiet = lived(place, 40).trust
    rumour = Happening("rumour", START, end=START + timedelta(days=10), size=0.8)
    alarm = Happening("false_alarm", START, end=START + timedelta(days=3), zones=place.zones[:2], size=4)
    again = [
        Order("masks-required", START, START + timedelta(days=4)),
        Order("masks-required", START + timedelta(days=9)),
    ]
    steady = [Order("masks-required", START)]
    for worse in (lived(place, 40, happenings=[rumour]), lived(place, 40, deaths=2.0), lived(place, 40, admissions=6.0),
                  lived(place, 5, happenings=[alarm])):  # fmt: skip
        assert (worse.trust < quiet - 0.005).all()
        assert (compliance(worse, RULES) < 0.995).all()
    assert (lived(place, 12, again).trust < lived(place, 12, steady).trust - 0.02).all()


def test_a_rumour_in_some_zones_costs_less_than_one_everywhere(place: Place) -> None:
    here = lived(place, 8, happenings=[Happening("rumour", START, zones=place.zones[:1])])
    everywhere = lived(place, 8, happenings=[Happening("rumour", START)])
    assert (everywhere.trust < here.trust).all()
    assert 0 < here.anxiety < everywhere.anxiety


def test_what_is_published_and_works_wins_trust(place: Place) -> None:
    announced = [Order("masks-advised", START + timedelta(days=2))]
    assert (lived(place, 2, announced).trust > np.array(RULES.trust)).all()


def test_many_measures_for_long_weary_and_rest_restores(place: Place) -> None:
    strict = [Order(code, START, START + timedelta(days=90)) for code in ("small-groups", "work-from-home")]
    weary = lived(place, 90, strict)
    assert (weary.weariness > 0.3).all()
    assert (lived(place, 160, strict).weariness < 0.6 * weary.weariness).all()


numbers = st.floats(0, 50, allow_nan=False)


@settings(max_examples=12, deadline=None)
@given(data=st.data())
def test_whatever_happens_the_mood_stays_in_bounds(place: Place, data: st.DataObject) -> None:
    mood = beginning(RULES)
    codes = ("masks-required", "small-groups", "never-heard-of")
    for number in range(20):
        on = START + timedelta(days=number)
        orders = [Order(code, START + timedelta(days=data.draw(st.integers(0, 30)))) for code in codes
                  if data.draw(st.booleans())]  # fmt: skip
        befalls = [Happening("rumour", START, size=data.draw(st.floats(0.01, 1.0)))] if data.draw(st.booleans()) else []
        mood = evening(mood, Seen(number, on, orders, befalls, data.draw(numbers), data.draw(numbers)), place, RULES)
        again = Mood.from_json(mood.as_json())
        assert again.as_json() == mood.as_json()
        for values in (mood.trust, mood.weariness, np.array([mood.anxiety])):
            assert ((values >= 0) & (values <= 1)).all()
        factor = compliance(mood, RULES)
        assert ((factor >= RULES.least) & (factor <= RULES.most)).all()


def test_in_quiet_times_shelves_hold_and_prices_stay(run: Run) -> None:
    stands = moves(run, 40)
    last = stands[-1]
    assert sum(stand.lacking.sum() for stand in stands) < 0.02 * sum(stand.used.sum() for stand in stands)
    assert 0.9 < np.nanmean(last.factor) < 1.1


def test_goods_are_neither_made_nor_lost_on_a_shelf(run: Run) -> None:
    stands = moves(run, 25, anxiety=0.7, beds=9.0)
    for before, after in pairwise(stands):
        assert np.allclose(after.amount, before.amount + after.received + after.given - after.used)
        assert (after.amount >= -1e-6).all()
        assert (after.lacking >= -1e-9).all()
        assert abs(after.given.sum()) < 1e-6


def test_anxiety_empties_shelves_and_makes_things_dear(run: Run) -> None:
    products = shelves_of(run).products
    mask, fresh = products.index("mask"), products.index("fresh")
    calm, anxious = moves(run, 20)[-1], moves(run, 20, anxiety=0.9)[-1]
    assert np.nanmean(anxious.factor[:, mask]) > 1.3 * np.nanmean(calm.factor[:, mask])
    assert np.nanmean(anxious.factor[:, fresh]) < 1.3
    assert anxious.factor[~np.isnan(anxious.factor)].max() <= read_customs().prices.highest


def test_a_supplier_that_fails_delivers_nothing_until_it_works_again(run: Run) -> None:
    shelves = shelves_of(run)
    fails = [Happening("supplier_fails", START, end=START + timedelta(days=6), supplier=code, size=1.0)
             for code in shelves.suppliers]  # fmt: skip
    stands = moves(run, 10, happenings=fails)
    assert [stand.received.sum() for stand in stands[:7]] == [0.0] * 7
    assert stands[7].received.sum() > 0


def test_a_published_measure_hands_out_what_lies_in_the_stores(run: Run) -> None:
    shelves = shelves_of(run)
    tests = shelves.product == shelves.products.index("antigen_test")
    given_ = moves(run, 2, orders=[Order("free-tests", START)])[-1].given
    assert given_[tests & shelves.of_kinds("warehouse")].sum() < 0 < given_[tests & shelves.of_kinds("pharmacy")].sum()
    assert moves(run, 2)[-1].given.sum() == 0.0


def test_a_run_keeps_each_evening_goes_on_from_it_and_forgets_it(pack: Path, tmp_path: Path) -> None:
    befalls = [Happening("rumour", START + timedelta(days=2), size=1.0)]
    one = Run.begin(tmp_path / "one", pack=pack, emergency="respiratory", start=START, seed=4)
    for _day in range(8):
        one.keep(one.step([], befalls))
    two = Run.begin(tmp_path / "two", pack=pack, emergency="respiratory", start=START, seed=4)
    for _day in range(8):
        two.keep(two.step([], befalls))
        two = Run.open(tmp_path / "two") if two.day in {3, 6} else two
    reader = SocietyReader(one)
    for number in range(8):
        first, second = reader.evening(number), read_evening(tmp_path / "two", number)
        assert first.mood.as_json() == second.mood.as_json()
        assert np.array_equal(first.stand.amount, second.stand.amount)
        assert first.stand.ordered.equals(second.stand.ordered)
    assert one.society.mood.anxiety > 0
    back = one.branch(tmp_path / "back", day=5)
    assert sorted(path.name for path in (tmp_path / "back" / FOLDER).glob("*.json"))[-1] == "00004.json"
    back.keep(back.step([], befalls))
    assert back.society.mood.as_json() == reader.evening(5).mood.as_json()
    (tmp_path / "back" / FOLDER / "00005.json").unlink()
    with pytest.raises(BadRun, match="day 5 is not whole"):
        Run.open(tmp_path / "back")


def test_a_lack_of_trust_loosens_what_measures_do(run: Run, place: Place) -> None:
    rumour = lived(place, 20, happenings=[Happening("rumour", START)])
    model = obeyed(run.model, compliance(rumour, RULES))
    for before, after in zip(run.model.measures, model.measures, strict=True):
        assert (np.asarray(after.compliance) < np.asarray(before.compliance)).all()
    assert obeyed(run.model, compliance(beginning(RULES), RULES)) is run.model


def test_a_bad_description_is_told_in_plain_words(tmp_path: Path) -> None:
    raw = yaml.safe_load(FILE.read_text())
    raw["mood"]["late"] = 7
    path = tmp_path / "society.yaml"
    path.write_text(yaml.safe_dump(raw))
    with pytest.raises(BadSociety, match=r"mood.late: Input should be less than or equal to 1"):
        read_customs(path)
