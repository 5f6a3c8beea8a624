"""A feed as a folder: one file a day, each read once it is there, with what came before it."""

from __future__ import annotations

import re
from datetime import date, time
from pathlib import Path

import polars as pl
from django.utils.translation import gettext as _

from salus.base.errors import Invalid
from salus.gather.sources.files import read_csv, require_folder

# A file of a day is known from this hour of the day on which it came.
ARRIVES = time(18, 0)
_DAY = re.compile(r"-(\d{4}-\d{2}-\d{2})\.csv$")


def files_by_day(folder: Path, name: str) -> list[tuple[date, Path]]:
    """Return the files of a feed in the order of their days; a file that is still being written is not there yet."""
    place = require_folder(folder, what="the feeds of an exercise") / name
    found = []
    for path in sorted(place.glob(f"{name}-*.csv")):
        day = _DAY.search(path.name)
        if day is None:
            raise Invalid(
                _("The name of the file %(name)s holds no day.") % {"name": path.name},
                remedy=_("Name it like %(name)s-2026-03-01.csv.") % {"name": name},
            )
        found.append((date.fromisoformat(day[1]), path))
    return found


def parents(folder: Path) -> dict[str, str]:
    """Return the district of each zone, from the list that comes with the feeds."""
    table = read_csv(folder, "zones.csv", ["zone", "district"], text=["zone", "district"])
    return dict(table.iter_rows())


def dates(column: str) -> pl.Expr:
    """Return a column of days; what is no day is empty."""
    return pl.col(column).cast(pl.String).str.to_date("%Y-%m-%d", strict=False).alias(column)
