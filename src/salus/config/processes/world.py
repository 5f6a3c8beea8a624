"""An exercise's world beside the installation: it hears what was published, and is heard by its feeds alone."""

from __future__ import annotations

import logging
import signal
import threading
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import close_old_connections

from salus.base import clock
from salus.base.errors import SalusError
from salus.config.processes.on_air import on_air_if_possible
from salus.config.processes.stage import evenings
from salus.decide.releases import release_latest
from salus.gather.services import feed_refuse
from salus.gather.sources.loading import load
from salus.learn.scores.recording import records_known
from salus.plan.exercises.stages import Stage
from salus.trust.selectors import system_viewer
from salus.world.score.records import keep_records
from salus.world.truth.happenings import read_happenings
from salus.world.truth.orders import CLOSE_LINE, OPEN_SITE, Order, Site
from salus.world.truth.run import Day, Run
from salus.world.world import World

log = logging.getLogger(__name__)
FEEDS = (
    "exercise_lab",
    "exercise_hospital",
    "exercise_wastewater",
    "exercise_weather",
    "exercise_sensors",
    "exercise_transit",
    "exercise_prices",
    "exercise_stocks",
    "exercise_calls",
)
# What only some worlds tell: a line list, and laboratories that speak FHIR.
SOMETIMES = {"exercise_cases": "cases", "exercise_fhir": "fhir"}
# What the director of an exercise lets befall the city, read anew before every day.
HAPPENINGS = "happenings.json"
BEAT_SECONDS = 0.3
EVENING = 17
MOST_AT_ONCE = 7
# What the sensors say may take so long to be heard; what comes later is taken in with the next day.
HEARD_SECONDS = 10.0


def published_orders() -> list[Order]:
    """Return what the newest published situation says is in force: what anybody in the city can know.

    That is its measures, the lines that are closed and the sites that are open.
    """
    release = release_latest(kind="situation", known_at=clock.now())
    if release is None:
        return []
    body, inside = release.body, _leaves(release.body)
    measures = [_order(row, inside, str(body["city"]["code"])) for row in body["measures"]]
    lines = [_changed(row, CLOSE_LINE, line=str(row["code"])) for row in body.get("closed_lines", ())]
    sites = [_changed(row, OPEN_SITE, site=_site(row)) for row in body.get("sites", ())]
    return [*measures, *lines, *sites]


def _leaves(body: dict[str, Any]) -> dict[str, list[str]]:
    """Return for each area the smallest ones in it: what holds in a district holds in its zones."""
    parents = {row["code"]: row.get("parent") for row in body.get("zones", ())}
    found: dict[str, list[str]] = {}
    for code in parents.keys() - set(parents.values()):
        around: str | None = code
        while around is not None:
            found.setdefault(around, []).append(code)
            around = parents.get(around)
    return {code: sorted(codes) for code, codes in found.items()}


def _order(row: dict[str, Any], inside: dict[str, list[str]], city: str) -> Order:
    zones = tuple(dict.fromkeys(zone for code in row["zones"] for zone in inside.get(code, [code])))
    begun = _day(row["from"])
    assert begun is not None
    return Order(row["code"], begun, _day(row["until"]), () if city in row["zones"] else zones)


def _changed(row: dict[str, Any], measure: str, **what: Any) -> Order:
    """Return an order about the city's services; what is published is its last day, an order names the day after."""
    last = row["until"] and date.fromisoformat(row["until"])
    end = last + timedelta(days=1) if last else None
    return Order(measure, date.fromisoformat(row["from"]), end, tuple(row["zones"]), **what)


def _site(row: dict[str, Any]) -> Site:
    return Site(str(row["code"]), str(row["kind"]), int(row["per_day"]), tuple(row["weekdays"]))


def _day(moment: str | None) -> date | None:
    return datetime.fromisoformat(moment).astimezone(clock.city_zone()).date() if moment else None


def take_in(world: World, *, heard_at: datetime | None = None) -> None:
    """Bring in what the feeds have said since the last time; what was brought in before stays as it is."""
    there = (slug for slug, folder in SOMETIMES.items() if (world.feeds / folder).is_dir())
    by = system_viewer("world")
    for slug in (*FEEDS, *there):
        try:
            load(slug=slug, path=world.feeds, by=by, heard_at=heard_at)
        except SalusError as refusal:
            # One feed that cannot be read keeps no other from being heard; the catalogue says why.
            log.warning("The feed %s could not be taken in: %s", slug, refusal)
            feed_refuse(source=slug, message=str(refusal), by=by)


def go_on(
    world: World, done: Callable[[Day], None] = lambda day: None, *, heard: Callable[[], object] = lambda: None
) -> int:
    """Let every day happen that the clock has left behind, then bring its feeds in; return how many days that was.

    What is still on the air has its time to be `heard` before that.
    """
    # A day's reports are out in the evening.
    days = max((clock.today() - world.run.today).days + int(_evening()), 0)
    if days:
        # A world that fell behind a fast clock says several days at once; orders carry the day on which they begin.
        befalling = world.run.folder / HAPPENINGS
        world.advance(
            min(days, MOST_AT_ONCE),
            orders=published_orders,
            happenings=lambda: read_happenings(befalling),
            done=done,
        )
        heard()
        take_in(world, heard_at=clock.now())
        # Beside the truth, so that whoever scores the run can tell when this installation knew, decided and acted.
        keep_records(world.run.folder, records_known(viewer=system_viewer("world")))
    return days


def _evening() -> bool:
    return clock.now().astimezone(clock.city_zone()).hour >= EVENING


def run(folder: Path) -> None:
    """Go on with the clock until the process is told to stop."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    with on_air_if_possible(folder) as publisher:
        world, stage = World(Run.open(folder), on_air=publisher is not None), Stage(Path(settings.SALUS_DATA_DIR))
        take_in(world, heard_at=clock.now())
        while not stop.is_set():
            close_old_connections()
            days = go_on(world, heard=lambda: publisher is None or publisher.wait(HEARD_SECONDS))
            if days and stage.plan.exists():
                evenings.keep(stage, world.run.day)
            if days <= 1:
                stop.wait(BEAT_SECONDS)
