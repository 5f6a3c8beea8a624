"""4-1: from the first signal to a decision that spares people, beside the same days without it.

Two people decide: who drafts does not approve. The world hears only what was published.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import yaml

from salus.act.selectors import task_list
from salus.assess.investigations.selectors import investigation_list
from salus.assess.services import assessment_run
from salus.base import clock, outbox
from salus.config.demo.people import demo_viewers, people_make
from salus.config.packs import pack_of, packs_load
from salus.config.processes.world import published_orders
from salus.decide.releases import release_latest
from salus.decide.schemas import DecisionEdit
from salus.decide.services import decision_approve, decision_draft, decision_submit, release_publish
from salus.gather.sources.loading import load
from salus.plan.schemas import ProposalRow
from salus.plan.selectors import proposal_list
from salus.trust.selectors import system_viewer
from salus.world.city.pack import build
from salus.world.emergency import FOLDER
from salus.world.feeds.cases import CasesFeed
from salus.world.truth.orders import Order
from salus.world.truth.run import Run
from salus.world.world import World

pytestmark = pytest.mark.django_db
BY = system_viewer("test")
START, BEGINS, DAYS = date(2026, 3, 2), 14, 36


def evening(day: int) -> datetime:
    return datetime(START.year, START.month, START.day, 18, 30, tzinfo=UTC) + timedelta(days=day)


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("city") / "pack", seed=5, people=6_000)


def begun(emergency: str, pack: Path, folder: Path) -> World:
    """An emergency of the exercise that begins sooner and lasts until something ends it."""
    raw = yaml.safe_load((FOLDER / f"{emergency}.yaml").read_text(encoding="utf-8"))
    raw["contamination"] |= {"begins_on_day": BEGINS, "days": 20}
    if raw["place"]["kind"] == "meal":
        raw["place"]["guests_per_1000"] = 25.0
    folder.mkdir()
    (folder / "own.yaml").write_text(yaml.safe_dump(raw, allow_unicode=True), encoding="utf-8")
    return World(Run.begin(folder / "run", pack=pack, emergency=folder / "own.yaml", start=START, seed=2))


def lived(world: World, until: int, orders: Callable[[], Sequence[Order]] = list) -> None:
    """Let days happen, and what was seen of them be told."""
    feed = CasesFeed(world.run)
    while world.run.day < until:
        world.run.keep(world.run.step(orders()))
        feed.write(world.run.day - 1)


def heard(world: World) -> list[ProposalRow]:
    """Bring in what was told, assess it, and return what needs a decision."""
    with clock.fixed_at(evening(world.run.day - 1)):
        load(slug="exercise_cases", path=world.feeds, by=BY)
        assessment_run(by=BY)
        outbox.deliver_all()
        return [row for row in proposal_list(viewer=BY, status="open") if row.level_to >= 2]


def decided(proposal: ProposalRow, moment: datetime) -> None:
    """Amira drafts what the playbook asks, Marta approves, Léa tells the public."""
    crew = demo_viewers(by=BY)
    others = {option.key: "It would do too little." for option in proposal.options if option.key != "playbook"}
    edit = DecisionEdit(
        option="playbook", rationale="Many people from one place are ill.", why_rejected=others,
        accountable=crew["head"].id,
    )  # fmt: skip
    with clock.fixed_at(moment + timedelta(hours=1)):
        row = decision_draft(proposal=proposal.id, edit=edit, by=crew["duty_officer"])
        decision_submit(decision=row.id, by=crew["duty_officer"])
    with clock.fixed_at(moment + timedelta(hours=2)):
        decision_approve(decision=row.id, by=crew["head"])
        outbox.deliver_all()
        release_publish(kind="decision", decision=row.id, by=crew["communications_lead"])
        release_publish(kind="situation", by=crew["communications_lead"])
        assert task_list(viewer=crew["duty_officer"], decision=row.id)


def ordered(world: World) -> Callable[[], Sequence[Order]]:
    """What the world hears each morning: the newest release, and nothing else."""

    def newest() -> Sequence[Order]:
        with clock.fixed_at(evening(world.run.day) - timedelta(hours=10)):
            return published_orders()

    return newest


def played(world: World) -> int:
    """Play until somebody has decided, and on to the end; return the day of the decision."""
    with clock.fixed_at(evening(-1)):
        packs_load(*pack_of(world.run.folder))
        people_make(by=BY)
        load(slug="exercise_city", path=world.run.pack, by=BY)
    for day in range(BEGINS, DAYS, 2):
        lived(world, day)
        if proposals := heard(world):
            decided(proposals[0], evening(day - 1))
            lived(world, DAYS, ordered(world))
            return day
    pytest.fail("nothing was ever proposed")


@pytest.mark.parametrize(("emergency", "measure"), [("chemical", "close-workplace"), ("banquet", "close-kitchen")])
def test_a_poisoning_is_seen_decided_on_and_ended(emergency: str, measure: str, pack: Path, tmp_path: Path) -> None:
    world, without = (begun(emergency, pack, tmp_path / name) for name in ("decided", "left alone"))
    day = played(world)
    lived(without, DAYS)
    assert day <= BEGINS + 8, "it is decided within a week of its beginning"
    with clock.fixed_at(evening(DAYS)):
        assert measure in {order.measure for order in published_orders()}
        assert investigation_list(viewer=BY), "the signals opened an investigation"
        release = release_latest(kind="decision", known_at=clock.now())
        assert release is not None
    ill, alone = (one.run.ailments.table for one in (world, without))
    before = [int((table["exposed_on"] < day).sum()) for table in (ill, alone)]
    assert before[0] == before[1], "until then the days were the same"
    assert ill.height < 0.7 * alone.height
