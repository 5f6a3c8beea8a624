"""Make Port Alma from a seed: a folder of open formats, read like any other source."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from shapely.geometry import mapping
from shapely.geometry.base import BaseGeometry

from salus.gather.sources.builtin_city import reporting as r
from salus.gather.sources.builtin_city.epidemic import Truth, simulate
from salus.gather.sources.builtin_city.land import Land, make_land
from salus.gather.sources.builtin_city.names import CITY_NAME, DISTRICTS, zone_code
from salus.gather.sources.builtin_city.people import AGES, People, make_people
from salus.gather.sources.builtin_city.places import ORGANISATIONS, Facility, make_facilities

START = date(2026, 1, 1)
DAYS = 546
ROOT = "ALMA"
LANGUAGES = ("en", "fr", "ar")


def generate(folder: Path, *, seed: int = 7, start: date = START, days: int = DAYS) -> Truth:
    """Write the city of a seed into a folder and return the truth behind it; the same seed, the same bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(seed)
    land = make_land(rng)
    people = make_people(land, rng)
    truth = simulate(land, people, days, rng)
    _write_city(folder, seed, start, days)
    _write_zones(folder, land)
    _write_people(folder, people)
    _write_places(folder, make_facilities(land, people, rng))
    _write_facts(folder, truth, people, start, rng)
    _write_truth(folder, truth, start)
    return truth


def _write_city(folder: Path, seed: int, start: date, days: int) -> None:
    city = {
        "slug": "port_alma",
        "name": CITY_NAME,
        "time_zone": "Atlantic/Madeira",
        "languages": LANGUAGES,
        "help_phone": "1177",
        "centre": [-20.52, 33.96],
        "seed": seed,
        # Boundaries and people are older than the emergency, so that a clock set before it finds a city.
        "zones_since": date(start.year - 1, 1, 1).isoformat(),
        "first_day": start.isoformat(),
        "last_day": r.last_day(start, days).isoformat(),
    }
    (folder / "city.json").write_text(json.dumps(city, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _write_zones(folder: Path, land: Land) -> None:
    features = [_feature(ROOT, CITY_NAME, "city", None, land.city)]
    features += [_feature(plan.code, plan.name, "district", ROOT, land.districts[plan.code]) for plan in DISTRICTS]
    for plan in DISTRICTS:
        for place, name in enumerate(plan.zones):
            code = zone_code(plan, place)
            features.append(_feature(code, name, "zone", plan.code, land.zones[code]))
    document = {"type": "FeatureCollection", "features": features}
    (folder / "zones.geojson").write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")


def _feature(code: str, name: Any, level: str, parent: str | None, area: BaseGeometry) -> dict[str, Any]:
    properties = {"code": code, "name": name, "level": level, "parent": parent, "aliases": []}
    if level == "zone":
        properties["aliases"] = [_postcode(code)]
    return {"type": "Feature", "properties": properties, "geometry": mapping(area)}


def _postcode(code: str) -> str:
    district, _, number = code.partition("-")
    place = [plan.code for plan in DISTRICTS].index(district) + 1
    return f"PA{place}{int(number):02d}"


def _write_people(folder: Path, people: People) -> None:
    rows: list[tuple[Any, ...]] = []
    for place, zone in enumerate(people.zones):
        rows.append((zone, "", "", "", int(people.total[place])))
        for (low, high), count in zip(AGES, people.by_age[place], strict=True):
            rows.append((zone, low, "" if high is None else high, "", int(count)))
        rows += [(zone, "", "", name, int(counts[place])) for name, counts in people.segments.items()]
    _write_csv(folder / "population.csv", ("zone", "age_from", "age_to", "segment", "people"), rows)


def _write_places(folder: Path, facilities: list[Facility]) -> None:
    _write_csv(
        folder / "organisations.csv",
        ("code", "kind", "parent", "territory", *(f"name_{language}" for language in LANGUAGES)),
        [
            (row.code, row.kind, row.parent, " ".join(row.districts), *(row.name[language] for language in LANGUAGES))
            for row in ORGANISATIONS
        ],
    )
    _write_csv(
        folder / "facilities.csv",
        ("code", "kind", "zone", "lon", "lat", "organisation", "spaces", *(f"name_{code}" for code in LANGUAGES)),
        [
            (
                row.code,
                row.kind,
                row.zone,
                *row.at,
                row.organisation,
                " ".join(f"{kind}={size}" for kind, size in row.spaces.items()),
                *(row.name[language] for language in LANGUAGES),
            )
            for row in facilities
        ],
    )


def _write_csv(path: Path, header: Iterable[str], rows: Iterable[tuple[Any, ...]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def _groups(zones: tuple[str, ...]) -> dict[str, list[int]]:
    districts = {
        plan.code: [place for place, code in enumerate(zones) if code.startswith(plan.code)] for plan in DISTRICTS
    }
    return {ROOT: list(range(len(zones))), **districts}


def _write_facts(folder: Path, truth: Truth, people: People, start: date, rng: np.random.Generator) -> None:
    zones, groups = truth.zones, _groups(truth.zones)
    seen = rng.binomial(truth.onsets, r.ASCERTAINED)
    cases = r.disturb(r.report(seen, zones, r.CASE_DELAY, start, rng), rng)
    hospital = r.report(truth.admissions, zones, r.HOSPITAL_DELAY, start, rng)
    deaths = r.report(truth.deaths, zones, r.DEATH_DELAY, start, rng)
    tests = r.report(_tests(seen, people, start, rng), zones, r.TEST_DELAY, start, rng)
    tables = {
        "cases.parquet": [
            r.dated(r.by_report_day(cases), "alma.zone_cases_reported", start),
            r.dated(r.with_gaps(r.triangle(cases, start)), "alma.zone_cases", start),
            r.dated(r.triangle(r.rolled_up(cases, groups), start), "alma.cases", start),
        ],
        "hospital.parquet": [
            r.dated(r.triangle(r.rolled_up(hospital, groups), start), "alma.hospital_admissions", start),
            r.dated(r.triangle(r.rolled_up(deaths, groups), start), "alma.deaths", start),
        ],
        "tests.parquet": [r.dated(r.triangle(tests, start), "alma.zone_tests", start)],
        "visits.parquet": [_visits(truth, people, start, rng)],
    }
    for name, parts in tables.items():
        pl.concat(parts).write_parquet(folder / name, compression="zstd", statistics=False)


def _tests(seen: r.Counts, people: People, start: date, rng: np.random.Generator) -> r.Counts:
    weekday = (np.arange(seen.shape[0]) + start.weekday()) % 7
    week = np.array([1.15, 1.1, 1.05, 1.0, 1.05, 0.75, 0.55])[weekday]
    expected = week[:, None] * (0.0011 * people.total[None, :] + 2.4 * seen)
    return seen + rng.poisson(expected * rng.gamma(30.0, 1 / 30.0, expected.shape))


def _visits(truth: Truth, people: People, start: date, rng: np.random.Generator) -> pl.DataFrame:
    """Return the share of emergency visits with fever and cough, in percent, by district and city."""
    parts = []
    day = np.arange(truth.onsets.shape[0])
    for code, columns in _groups(truth.zones).items():
        size = people.total[columns].sum()
        visits = rng.poisson(size * 0.00085, day.size)
        ill = truth.onsets[:, columns].sum(axis=1) * 0.11
        other = visits * (0.028 + 0.012 * np.cos(2 * np.pi * (day - 20) / 365))
        share = 100 * rng.poisson(ill + other) / np.maximum(visits + ill, 1)
        parts.append(
            pl.DataFrame(
                {
                    "zone": [code] * day.size,
                    "event": day,
                    "published": r.publication(day + 1),
                    "value": np.round(share, 2),
                    "status": np.zeros(day.size, dtype=np.int8),
                }
            )
        )
    frame = pl.concat(parts).filter(pl.col("published") < day.size)
    return r.dated(frame, "alma.emergency_visits_share", start)


def _write_truth(folder: Path, truth: Truth, start: date) -> None:
    """Write what really happened; it is for scoring, and no reader brings it in."""
    first = pl.lit(start)
    parts = [
        pl.DataFrame(values, schema=list(truth.zones)).with_row_index("event").with_columns(pl.lit(name).alias("what"))
        for name, values in (
            ("infections", truth.infections),
            ("onsets", truth.onsets),
            ("admissions", truth.admissions),
            ("deaths", truth.deaths),
        )
    ]
    table = pl.concat(parts).with_columns((first + pl.duration(days="event")).cast(pl.Date).alias("day")).drop("event")
    table.select("what", "day", *truth.zones).write_csv(folder / "truth.csv")
