"""A poisoned water main is found: from complaints to a signal, an investigation, and the guilty main."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
import yaml

from salus.assess.investigations.document import names as pack_names
from salus.assess.investigations.document import pack_named, parse_pack
from salus.assess.investigations.selectors import finding_latest, investigation_get, investigation_list
from salus.assess.investigations.services import definition_save, investigation_close
from salus.assess.jobs import INVESTIGATE
from salus.assess.selectors import rt_get, signal_list
from salus.assess.services import assessment_run
from salus.base import chain, clock, outbox
from salus.base.errors import Conflict, Invalid, NotFound, Refused
from salus.base.models import Job
from salus.config.packs import pack_of, packs_load
from salus.gather.sources.loading import load
from salus.plan.selectors import measure_list, playbook_get
from salus.trust.schemas import Grant, Tier, Viewer
from salus.trust.selectors import system_viewer
from salus.world.city.pack import build
from salus.world.emergency import FOLDER, names
from salus.world.feeds.cases import CasesFeed
from salus.world.truth.run import Run
from salus.world.world import World

pytestmark = pytest.mark.django_db
BY = system_viewer("test")
START = date(2026, 3, 2)
BEGINS, DAYS = 12, 18


def evening(days: int) -> datetime:
    return datetime(START.year, START.month, START.day, 18, 30, tzinfo=UTC) + timedelta(days=days)


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("city") / "pack", seed=5, people=6_000)


@pytest.fixture(scope="module")
def told(pack: Path, tmp_path_factory: pytest.TempPathFactory) -> World:
    """Return a world in which a main has been poisoned for a week."""
    return happened("water_main", pack, tmp_path_factory.mktemp("poisoned"))


def happened(emergency: str, pack: Path, folder: Path) -> World:
    raw = yaml.safe_load((FOLDER / f"{emergency}.yaml").read_text(encoding="utf-8"))
    raw["contamination"]["begins_on_day"] = BEGINS
    (folder / "own.yaml").write_text(yaml.safe_dump(raw, allow_unicode=True), encoding="utf-8")
    world = World(Run.begin(folder / "run", pack=pack, emergency=folder / "own.yaml", start=START, seed=2))
    feed = CasesFeed(world.run)
    for _ in range(DAYS):
        world.run.keep(world.run.step([]))
        feed.write(world.run.day - 1)
    return world


def investigated(world: World) -> None:
    """Bring everything in, assess, and do the work that was queued."""
    with clock.fixed_at(evening(0)):
        packs_load(*pack_of(world.run.folder))
        load(slug="exercise_city", path=world.run.pack, by=BY)
    with clock.fixed_at(evening(DAYS)):
        load(slug="exercise_cases", path=world.feeds, by=BY)
        assessment_run(by=BY)
        outbox.deliver_all()
        worked()


def worked() -> None:
    """Do the investigation's jobs that wait."""
    from salus.assess.investigations.work import find

    for job in Job.objects.filter(kind=INVESTIGATE):
        find(investigation=job.args["investigation"], by=BY)


def test_the_guilty_main_is_named_and_no_reproduction_number_is(told: World) -> None:
    investigated(told)
    with clock.fixed_at(evening(DAYS)):
        rows = investigation_list(viewer=BY)
        assert len(rows) == 1, "the signals of one cluster are one investigation"
        found = finding_latest(viewer=BY, investigation=rows[0].id)
        assert found is not None
        content = found.content
        source = told.run.source
        assert source is not None
        assert content["areas"][0]["code"] == source.place.code
        assert content["areas"][0]["low"] > 3
        # The water of one's tap explains it, and when it began is near the truth.
        guilty = [row["code"] for row in content["exposures"] if (row["odds"][1] or 0) > 1]
        assert not {"bottled_water", "chicken", "swimming"} & set(guilty[:1])
        began = datetime.fromisoformat(content["window"]["likeliest"][0])
        assert abs(began - (evening(BEGINS) - timedelta(hours=12))) < timedelta(days=2.5)
        assert content["cluster"]["p"] < 0.05
        # It is on the chain of the signal that opened it, and nothing speaks of one infecting another.
        signal = rows[0].signal_ids[0]
        assert rows[0].id in {link.target.id for link in chain.walk(id=signal)}
        row = signal_list(viewer=BY)[0]
        assert rt_get(viewer=BY, series=row.series, zone=row.zone_id) is None


def test_a_leak_at_a_workplace_is_found_by_where_the_ill_work(pack: Path, tmp_path: Path) -> None:
    world = happened("chemical", pack, tmp_path)
    investigated(world)
    with clock.fixed_at(evening(DAYS)):
        rows = investigation_list(viewer=BY)
        assert len(rows) == 1
        found = finding_latest(viewer=BY, investigation=rows[0].id)
        assert found is not None
        assert world.run.source is not None
        assert found.content["workplaces"][0]["code"] == world.run.source.place.code
        signal = signal_list(viewer=BY)[0]
        assert signal.series == "exercise.zone_work_complaints"


def test_an_investigation_is_changed_by_versions_and_ends_with_what_was_found(told: World) -> None:
    investigated(told)
    with clock.fixed_at(evening(DAYS)):
        row = investigation_list(viewer=BY)[0]
        before = finding_latest(viewer=BY, investigation=row.id)
        assert before is not None
        strict = {**row.definition, "at_least": 3}
    with clock.fixed_at(evening(DAYS) + timedelta(minutes=30)):
        definition_save(investigation=row.id, definition=strict, expected_number=1, by=BY)
    with clock.fixed_at(evening(DAYS) + timedelta(hours=1)):
        worked()
        after = finding_latest(viewer=BY, investigation=row.id)
        assert after is not None
        assert after.total < before.total
        assert after.definition_number == 2
        with pytest.raises(Conflict):
            definition_save(investigation=row.id, definition=strict, expected_number=1, by=BY)
        with pytest.raises(Invalid, match="asks for 9 symptoms"):
            definition_save(investigation=row.id, definition={**strict, "at_least": 9}, expected_number=2, by=BY)
        investigation_close(investigation=row.id, reason="The main was crossed with a sewer.", by=BY)
        with pytest.raises(Conflict):
            investigation_close(investigation=row.id, reason="Again.", by=BY)
    # At the moment before, it is as it was.
    past = investigation_get(viewer=BY, investigation=row.id, known_at=evening(DAYS))
    assert (past.status, past.definition_number) == ("open", 1)
    known = finding_latest(viewer=BY, investigation=row.id, known_at=evening(DAYS))
    assert known is not None
    assert known.total == before.total


def test_a_partner_sees_no_investigation_and_others_no_small_numbers(told: World) -> None:
    investigated(told)

    def somebody(*permissions: str, tier: Tier) -> Viewer:
        return Viewer(uuid4(), "person", "Somebody", None, (Grant("role", frozenset(permissions), None, tier, None),))

    with clock.fixed_at(evening(DAYS)):
        with pytest.raises(Refused):
            investigation_list(viewer=somebody("city.view", tier=Tier.PARTNER))
        row = investigation_list(viewer=BY)[0]
        looks = somebody("investigation.view", "case.view", tier=Tier.OPERATIONAL)
        shown = finding_latest(viewer=looks, investigation=row.id)
        assert shown is not None
        assert shown.hidden
        counts = [zone["ill"] for zone in shown.content["zones"]]
        assert not [count for count in counts if count is not None and 0 < count < 5]


@pytest.mark.parametrize("name", names())
def test_every_emergency_brings_its_rules_measures_and_checklists(name: str) -> None:
    packs_load(name)
    document = pack_named(name)
    known = {row.code for row in measure_list(viewer=BY)}
    assert set(document.measures) <= known
    playbook = playbook_get(viewer=BY)
    assert playbook is not None
    assert playbook.code == name
    assert document.checklists
    assert {field.code for field in document.fields if field.personal} == {"name", "telephone", "street"}


def test_a_pack_with_a_fault_is_refused_and_the_place_is_named() -> None:
    from salus.assess.investigations.document import PACKS

    text = (PACKS / "water_main.yaml").read_text(encoding="utf-8")
    for change, words in (
        (("mean_hours: 40", "mean_hours: -1"), "incubation > mean_hours"),
        (("  - tap_water_home", "  - well_water"), "well_water"),
        (("person_to_person: false", "person_to_person: [false"), "line"),
        (("at_least: 1", "at_least: 7"), "asks for 7 symptoms"),
    ):
        assert change[0] in text
        with pytest.raises(Invalid, match=words):
            parse_pack(text.replace(*change, 1), name="own.yaml")
    with pytest.raises(NotFound, match="plague"):
        pack_named("plague")
    assert set(pack_names()) == set(names())
