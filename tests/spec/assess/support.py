"""A city of six zones whose outbreaks are planted, and its facts with both their times."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import polars as pl

from salus.assess.models import Assessment
from salus.assess.services import assessment_run, pack_load
from salus.base import clock
from salus.city import selectors as city
from salus.city.schemas import PopulationDraft, ZoneDraft, ZoneRow
from salus.city.services import city_define, generation_import, population_import
from salus.gather import store
from salus.gather.models import Import, Series
from salus.gather.schemas import SeriesDraft
from salus.gather.services import series_define
from salus.trust.actors import system_viewer

BY = system_viewer("tests")
BUILT = datetime(2021, 1, 1, tzinfo=UTC)
FIRST = date(2021, 6, 1)
DAYS = 150
# The first moment at which the tests look: everything before is quiet.
NOW = datetime(2021, 10, 1, 22, tzinfo=UTC)
ZONES = {"N1": "N", "N2": "N", "N3": "N", "S1": "S", "S2": "S", "S3": "S"}
PEOPLE = 50_000
# Nobody lives in the harbour.
HARBOUR = "S3"
EVENTS, REPORTS, BEDS = "t.cases", "t.zone_cases", "t.hospital_admissions"
ARRIVES = (0.4, 0.3, 0.2, 0.1)


def square(place: int) -> dict[str, Any]:
    lon, lat, side = 10 + 0.01 * (place % 3), 50 + 0.01 * (place // 3), 0.01
    ring = [[lon, lat], [lon + side, lat], [lon + side, lat + side], [lon, lat + side], [lon, lat]]
    return {"type": "Polygon", "coordinates": [ring]}


def build_city(harbour: float = 0.0) -> None:
    """Define the city, its people, its series and the rules; known from BUILT on."""
    with clock.fixed_at(BUILT):
        city_define(slug="t", name={"en": "Town"}, time_zone="UTC", languages=["en"], centre=(10.0, 50.0), by=BY)
        drafts = [ZoneDraft(code, {"en": code}, "borough", None) for code in ("N", "S")]
        drafts += [
            ZoneDraft(code, {"en": code}, "zone", parent, square(place))
            for place, (code, parent) in enumerate(ZONES.items())
        ]
        generation_import(name="2021", valid_from=date(2020, 1, 1), zones=drafts, by=BY)
        people = [PopulationDraft(code, harbour if code == HARBOUR else PEOPLE) for code in ZONES]
        population_import(rows=people, valid_on=date(2020, 1, 1), by=BY)
        for code, role, level in (
            (EVENTS, "cases", "city"),
            (REPORTS, "cases", "zone"),
            (BEDS, "hospital_admissions", "city"),
        ):
            draft = SeriesDraft(
                code=code, name={"en": code}, unit="people", kind="count", role=role, zone_level=level, source="t"
            )
            series_define(draft=draft, by=BY)
        pack_load(by=BY)


def zones() -> dict[str, ZoneRow]:
    return {row.code: row for row in city.zone_list(viewer=BY)}


def quiet_counts(mean: float = 2.0, seed: int = 1) -> np.ndarray:
    """Return cases by day and zone; nobody is ill in the harbour."""
    counts = np.random.default_rng(seed).poisson(mean, size=(DAYS, len(ZONES)))
    counts[:, list(ZONES).index(HARBOUR)] = 0
    return counts


def plant(counts: np.ndarray, zone: str, start: date, days: int, each: int) -> np.ndarray:
    """Return the counts with an outbreak of so many cases a day in one zone."""
    made, first = counts.copy(), (start - FIRST).days
    made[first : first + days, list(ZONES).index(zone)] += each
    return made


def zone_reports(counts: np.ndarray) -> pl.DataFrame:
    """Return zone cases by day of report, known at 18:00 of that day."""
    numbers = zones()
    rows = [
        (REPORTS, numbers[code].number, day, day, float(counts[day, place]))
        for day in range(DAYS)
        for place, code in enumerate(ZONES)
    ]
    return _frame(rows)


def event_reports(counts: np.ndarray, code: str = EVENTS) -> pl.DataFrame:
    """Return city and borough cases by day of the event, of which a part arrives on each later day."""
    numbers, rows = zones(), []
    groups = {"t": list(ZONES), **{p: [z for z, q in ZONES.items() if q == p] for p in ("N", "S")}}
    for zone, inside in groups.items():
        total = counts[:, [list(ZONES).index(one) for one in inside]].sum(axis=1)
        for day in range(DAYS):
            known = np.floor(np.cumsum(ARRIVES) * total[day] + 1e-9)
            rows += [(code, numbers[zone].number, day, day + 1 + lag, float(k)) for lag, k in enumerate(known)]
    return _frame(rows)


def _frame(rows: Sequence[tuple[str, int, int, int, float]]) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "code": [row[0] for row in rows],
            "zone": [row[1] for row in rows],
            "valid_on": [FIRST + timedelta(days=row[2]) for row in rows],
            "known_at": [at(FIRST + timedelta(days=row[3])) for row in rows],
            "value": [row[4] for row in rows],
        },
        schema_overrides={"zone": pl.Int32},
    )


def at(day: date, hour: int = 18) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=UTC)


def bring(*frames: pl.DataFrame, until: datetime | None = None, after: datetime | None = None) -> Import:
    """Put facts into the store as one batch; only what became known in a span of time, if one is given."""
    facts = pl.concat(frames)
    if until is not None:
        facts = facts.filter(pl.col("known_at") <= until)
    if after is not None:
        facts = facts.filter(pl.col("known_at") > after)
    batch = Import.objects.create(
        source="t", label="facts", status="committed", recorded_at=BUILT, committed_at=BUILT, recorded_by=BY.id
    )
    numbers = dict(Series.objects.filter(superseded_at__isnull=True).values_list("code", "number"))
    store.append(
        facts.select(
            pl.col("code").replace_strict(numbers, return_dtype=pl.Int32).alias("series"),
            pl.col("valid_on").cast(pl.Datetime("us")).dt.epoch("s").alias("valid_at"),
            "zone",
            pl.lit(0, dtype=pl.Int32).alias("stratum"),
            pl.col("known_at").dt.epoch("us").alias("known_at"),
            "value",
            pl.lit(0, dtype=pl.Int8).alias("status"),
        ),
        batch=batch.number,
    )
    return batch


def all_facts(counts: np.ndarray) -> list[pl.DataFrame]:
    """Return cases by zone, cases by event and one admission for every ten cases."""
    return [zone_reports(counts), event_reports(counts), event_reports(counts // 10, BEDS)]


def assess(moment: datetime) -> Assessment:
    """Assess the city at a moment."""
    with clock.fixed_at(moment):
        return assessment_run(by=BY)


def assess_daily(first: datetime, days: int, every: int = 1) -> list[Assessment]:
    """Assess the city on each of so many days, or on some of them."""
    return [assess(first + timedelta(days=step)) for step in range(0, days, every)]


def contents(rows: Iterable[Any], *, without: Sequence[str] = ()) -> list[dict[str, Any]]:
    """Return rows without what differs between two runs of the same thing: identities and wall time."""
    drop = {"id", "version", "assessment_id", "raised_by_assessment", "timings", "rule_table_id", "_state", *without}
    found = []
    for row in rows:
        values = {key: value for key, value in vars(row).items() if key not in drop}
        found.append({key: bytes(value) if isinstance(value, memoryview) else value for key, value in values.items()})
    return found
