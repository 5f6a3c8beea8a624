"""What sensors, vehicles, the weather service and FHIR laboratories say: the same words again, and an answer to what befalls."""

from __future__ import annotations

import json
import shutil
from datetime import date, timedelta

import numpy as np
import pytest
from google.transit.gtfs_realtime_pb2 import FeedMessage

from salus.gather import cap
from salus.gather.fhir import results_of, take
from salus.world.city.pack import build
from salus.world.feeds.fhir import FhirFeed, speakers
from salus.world.feeds.lines import LaboratoryFeed
from salus.world.feeds.sensors import SensorFeed, from_line
from salus.world.feeds.transit import TransitFeed
from salus.world.feeds.weather import WeatherFeed
from salus.world.truth.happenings import Happening
from salus.world.truth.orders import Order
from salus.world.truth.run import Run
from salus.world.truth.weather import Weather

START, DAYS = date(2026, 7, 6), 16
# A network is lost on day 6, all is silent on days 8 and 9, all send rubbish on day 10, staff are ill on day 12.
LOST, SILENT, RUBBISH, ILL = 6, (8, 10), 10, 12
FEEDS = ("sensors", "transit", "weather", "fhir")
ORDERS = [Order(code, START + timedelta(days=13)) for code in ("work-from-home", "small-groups", "no-large-events")]


def on(day: int) -> date:
    return START + timedelta(days=day)


def befalling(zones: tuple[str, ...]) -> list[Happening]:
    found = [Happening("network_lost", on(LOST), on(LOST + 1), zones=zones)]
    for feed in FEEDS:
        found.append(Happening("feed_silent", on(SILENT[0]), on(SILENT[1]), feed=feed))
        found.append(Happening("feed_rubbish", on(RUBBISH), on(RUBBISH + 1), feed=f"exercise_{feed}"))
    return [*found, Happening("staff_ill", on(ILL), on(ILL + 1), size=0.6)]


class Heat:
    begins_on_day, days, degrees = 2, 3, 14.0


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    folder = tmp_path_factory.mktemp("things")
    pack = build(folder / "pack", seed=5, people=6_000)
    # A second laboratory, which speaks FHIR.
    rows = (pack / "facilities.csv").read_text(encoding="utf-8").splitlines()
    first = next(row for row in rows if ",laboratory," in row)
    code = first.split(",")[0]
    (pack / "facilities.csv").write_text(
        "\n".join([*rows, first.replace(code, "LABORA-2", 1)]) + "\n", encoding="utf-8"
    )
    made = Run.begin(folder / "run", pack=pack, emergency="respiratory", start=START, seed=3)
    happenings = befalling(made.place.zones[:3])
    for _ in range(DAYS):
        made.keep(made.step(ORDERS, happenings))
    return made


def told(run: Run, name: str) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted((run.folder / "feeds" / name).iterdir())}


def speak(run: Run, name: str) -> dict[str, bytes]:
    shutil.rmtree(run.folder / "feeds" / name, ignore_errors=True)
    feed = {
        "sensors": SensorFeed,
        "transit": TransitFeed,
        "weather": WeatherFeed,
        "fhir": lambda it: FhirFeed(it, LaboratoryFeed(it, without=speakers(it))),
    }[name](run)
    for day in range(DAYS):
        feed.write(day)
    return told(run, name)


@pytest.mark.parametrize("name", FEEDS)
def test_a_day_told_again_says_the_same_words_and_a_silent_feed_says_none(run: Run, name: str) -> None:
    first = speak(run, name)
    assert first == speak(run, name)
    days = {part[:10] for file in first for part in [file.split("-", 1)[1]]}
    silent = {on(day).isoformat() for day in range(*SILENT)}
    if name == "sensors":
        assert all(first[f"sensors-{day}.ndjson"] == b"" for day in silent)
    else:
        assert not days & silent
    assert on(SILENT[1]).isoformat() in days


def test_sensors_of_zones_without_network_are_not_heard(run: Run) -> None:
    files = speak(run, "sensors")
    kept = {row.split(",")[0]: row.split(",")[5] for row in (run.pack / "sensors.csv").read_text().splitlines()}

    def zones(day: int) -> set[str]:
        lines = files[f"sensors-{on(day)}.ndjson"].splitlines()
        return {kept[from_line(line).topic.rsplit("/", 1)[1]] for line in lines}

    lost = set(run.place.zones[:3])
    assert not zones(LOST) & lost
    assert zones(LOST - 1) & lost
    assert any(b"base64" in line for line in files[f"sensors-{on(RUBBISH)}.ndjson"].splitlines())


def footfall(files: dict[str, bytes], day: int) -> float:
    values = []
    for line in files[f"sensors-{on(day)}.ndjson"].splitlines():
        message = from_line(line)
        if "count" in message.topic:
            values += [value for value in json.loads(message.payload)["values"] if value is not None and value < 60_000]
    return float(np.mean(values))


def riders(files: dict[str, bytes], day: int) -> tuple[float, int]:
    full, vehicles = [], 0
    for hour in ("08", "17"):
        feed = FeedMessage.FromString(files[f"transit-{on(day)}-{hour}.pb"])
        moving = [entity.vehicle for entity in feed.entity if entity.HasField("vehicle")]
        vehicles += len(moving)
        full += [row.occupancy_percentage for row in moving if 0 < row.occupancy_percentage < 130]
    return float(np.mean(full)), vehicles


def test_fewer_people_walk_and_ride_where_measures_bind_and_fewer_vehicles_run_when_staff_are_ill(run: Run) -> None:
    sensors, transit = speak(run, "sensors"), speak(run, "transit")
    # Monday and Monday: the measures begin on the second Sunday.
    assert footfall(sensors, 14) < 0.85 * footfall(sensors, 0)
    assert riders(transit, 14)[0] < 0.9 * riders(transit, 0)[0]
    assert riders(transit, ILL)[1] < 0.85 * riders(transit, ILL - 1)[1]
    rubbish = transit[f"transit-{on(RUBBISH)}-12.pb"]
    with pytest.raises(Exception, match="Error parsing"):
        FeedMessage.FromString(rubbish)


def test_every_warning_is_a_message_of_the_protocol_and_heat_is_warned_of(run: Run) -> None:
    feed = WeatherFeed(run)
    feed.weather = Weather(run.place, chance=run.rng, start=run.start, spells=[Heat()])
    folder = run.folder / "feeds" / "weather"
    shutil.rmtree(folder, ignore_errors=True)
    for day in range(DAYS):
        feed.write(day)
    found = {}
    for path in sorted(folder.glob("warning-*.xml")):
        reading = cap.read(path.read_bytes())
        if "rubbish" in path.name:
            assert not reading.fit
            continue
        assert reading.fit, (path.name, reading.defects)
        assert {info.language for info in reading.alerts[0].infos} == {"en", "fr"}
        found[path.name] = reading.alerts[0].message_type
    heat = [found[name] for name in sorted(found) if name.endswith("heat.xml")]
    assert heat[0] == "Alert"
    assert heat[-1] == "Cancel"


def test_the_weather_of_a_day_hangs_on_the_day_alone_and_heat_is_added(run: Run) -> None:
    usual = Weather(run.place, chance=run.rng, start=run.start)
    hot = Weather(run.place, chance=run.rng, start=run.start, spells=[Heat()])
    later = usual.day(9)
    assert np.array_equal(Weather(run.place, chance=run.rng, start=run.start).day(9).maximum, later.maximum)
    assert float((hot.day(3).maximum - usual.day(3).maximum).mean()) == pytest.approx(14.0)
    assert np.array_equal(hot.day(9).maximum, later.maximum)
    year = [usual.day(n) for n in range(365)]
    warm, cold = (float(np.mean([day.maximum.mean() for day in year[a:b]])) for a, b in ((0, 45), (170, 230)))
    assert warm > cold + 6
    assert all((day.maximum > day.minimum).all() for day in year)


def test_a_case_is_told_by_lines_or_by_messages_and_never_by_both(run: Run) -> None:
    shutil.rmtree(run.folder / "feeds" / "lab", ignore_errors=True)
    everything, split = LaboratoryFeed(run), LaboratoryFeed(run, without=speakers(run))
    assert speakers(run) == {"LABORA-2"}
    messages, heard, lines = FhirFeed(run, split), set(), set()
    for day in range(DAYS):
        path, csv = messages.write(day), split.write(day)
        for line in path.read_bytes().splitlines() if path else ():
            heard |= {row.report_id for row in results_of(take(line, models=False))}
        lines |= {row.split(",")[0] for row in csv.read_text().splitlines()[1:]} if csv else set()
    told = {name for day in range(DAYS) for name in everything.sent_on(day)["report_id"]}
    assert not heard & lines
    assert heard | lines <= told
    # A message that was cut off is lost until somebody asks for it.
    assert len(told - heard - lines) <= max(3, len(told) // 50)
    assert heard
