"""Files that keep no versions: known a stated delay after the end of the period, and marked as such."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from salus.base.texts import LocalText
from salus.gather.sources.chunks import FactsChunk
from salus.gather.sources.facts import WHOLE, as_facts, changes_only, moment_on, suppressed_where_null
from salus.gather.sources.files import read_csv, read_parquet
from salus.gather.sources.nyc.daily import PUBLISHED, TIME_ZONE
from salus.gather.sources.nyc.places import BOROUGHS, ROOT

# Emergency visits arrive by the next days; rates by age were published once the week was all but complete.
VISITS_DELAY_DAYS = 3
AGE_DELAY_DAYS = 21
VISITS = {"Visit": "nyc.emergency_visits_per_100k", "Admit": "nyc.emergency_admissions_per_100k"}
VISIT_AGES = ["0-4", "5-12", "13-17", "18-24", "25-34", "35-44", "45-54", "55-64", "65-74", "75+"]
RATES = {
    "weekly_case_rate_age.csv": "nyc.case_rate_by_age",
    "weekly_hosp_rate_age.csv": "nyc.hospital_rate_by_age",
    "weekly_death_rate_age.csv": "nyc.death_rate_by_age",
}
RATE_AGES = {
    "age_all_ages": WHOLE,
    "age_0_4": "age:0-4",
    "age_5_12": "age:5-12",
    "age_13_17": "age:13-17",
    "age_0_17": "age:0-17",
    "age_18_24": "age:18-24",
    "age_25_34": "age:25-34",
    "age_35_44": "age:35-44",
    "age_45_54": "age:45-54",
    "age_55_64": "age:55-64",
    "age_65_74": "age:65-74",
    "age_75up": "age:75+",
}


def age_names(codes: list[str]) -> dict[str, LocalText]:
    """Return what people read for the codes of age bands."""
    bands = sorted({code.removeprefix("age:") for code in codes if code.startswith("age:")})
    return {f"age:{band}": {"en": f"{band} years", "fr": f"{band} ans", "ar": f"{band} سنة"} for band in bands}


def _known(day: pl.Expr, delay: int) -> pl.Expr:
    return moment_on(day + pl.duration(days=delay), PUBLISHED, TIME_ZONE)


def read_emergency_visits(folder: Path) -> FactsChunk:
    """Return emergency visits and admissions with a COVID-like illness per 100,000, by age."""
    city_name, borough_name = "ed_covid_like_illness_city.parquet", "ed_covid_like_illness_by_boro.parquet"
    parts = []
    for file, separator in ((city_name, " "), (borough_name, "_")):
        for word, series in VISITS.items():
            columns = _visit_columns(word, separator)
            places = ["Borough"] if file == borough_name else []
            raw = read_parquet(folder, file, ["Date", *places, *columns])
            codes = {name: code for name, (code, _) in BOROUGHS.items()}
            zone = pl.col("Borough").replace_strict(codes) if places else pl.lit(ROOT)
            long = raw.with_columns(zone.alias("zone"), pl.col("Date").str.to_date().alias("valid_on")).unpivot(
                on=list(columns), index=["zone", "valid_on"], variable_name="column", value_name="value"
            )
            parts.append(_visit_facts(long, columns, series))
    frame = changes_only(pl.concat(parts))
    files = (folder / city_name, folder / borough_name)
    return FactsChunk("emergency visits", frame, files, strata=age_names(frame["stratum"].unique().to_list()))


def _visit_columns(word: str, separator: str) -> dict[str, str]:
    plain = {f"{word}{separator}{_spelled(age, separator)}": f"age:{age}" for age in VISIT_AGES}
    return {**plain, f"{word}{separator}All{separator}ages": WHOLE}


def _spelled(age: str, separator: str) -> str:
    return age.replace("-", "_").replace("+", "") if separator == "_" else age


def _visit_facts(long: pl.DataFrame, columns: dict[str, str], series: str) -> pl.DataFrame:
    frame = long.select(
        "zone",
        "valid_on",
        pl.col("column").replace_strict(columns).alias("stratum"),
        _known(pl.col("valid_on"), VISITS_DELAY_DAYS).alias("known_at"),
        pl.col("value").cast(pl.Float64).round(3),
    )
    return as_facts(frame.filter(pl.col("value").is_not_null()), series=series)


def read_age_rates(folder: Path) -> FactsChunk:
    """Return weekly rates by age for the city; a week stands on its first day, an empty cell was held back."""
    parts = []
    for file, series in RATES.items():
        header = pl.read_csv(folder / file, n_rows=0).columns if (folder / file).is_file() else []
        ages = [column for column in RATE_AGES if column in header] or ["age_all_ages"]
        raw = read_csv(folder, file, ["week_ending", *ages])
        ends = pl.col("week_ending").str.to_date("%m/%d/%Y")
        long = raw.with_columns(pl.col(ages).cast(pl.Float64), ends.alias("ends_on")).unpivot(
            on=ages, index="ends_on", variable_name="column", value_name="rate"
        )
        frame = suppressed_where_null(long, "rate").select(
            (pl.col("ends_on") - pl.duration(days=6)).alias("valid_on"),
            pl.col("column").replace_strict(RATE_AGES).alias("stratum"),
            _known(pl.col("ends_on"), AGE_DELAY_DAYS).alias("known_at"),
            "value",
            "status",
        )
        parts.append(as_facts(frame, series=series, zone=ROOT))
    frame = changes_only(pl.concat(parts))
    files = tuple(folder / file for file in RATES)
    return FactsChunk("weekly rates by age", frame, files, strata=age_names(frame["stratum"].unique().to_list()))
