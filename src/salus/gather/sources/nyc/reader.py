"""Read the folder of New York's data, with every published version."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from salus.gather.sources.chunks import Chunk, Progress, silent
from salus.gather.sources.files import require_folder
from salus.gather.sources.nyc.daily import read_daily
from salus.gather.sources.nyc.places import CITY, read_population, read_zones, zone_table
from salus.gather.sources.nyc.windows import read_last_7_days, read_last_28_days, read_rates
from salus.gather.sources.nyc.without_vintages import read_age_rates, read_emergency_visits
from salus.gather.sources.nyc.zone_counts import read_cumulative, read_zone_cases


def read(path: Path, *, progress: Progress = silent) -> Iterator[Chunk]:
    """Yield the city, its zones and people, and then every file of facts."""
    folder = require_folder(path, what="New York's data (its README names the files)")
    zones = zone_table(folder)["modified_zcta"].to_list()
    parts: list[tuple[str, Callable[[], Chunk]]] = [
        ("city", lambda: CITY),
        ("zones", lambda: read_zones(folder)),
        ("people", lambda: read_population(folder)),
        ("daily counts", lambda: read_daily(folder)),
        ("zone totals", lambda: read_cumulative(folder, zones)),
        ("zone cases", lambda: read_zone_cases(folder, zones)),
        ("tests", lambda: read_last_7_days(folder)),
        ("admissions and deaths of zones", lambda: read_last_28_days(folder)),
        ("rates of neighbourhoods", lambda: read_rates(folder)),
        ("emergency visits", lambda: read_emergency_visits(folder)),
        ("rates by age", lambda: read_age_rates(folder)),
    ]
    for done, (step, make) in enumerate(parts):
        progress(done, len(parts), step)
        yield make()
    progress(len(parts), len(parts), "read")
