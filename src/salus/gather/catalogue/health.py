"""How fresh and how complete a series is, from what was known at a moment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from uuid import UUID

from django.db import connection

from salus.base import clock
from salus.gather.catalogue.schemas import EMPTY, FRESH, IRREGULAR, LATE, SILENT, SeriesHealth
from salus.gather.models import Import
from salus.gather.schemas import SeriesRow
from salus.gather.store import latest_known, latest_valid
from salus.gather.store.tables import TABLE

# Late after one and a half times the stated cadence, silent after seven times.
LATE_AFTER, SILENT_AFTER = 1.5, 7.0
# Over how many periods completeness is judged, and how long a period is.
WINDOWS = {"hour": (48, 3600), "day": (28, 86_400), "week": (8, 7 * 86_400), "month": (6, 30 * 86_400)}
# A replay's store holds its whole future: nothing that lies further ahead than this is looked at.
AHEAD_SECONDS = 2 * 86_400


def freshness(last: datetime | None, cadence_hours: int, moment: datetime) -> str:
    """Return whether something that comes every so often came in time."""
    if last is None:
        return EMPTY
    age = (moment - last) / timedelta(hours=cadence_hours)
    return FRESH if age <= LATE_AFTER else LATE if age <= SILENT_AFTER else SILENT


def due_at(last: datetime | None, cadence_hours: int) -> datetime | None:
    """Return when the next delivery counts as late."""
    return None if last is None else last + timedelta(hours=cadence_hours) * LATE_AFTER


def series_health(
    *,
    series: Sequence[SeriesRow],
    zones: Mapping[str, int],
    cadence_hours: int,
    moment: datetime,
    sparse: frozenset[str] = frozenset(),
) -> list[SeriesHealth]:
    """Return the state of each series at a moment; `zones` says how many zones each level has.

    Of a sparse series, which speaks only when there is something, neither is judged.
    """
    micros = clock.to_micros(moment)
    newest = Import.objects.order_by("-number").values_list("id", flat=True).first()
    return [
        _one(
            row,
            0 if row.code in sparse else zones.get(row.zone_level, 0),
            cadence_hours,
            micros,
            newest,
            row.code in sparse,
        )
        for row in series
    ]


def _one(
    row: SeriesRow, zones: int, cadence_hours: int, micros: int, newest: UUID | None, sparse: bool
) -> SeriesHealth:
    periods, length = WINDOWS[row.period]
    moment = clock.from_micros(micros)
    # The newest period that is over and whose usual delay has passed.
    last_period = (micros // 1_000_000 - row.delay_days * 86_400) // length * length - length
    start = last_period - periods * length + 1
    last_known, last_valid, cells, observed, missing, suppressed = _window(
        row.number, micros, start, last_period, newest
    )
    last = None if last_known is None else clock.from_micros(last_known)
    return SeriesHealth(
        series=row,
        freshness=IRREGULAR if sparse else freshness(last, max(cadence_hours, length // 3600), moment),
        last_known_at=last,
        last_valid_on=None if last_valid is None else datetime.fromtimestamp(last_valid, UTC).date(),
        expected=max(zones, cells) * periods if last and not sparse else 0,
        observed=observed,
        missing=missing,
        suppressed=suppressed,
    )


@lru_cache(maxsize=4096)
def _window(
    number: int, micros: int, start: int, end: int, newest: UUID | None
) -> tuple[int | None, int | None, int, int, int, int]:
    """Return last known, last valid, cells seen, and the window's cells by status; kept until a new import."""
    ahead = micros // 1_000_000 + AHEAD_SECONDS
    where = f"WHERE series = {number} AND valid_at BETWEEN {start} AND {ahead} AND known_at <= {micros}"
    inside = f"valid_at <= {end}"
    sql = (
        f"SELECT MAX(known_at), MAX(valid_at), COUNT(DISTINCT zone * 65536 + stratum), "  # noqa: S608 - numbers only
        f"SUM(CASE WHEN {inside} AND status = 0 THEN 1 ELSE 0 END), "
        f"SUM(CASE WHEN {inside} AND status = 1 THEN 1 ELSE 0 END), "
        f"SUM(CASE WHEN {inside} AND status = 2 THEN 1 ELSE 0 END) FROM ({_newest(where)}) AS newest"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql)
        known, valid, cells, *counts = cursor.fetchone()
    if known is None:
        # What is published speaks of lately; only where nothing does is the whole series searched.
        known, valid = latest_known(number, micros), latest_valid(number, micros)
    observed, missing, suppressed = (int(count or 0) for count in counts)
    return known, valid, int(cells or 0), observed, missing, suppressed


def _newest(where: str) -> str:
    """Return the query of the newest version of each cell, as the store reads it on either database."""
    columns = "valid_at, zone, stratum"
    if connection.vendor == "postgresql":
        order = "valid_at DESC, zone DESC, stratum DESC, known_at DESC"
        return f"SELECT DISTINCT ON ({columns}) {columns}, known_at, status FROM {TABLE} {where} ORDER BY {order}"  # noqa: S608
    return f"SELECT {columns}, MAX(known_at) AS known_at, status FROM {TABLE} {where} GROUP BY {columns}"  # noqa: S608
