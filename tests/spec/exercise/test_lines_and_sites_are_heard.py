"""A person closes a line and opens a site on a decision; it is published, and only then the world answers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from google.transit.gtfs_realtime_pb2 import FeedMessage

from salus.base import chain, clock
from salus.base.errors import Conflict, Invalid, Refused
from salus.base.models import AuditEntry
from salus.city.selectors import facility_list, line_list, zone_list
from salus.config.demo.crew import crew_step
from salus.config.demo.people import demo_viewers, people_make
from salus.config.processes.world import go_on, published_orders
from salus.decide.changes.schemas import SITE_OPENED, SiteHours, Span
from salus.decide.changes.selectors import (
    service_change_get,
    service_change_history,
    service_change_list,
    service_wish_list,
)
from salus.decide.changes.services import line_close, service_change_end, service_change_revise, site_open
from salus.decide.releases import release_file, release_latest
from salus.decide.schemas import DecisionEdit
from salus.decide.services import (
    decision_approve,
    decision_draft,
    decision_end,
    decision_submit,
    release_publish,
    situation_autopublish_set,
)
from salus.gather.selectors import observations_as_of
from salus.gather.sources.loading import load
from salus.plan.services import pack_load as measures_load
from salus.trust.schemas import Viewer
from salus.trust.selectors import system_viewer, viewer_for
from salus.trust.services import organisation_create, person_create, role_assign, roles_load
from salus.world.city.pack import build
from salus.world.feeds.truth import TruthReader
from salus.world.score.replay import orders_of
from salus.world.truth.orders import CLOSE_LINE, OPEN_SITE
from salus.world.truth.run import Run
from salus.world.world import World
from tests.spec.loop.conftest import deliver

pytestmark = pytest.mark.django_db
BY = system_viewer("test")
START = date(2026, 3, 2)
CREW = {"amira": "duty_officer", "marta": "head", "kofi": "logistics_lead", "vera": "viewer"}


def at(days: int, hour: int = 9) -> datetime:
    return datetime(START.year, START.month, START.day, hour, 0, tzinfo=UTC) + timedelta(days=days)


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("lines") / "pack", seed=5, people=4_000)


@dataclass
class City:
    """A city with its people and a decision in force."""

    decision: UUID
    people: dict[str, UUID] = field(default_factory=dict)

    def viewer(self, name: str) -> Viewer:
        return viewer_for(person=self.people[name])


def crew() -> dict[str, UUID]:
    roles_load(by=BY)
    home = organisation_create(name={"en": "centre"}, kind="management", by=BY).id
    found = {}
    for name, role in CREW.items():
        row = person_create(
            username=name, name=name.title(), organisation_id=home, password="correct horse battery", demo=True, by=BY
        )
        role_assign(person=row.id, role=role, by=BY)
        found[name] = row.id
    return found


def decided(people: dict[str, UUID], zones: list[UUID], measures: tuple[str, ...], why: str = "Cases rise.") -> UUID:
    amira, marta = viewer_for(person=people["amira"]), viewer_for(person=people["marta"])
    edit = DecisionEdit(
        title={"en": "Fewer ways, more tests", "fr": "Moins de trajets", "ar": "تنقل أقل"}, measures=measures,
        rationale=why, accountable=people["marta"],
        public_text={"en": "Some lines are closed.", "fr": "Des lignes sont fermées.", "ar": "بعض الخطوط مغلقة."},
        why_rejected={"none": "It would do too little."},
    )  # fmt: skip
    row = decision_draft(zone_ids=zones, edit=edit, by=amira)
    decision_submit(decision=row.id, by=amira)
    decision_approve(decision=row.id, by=marta)
    return UUID(str(row.id))


@pytest.fixture
def city(pack: Path) -> Iterator[City]:
    with clock.fixed_at(at(-1)):
        load(slug="exercise_city", path=pack, by=BY)
        measures_load(by=BY)
        people = crew()
    with clock.fixed_at(at(0)):
        root = next(row.id for row in zone_list(viewer=BY) if row.level == "city")
        yield City(decided(people, [root], ("close-lines", "free-tests")), people)


def line_of(code: str) -> UUID:
    return next(row.id for row in line_list(viewer=BY) if row.code == code)


def clinic() -> UUID:
    return facility_list(viewer=BY, kind="clinic")[0].id


def published() -> None:
    release_publish(kind="situation", by=BY)


def buses_closed(city: City, by: Viewer) -> dict[str, UUID]:
    """Close every bus line, and return the changes of service by line."""
    said = "It joins the districts in which cases rise."
    return {
        row.code: line_close(line=row.id, decision=city.decision, measure="close-lines", reason=said, by=by).id
        for row in line_list(viewer=BY)
        if row.mode == "bus"
    }


@pytest.mark.requirement("4-5")
def test_a_closed_line_is_published_then_heard_and_opened_again(city: City, pack: Path, tmp_path: Path) -> None:
    world = World(Run.begin(tmp_path / "run", pack=pack, emergency="respiratory", start=START, seed=2))
    with clock.fixed_at(at(0, 10)):
        made = buses_closed(city, city.viewer("kofi"))
        assert published_orders() == [], "nothing is heard before it is published"
        published()
    with clock.fixed_at(at(0, 18)):
        assert {(order.measure, order.line) for order in published_orders() if order.line} == {
            (CLOSE_LINE, code) for code in made
        }
        assert go_on(world) == 1
    with clock.fixed_at(at(1, 10)):
        for change in made.values():
            service_change_end(change=change, reason="Cases fall.", by=city.viewer("kofi"))
        assert [order for order in published_orders() if order.line], "what was published stands until another is"
        published()
    with clock.fixed_at(at(1, 18)):
        assert go_on(world) == 1
    shown_in_the_city(world, set(made))


def shown_in_the_city(world: World, codes: set[str]) -> None:
    """Fewer travel and less work is done while the lines are closed; then they run again, and a replay knows."""
    shut, free = lines_said(world, 0), lines_said(world, 1)
    assert shut == {"F"} and free & codes
    truth = TruthReader(world.run)
    lost = [truth.day(n).values["work_days_lost"].sum() for n in (0, 1)]
    assert lost[0] > lost[1]
    replayed = [{order.line for order in day if order.line} for day in orders_of(Run.open(world.run.folder))]
    assert replayed == [codes, set()]
    with clock.fixed_at(at(2)):
        ridden = observations_as_of(viewer=BY, series="exercise.riding", known_at=clock.now())["value"].to_list()
    assert ridden[0] < ridden[1]


def lines_said(world: World, day: int) -> set[str]:
    said = FeedMessage()
    path = world.feeds / "transit" / f"transit-{START + timedelta(days=day)}-08.pb"
    said.ParseFromString(path.read_bytes())
    return {row.vehicle.trip.route_id for row in said.entity if row.HasField("vehicle")}


def test_what_is_ordered_has_a_name_a_reason_a_chain_and_one_audit_row(city: City) -> None:
    kofi, rows = city.viewer("kofi"), AuditEntry.objects.count()
    made = line_close(line=line_of("1"), decision=city.decision, reason="Crowded.", by=kofi)
    assert AuditEntry.objects.count() == rows + 1
    row = service_change_get(viewer=kofi, change=made.id)
    assert (row.accountable_id, row.reason, row.whole) == (city.people["kofi"], "Crowded.", True)
    links = chain.walk(id=row.id)
    assert [(link.source.kind, link.relation) for link in links if link.backwards][:1] == [("decision", "ordered")]
    with clock.fixed_at(at(0, 12)):
        service_change_revise(change=row.id, span=Span(until_on=START + timedelta(days=5)), reason="Shorter.", by=kofi)
    history = service_change_history(viewer=kofi, change=row.id)
    assert [one.until_on for one in history] == [None, START + timedelta(days=5)]
    # As known before, it had no end; before it was ordered there was nothing.
    assert service_change_get(viewer=kofi, change=row.id, known_at=at(0, 9)).until_on is None
    assert service_change_list(viewer=kofi, known_at=at(-1, 12)) == []


def test_a_site_is_published_with_place_hours_and_capacity_in_every_format(city: City) -> None:
    wishes = service_wish_list(viewer=city.viewer("kofi"))
    assert {(wish.measure.code, wish.asked.what) for wish in wishes} == {
        ("close-lines", "close_lines"), ("free-tests", "open_sites"),
    }  # fmt: skip
    hours = SiteHours(per_day=80, weekdays=(0, 1, 2, 3, 4), opens="08:00", closes="19:30")
    site_open(facility=clinic(), site="testing", hours=hours, decision=city.decision, reason="Tests near home.",
              by=city.viewer("kofi"))  # fmt: skip
    assert [wish.asked.what for wish in service_wish_list(viewer=city.viewer("kofi"))] == ["close_lines"]
    published()
    release = release_latest(kind="situation")
    assert release is not None
    (site,) = release.body["sites"]
    assert (site["kind"], site["per_day"], site["opens"], site["weekdays"]) == ("testing", 80, "08:00", [0, 1, 2, 3, 4])
    assert set(site["name"]) == {"en", "fr", "ar"} and site["zone"] and len(site["place"]) == 2
    table = release_file(number=release.number, name="services.csv").content.decode()
    assert "testing" in table and "Mo Tu We Th Fr" in table
    (order,) = [order for order in published_orders() if order.measure == OPEN_SITE]
    assert order.site is not None and (order.site.kind, order.site.per_day) == ("testing", 80)
    assert order.start == START and order.end is not None


def test_nothing_outlives_its_decision(city: City) -> None:
    line_close(line=line_of("1"), decision=city.decision, reason="Crowded.", by=city.viewer("kofi"))
    with clock.fixed_at(at(2)):
        decision_end(decision=city.decision, reason="It is over.", by=city.viewer("marta"))
    with clock.fixed_at(at(3)):
        published()
        assert not [order for order in published_orders() if order.line]
        assert service_change_list(viewer=BY, current=True) == []
        with pytest.raises(Conflict, match="not in force"):
            line_close(line=line_of("R"), decision=city.decision, reason="Again.", by=city.viewer("kofi"))


def test_who_may_not_and_what_cannot_be_is_refused(city: City) -> None:
    kofi, line = city.viewer("kofi"), line_of("1")
    with pytest.raises(Refused):
        line_close(line=line, decision=city.decision, reason="I would like to.", by=city.viewer("vera"))
    with pytest.raises(Refused, match="machine"):
        line_close(line=line, decision=city.decision, reason="By itself.", by=BY)
    for words, more in (
        ("Say why", {"reason": " "}),
        ("in the past", {"span": Span(from_on=START - timedelta(days=2))}),
        ("before it begins", {"span": Span(until_on=START - timedelta(days=2))}),
    ):
        with pytest.raises(Invalid, match=words):
            line_close(**{"line": line, "decision": city.decision, "reason": "Crowded.", "by": kofi, **more})  # type: ignore[arg-type]
    line_close(line=line, decision=city.decision, reason="Crowded.", by=kofi)
    with pytest.raises(Conflict, match="ordered already"):
        line_close(line=line, decision=city.decision, reason="Crowded.", by=kofi)
    for hours, words in (
        (SiteHours(per_day=0), "at least one"),
        (SiteHours(per_day=5, weekdays=()), "never be open"),
        (SiteHours(per_day=5, opens="19:00"), "no opening hours"),
    ):
        with pytest.raises(Invalid, match=words):
            site_open(facility=clinic(), site="testing", hours=hours, decision=city.decision, reason="Near.", by=kofi)


def test_measures_of_a_district_are_heard_in_its_zones(city: City) -> None:
    district = next(row for row in zone_list(viewer=BY) if row.level == "district")
    decided(city.people, [district.id], ("free-tests",))
    published()
    inside = {row.code for row in zone_list(viewer=BY) if row.parent_id == district.id}
    heard = [set(order.zones) for order in published_orders() if order.measure == "free-tests"]
    assert inside in heard and set() in heard


def test_a_decision_of_one_district_closes_a_line_only_there(city: City) -> None:
    row = max(line_list(viewer=BY), key=lambda one: len(one.zone_ids))
    here = decided(city.people, [row.zone_ids[0]], ("close-lines",))
    with pytest.raises(Invalid, match="outside decision"):
        line_close(line=row.id, decision=here, reason="Crowded.", by=city.viewer("kofi"))
    made = line_close(line=row.id, decision=here, zone_ids=[row.zone_ids[0]], reason="Crowded.", by=city.viewer("kofi"))
    assert not made.whole
    published()
    release = release_latest(kind="situation")
    assert release is not None and len(release.body["closed_lines"][0]["zones"]) == 1


def test_where_the_situation_is_published_by_itself_a_change_is_told_at_once(city: City) -> None:
    situation_autopublish_set(on=True, by=city.viewer("marta"))
    deliver()
    before = release_latest(kind="situation")
    with clock.fixed_at(at(0, 11)):
        line_close(line=line_of("1"), decision=city.decision, reason="Crowded.", by=city.viewer("kofi"))
        deliver()
        after = release_latest(kind="situation")
    assert after is not None and (before is None or after.number > before.number)
    assert [row["code"] for row in after.body["closed_lines"]] == ["1"]


def test_the_crew_opens_the_sites_that_its_decisions_ask_for(pack: Path) -> None:
    with clock.fixed_at(at(-1)):
        load(slug="exercise_city", path=pack, by=BY)
        measures_load(by=BY)
        roles_load(by=BY)
        people_make(by=BY)
    with clock.fixed_at(at(0)):
        crew = demo_viewers(by=BY)
        people = {"amira": crew["duty_officer"].id, "marta": crew["head"].id}
        root = next(row.id for row in zone_list(viewer=BY) if row.level == "city")
        decided(people, [root], ("close-lines", "free-tests"), why="Demo crew: cases rise.")
        crew_step()
        assert service_change_list(viewer=BY) == []
    with clock.fixed_at(at(2)):
        crew_step()
        crew_step()
        (site,) = service_change_list(viewer=BY)
    assert (site.kind, site.site, site.accountable_id) == (SITE_OPENED, "testing", crew["logistics_lead"].id)
    assert site.per_day == 16 and site.opens == "08:00"
