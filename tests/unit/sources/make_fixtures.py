"""Makes the sources' fixtures: `python -m tests.unit.sources.make_fixtures`. Every number is made up."""

from __future__ import annotations

import json
import shutil
import tempfile
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl

from salus.gather.sources import registry
from salus.gather.sources.builtin_city.generate import generate
from salus.world.city.pack import build

ZONES = [
    ("10451", "Made-up North", "Bronx", "10451", 40_000.0, (-73.93, 40.82)),
    ("10452", "Made-up South", "Bronx", "10452, 10450", 52_000.5, (-73.92, 40.82)),
    ("11101", "Made-up East", "Queens", "11101", 31_000.0, (-73.95, 40.74)),
]
AREAS = ["CITY", "BX", "QN"]
DAY = date(2021, 3, 1)


def text(day: date) -> str:
    return day.isoformat()


def square(lon: float, lat: float, wide: float = 0.01, high: float = 0.01) -> dict[str, Any]:
    ring = [[lon, lat], [lon + wide, lat], [lon + wide, lat + high], [lon, lat + high], [lon, lat]]
    return {"type": "Polygon", "coordinates": [ring]}


def features(rows: list[tuple[dict[str, Any], dict[str, Any]]]) -> str:
    listed = [{"type": "Feature", "properties": what, "geometry": where} for what, where in rows]
    return json.dumps({"type": "FeatureCollection", "features": listed}, indent=1) + "\n"


def places(folder: Path) -> None:
    shapes = [({"MODZCTA": code, "label": label}, square(*at)) for code, _, _, label, _, at in ZONES]
    shapes.append(({"MODZCTA": "99999", "label": ""}, square(-73.90, 40.70)))
    (folder / "modzcta.geojson").write_text(features(shapes))
    hoods = [
        ({"GEOCODE": 101, "GEONAME": "Made-up Heights", "BOROUGH": "Bronx"}, square(-73.93, 40.82, 0.02)),
        ({"GEOCODE": 401, "GEONAME": "Made-up Flats", "BOROUGH": "Queens"}, square(-73.95, 40.74)),
        ({"GEOCODE": 0, "GEONAME": "", "BOROUGH": "N/A"}, square(-73.80, 40.60)),
    ]
    (folder / "uhf42.geojson").write_text(features(hoods))
    pl.DataFrame(
        [(c, n, b, label, at[1], at[0], people) for c, n, b, label, people, at in ZONES],
        schema=["modified_zcta", "neighborhood_name", "borough_group", "label", "lat", "lon", "pop_denominator"],
        orient="row",
    ).write_csv(folder / "zones_modzcta.csv")
    pairs = [("10451", "10451"), ("10452", "10452"), ("10499", "10452"), ("11101", "11101"), ("99999", "99999")]
    pl.DataFrame(pairs, schema=["ZCTA", "MODZCTA"], orient="row").write_csv(folder / "zcta_to_modzcta.csv")


def daily(folder: Path) -> None:
    rows = []
    for area in AREAS:
        for metric in ("case", "case_prob", "hosp", "death"):
            for event in range(4):
                for lag, value in ((2, 5), (3, 8), (6, 9)):
                    rows.append((text(DAY + timedelta(event + lag)), area, metric, text(DAY + timedelta(event)), value))
    rows.append((text(DAY + timedelta(7)), "CITY", "case", text(DAY + timedelta(1)), -1))
    table = pl.DataFrame(rows, schema=["as_of", "area", "metric", "date", "value"], orient="row")
    table.with_columns(pl.col("value").cast(pl.Int32)).sort("as_of").write_parquet(folder / "daily_vintages.parquet")


def totals(folder: Path) -> None:
    # A gap of three days, a fall, the day on which addresses were placed anew, and a postcode of nowhere.
    days = [
        date(2020, 12, 3),
        date(2020, 12, 4),
        date(2020, 12, 7),
        date(2020, 12, 8),
        date(2020, 12, 11),
        date(2020, 12, 12),
    ]
    values = {"10451": [100, 107, 90, 95, 105, 103], "10452": [50, 50, 60, 61, 61, 64], "11101": [0, 1, 4, 4, 5, 6]}
    rows = [
        (text(day), int(zone), counts[place], None, counts[place] // 10, counts[place] * 9)
        for zone, counts in values.items()
        for place, day in enumerate(days)
    ]
    rows.append((text(days[2]), 11096, 3, None, 0, 12))
    names = ["as_of", "modzcta", "cum_confirmed", "cum_cases_all", "cum_deaths", "cum_tests"]
    table = pl.DataFrame(rows, schema=dict.fromkeys(names, pl.Int32) | {"as_of": pl.String}, orient="row")
    table.write_parquet(folder / "zone_cumulative_vintages.parquet")


def windows(folder: Path) -> None:
    ends = [
        (date(2021, 1, 4), "December 26-January 1", "December 7-January 3"),
        (date(2021, 1, 5), "December 27-January 2", "December 7-January 3"),
    ]
    week, month = [], []
    for as_of, seven, twenty_eight in ends:
        for place, (code, *_) in enumerate(ZONES):
            week.append((text(as_of), int(code), 2.5 + place, 200.0, 5.0 + place, seven))
            month.append((text(as_of), int(code), 3.0 + place, None if place == 0 else 6.0, twenty_eight))
    pl.DataFrame(
        week,
        schema=["as_of", "modzcta", "percentpositivity_7day", "people_tested", "people_positive", "daterange"],
        orient="row",
    ).write_parquet(folder / "zone_last7days_vintages.parquet")
    pl.DataFrame(
        month,
        schema=["as_of", "modzcta", "hospitalization_count_28day", "death_count_28day", "daterange"],
        orient="row",
    ).write_parquet(folder / "zone_last28days_hosp_death_vintages.parquet")
    rates = [
        (text(DAY + timedelta(1 + v)), a, text(DAY), 10.0 + v) for v in range(2) for a in [*AREAS, "UHF101", "UHF401"]
    ]
    pl.DataFrame(rates, schema=["as_of", "area", "week_end_date", "rate7"], orient="row").write_parquet(
        folder / "uhf42_7day_rate_vintages.parquet"
    )


def unversioned(folder: Path) -> None:
    ages = ["0-4", "5-12", "13-17", "18-24", "25-34", "35-44", "45-54", "55-64", "65-74", "75+", "All ages"]
    city = {"Date": [text(DAY)]} | {f"{word} {age}": [1.5] for word in ("Admit", "Visit") for age in ages}
    pl.DataFrame(city).write_parquet(folder / "ed_covid_like_illness_city.parquet")
    spelled = [age.replace("-", "_").replace("+", "").replace(" ", "_") for age in ages]
    boro = {"Date": [text(DAY)] * 2, "Borough": ["Bronx", "Queens"]}
    boro |= {f"{word}_{age}": [1.25, 2.5] for word in ("Admit", "Visit") for age in spelled}
    pl.DataFrame(boro).write_parquet(folder / "ed_covid_like_illness_by_boro.parquet")
    columns = ["age_all_ages", "age_0_4", "age_5_12", "age_13_17", "age_18_24", "age_75up"]
    for name, extra in (("case", columns), ("hosp", columns), ("death", ["age_all_ages", "age_0_17", "age_75up"])):
        head = ",".join(["week_ending", *extra])
        body = ",".join(["03/06/2021", "4.5", "", *["1.0"] * (len(extra) - 2)])
        (folder / f"weekly_{name}_rate_age.csv").write_text(f"{head}\n{body}\n")


def nyc(folder: Path) -> None:
    """Write the made-up New York."""
    folder.mkdir(parents=True, exist_ok=True)
    for make in (places, daily, totals, windows, unversioned):
        make(folder)


def port_alma(folder: Path) -> None:
    """Write the first days of Port Alma."""
    generate(folder, seed=3, days=30)


def exercise_city(folder: Path) -> None:
    """Write what the source reads of the smallest city pack."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as place:
        pack = build(Path(place) / "pack", seed=3, people=2_000)
        for name in registry.manifest("exercise_city").files:
            (folder / name).parent.mkdir(exist_ok=True)
            shutil.copy(pack / name, folder / name)


def exercise_lab(folder: Path) -> None:
    """Write three days of reports: one comes twice, one is taken back, one names no zone."""
    (folder / "lab").mkdir(parents=True, exist_ok=True)
    (folder / "zones.csv").write_text("zone,district\nOLD-1,OLD\nOLD-2,OLD\nHAR-1,HAR\n")
    head = "report_id,reported_on,laboratory,zone,age,sex,onset_on,specimen_on,variant,status\n"
    days = {
        "2026-03-02": ["A1,2026-03-02,LAB-1,OLD-1,34,female,2026-02-27,2026-03-01,,final"],
        "2026-03-03": [
            "A1,2026-03-03,LAB-1,OLD-1,34,female,2026-02-27,2026-03-01,,final",
            "A2,2026-03-03,LAB-1,OLD-2,7,male,,2026-03-01,first,final",
            "A3,2026-03-03,LAB-2,HAR1,61,male,2026-03-01,2026-03-02,,final",
        ],
        "2026-03-04": [
            "A2,2026-03-04,LAB-1,OLD-2,7,male,,2026-03-01,first,entered-in-error",
            "A4,2026-03-04,LAB-2,HAR-1,80,female,2026-03-01,2026-03-02,,final",
        ],
    }
    for day, lines in days.items():
        (folder / "lab" / f"lab-{day}.csv").write_text(head + "".join(f"{line}\n" for line in lines))


def exercise_hospital(folder: Path) -> None:
    """Write the returns of two hospitals, one of which is late."""
    (folder / "hospital").mkdir(parents=True, exist_ok=True)
    head = (
        "hospital,day,inpatient_beds,inpatient_beds_occupied,icu_beds,icu_beds_occupied,confirmed_inpatients,"
        "confirmed_admissions,confirmed_deaths\n"
    )
    days = {
        "2026-03-02": ["H1,2026-03-01,200,150,10,4,6,2,0"],
        "2026-03-03": ["H1,2026-03-02,200,155,10,5,8,3,1", "H2,2026-03-01,90,60,4,2,1,1,0"],
        "2026-03-04": ["H1,2026-03-03,200,158,10,5,9,2,0", "H2,2026-03-02,90,61,4,2,2,1,0"],
    }
    for day, lines in days.items():
        (folder / "hospital" / f"hospital-{day}.csv").write_text(head + "".join(f"{line}\n" for line in lines))


def exercise_wastewater(folder: Path) -> None:
    """Write two days of samples: one below the limit, one in another unit."""
    (folder / "wastewater").mkdir(parents=True, exist_ok=True)
    (folder / "catchments.csv").write_text("catchment,zone\nSEW-1,OLD-1\nSEW-1,OLD-2\nSEW-2,HAR-1\n")
    head = (
        "sample_id,wwtp_name,sample_collect_date,pcr_target_avg_conc,pcr_target_units,pcr_target_below_lod,lod_sewage,"
        "flow_rate,population_served\n"
    )
    days = {
        "2026-03-05": [
            "a,SEW-1,2026-03-02,750.0,copies/l wastewater,yes,1500.0,3.1,30000",
            "b,SEW-2,2026-03-02,4200.0,copies/l wastewater,no,1500.0,1.2,10000",
        ],
        "2026-03-08": [
            "c,SEW-1,2026-03-05,9.5,copies/ml wastewater,no,1500.0,3.0,30000",
            "d,SEW-2,2026-03-05,8000.0,copies/l wastewater,no,1500.0,1.3,10000",
        ],
    }
    for day, lines in days.items():
        (folder / "wastewater" / f"wastewater-{day}.csv").write_text(head + "".join(f"{line}\n" for line in lines))


def written(folder: Path, name: str, head: str, days: dict[str, list[str]]) -> None:
    """Write a feed's files, a day each."""
    (folder / name).mkdir(parents=True, exist_ok=True)
    for day, lines in days.items():
        (folder / name / f"{name}-{day}.csv").write_text(f"{head}\n" + "".join(f"{line}\n" for line in lines))


def exercise_prices(folder: Path) -> None:
    """Write three days of two markets: another unit, hundredths, a line twice, a market that falls silent."""
    days = {
        "2026-03-02": [
            "M1-1,MARKET-1,staple,2026-03-02,1.10,kg",
            "M1-2,MARKET-1,milk,2026-03-02,1.20,litre",
            "M2-1,MARKET-2,staple,2026-03-02,0.13,100 g",
            "M2-2,MARKET-2,milk,2026-03-02,1.30,litre",
        ],
        "2026-03-03": [
            "M1-3,MARKET-1,staple,2026-03-03,112,kg",
            "M1-3,MARKET-1,staple,2026-03-03,112,kg",
            "M1-4,MARKET-1,milk,2026-03-03,1.22,litre",
            "M1-5,MARKET-1,mask,2026-03-03,0.90,dozen",
        ],
        "2026-03-07": ["M1-6,MARKET-1,milk,2026-03-07,1.25,litre", "M3-1,MARKET-3,milk,2026-03-07,1.25,litre"],
    }
    written(folder, "prices", "report_id,market,product,observed_on,price,unit", days)
    (folder / "prices" / "markets.csv").write_text("market,zone\nMARKET-1,OLD-1\nMARKET-2,HAR-1\n")


def exercise_stocks(folder: Path) -> None:
    """Write three days of two holders: a posting twice, one with a digit too many, one misspelt, a count that differs."""
    head = "posting_id,posted_on,happened_on,place,product,kind,quantity,reference,lot"
    days = {
        "2026-03-02": [
            "C1,2026-03-02,2026-03-02,PHARMA-1,mask,count,100,DC1,",
            "C2,2026-03-02,2026-03-02,HOSPIT-1,mask,count,500,DC2,",
        ],
        "2026-03-03": [
            "I1,2026-03-03,2026-03-03,PHARMA-1,mask,issue,20,DI1,",
            "I1,2026-03-03,2026-03-03,PHARMA-1,mask,issue,20,DI1,",
            "I1N,2026-03-03,2026-03-03,PHARMA-1,mask,issue,20,DI1,",
            "I2,2026-03-03,2026-03-03,HOSPIT-1,mask,issue,300,DI2,",
            "R1,2026-03-03,2026-03-03,HOSPIT-1,mask,receipt,50,DR1,L1",
            "I3,2026-03-03,2026-03-03,PHARMA-1,MASK?,issue,5,DI3,",
        ],
        "2026-03-04": [
            "I2X,2026-03-04,2026-03-03,HOSPIT-1,mask,correction,270,DI2X,",
            "I4,2026-03-04,2026-03-02,HOSPIT-1,mask,issue,7,DI4,",
            "C3,2026-03-04,2026-03-04,PHARMA-1,mask,count,60,DC3,",
            "I5,2026-03-04,2026-03-04,PHARMA-1,mask,issue,-4,DI5,",
        ],
    }
    written(folder, "stocks", head, days)
    (folder / "zones.csv").write_text("zone,district\nOLD-1,OLD\nHAR-1,HAR\n")
    (folder / "stocks" / "places.csv").write_text("place,kind,zone\nPHARMA-1,pharmacy,OLD-1\nHOSPIT-1,hospital,HAR-1\n")


def exercise_calls(folder: Path) -> None:
    """Write two days of calls: one names its caller, one comes twice, one again, one from nowhere, one unclear."""
    days = {
        "2026-03-02": [
            "Q1,2026-03-02T09:10,phone,OLD-1,my name is Ottoline Quarrington and the tap water smells of chlorine",
            "Q2,2026-03-02T09:30,phone,OLD-1,il n'y a plus de masques dans aucune pharmacie",
            "Q2,2026-03-02T09:30,phone,OLD-1,il n'y a plus de masques dans aucune pharmacie",
            "Q2B,2026-03-02T09:39,phone,OLD-1,il n'y a plus de masques dans aucune pharmacie",
            "Q3,2026-03-02T10:00,web,,is there a cool place open we can't stand the heat",
        ],
        "2026-03-03": [
            "Q4,2026-03-03T11:00,phone,HAR-1,الطبيب لا يرد وابني يعاني من حرارة. رقمي ٠٩٩٩١٢٣٤٥٦٧",
            "Q5,2026-03-03T12:00,letter,HAR-1,zzz qqq xxx",
            "Q6,2026-03-02T17:40,phone,OLD-1,our water is brown and tastes like metal",
        ],
    }
    written(folder, "calls", "call_id,received_at,channel,zone,text", days)
    (folder / "zones.csv").write_text("zone,district\nOLD-1,OLD\nHAR-1,HAR\n")


MAKERS = {
    "exercise_calls": exercise_calls,
    "exercise_prices": exercise_prices,
    "exercise_stocks": exercise_stocks,
    "exercise_hospital": exercise_hospital,
    "exercise_lab": exercise_lab,
    "exercise_wastewater": exercise_wastewater,
    "nyc": nyc,
    "builtin_city": port_alma,
    "exercise_city": exercise_city,
}

if __name__ == "__main__":
    for slug, make in MAKERS.items():
        make(registry.get(slug).fixture)
