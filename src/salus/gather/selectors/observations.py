"""Reads of the observations: always as known at a moment, and only what the viewer may see."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import polars as pl

from salus.base import clock
from salus.city import selectors as city
from salus.gather.catalogue.reads import note_read
from salus.gather.models import Import
from salus.gather.permissions import OBSERVATION_VIEW
from salus.gather.schemas import ALL_STRATA, ObservationVersion, SeriesRow, Status
from salus.gather.selectors.series import series_get
from salus.gather.store import as_of, latest_known, latest_valid, versions
from salus.trust import policy
from salus.trust.schemas import Viewer

_EPOCH = date(1970, 1, 1)
_DAY = 86_400
# Facts of the present moment that had to be put in order lie up to this many microseconds after it.
_TIES = 999
_FACT_COLUMNS = ("valid_on", "zone", "stratum", "value", "status", "known_at")


def observations_as_of(
    *,
    viewer: Viewer,
    series: str,
    zones: Sequence[int] | None = None,
    strata: Sequence[int] | None = None,
    valid_from: date | None = None,
    valid_to: date | None = None,
    known_at: datetime | None = None,
) -> pl.DataFrame:
    """Return the newest version of each observation of a series known at a moment.

    Columns: valid_on, zone, stratum, value, status, known_at. Withdrawn observations are left out.
    """
    row = _series(viewer, series, known_at)
    frame = as_of(
        series=row.number,
        known_at=moment_micros(known_at),
        valid_from=_seconds(valid_from),
        valid_to=_last_second(valid_to),
        zones=_visible(viewer, row, zones),
        strata=strata,
    )
    return _dated(frame).select(_FACT_COLUMNS)


def observations_versions(
    *,
    viewer: Viewer,
    series: str,
    zones: Sequence[int] | None = None,
    strata: Sequence[int] | None = None,
    valid_from: date | None = None,
    valid_to: date | None = None,
    known_at: datetime | None = None,
) -> pl.DataFrame:
    """Return every version of a series known up to a moment, for reporting triangles.

    Columns: valid_on, zone, stratum, value, status, known_at, batch; oldest version first.
    """
    row = _series(viewer, series, known_at)
    frame = versions(
        series=row.number,
        known_at=moment_micros(known_at),
        valid_from=_seconds(valid_from),
        valid_to=_last_second(valid_to),
        zones=_visible(viewer, row, zones),
        strata=strata,
    )
    return _dated(frame).select(*_FACT_COLUMNS, "batch")


def observation_history(
    *,
    viewer: Viewer,
    series: str,
    zone: int,
    valid_on: date,
    stratum: int = ALL_STRATA,
    known_at: datetime | None = None,
) -> list[ObservationVersion]:
    """Return every version of one observation with the import that brought it, oldest first."""
    frame = observations_versions(
        viewer=viewer,
        series=series,
        zones=[zone],
        strata=[stratum],
        valid_from=valid_on,
        valid_to=valid_on,
        known_at=known_at,
    )
    imports = {row.number: row for row in Import.objects.filter(number__in=frame["batch"].unique().to_list())}
    return [_version(fact, imports.get(fact["batch"])) for fact in frame.iter_rows(named=True)]


def series_freshness(
    *, viewer: Viewer, series: str, known_at: datetime | None = None
) -> tuple[date | None, datetime | None]:
    """Return the newest period of a series and when something last became known of it."""
    row = _series(viewer, series, known_at)
    micros = moment_micros(known_at)
    newest, told = latest_valid(row.number, micros), latest_known(row.number, micros)
    return (
        None if newest is None else datetime.fromtimestamp(newest, UTC).date(),
        None if told is None else clock.from_micros(told),
    )


def moment_micros(known_at: datetime | None) -> int:
    """Return the moment as the store writes it; none given means the present, with all that belongs to it."""
    return clock.to_micros(known_at) if known_at is not None else clock.to_micros(clock.now()) + _TIES


def _version(fact: dict[str, Any], brought: Import | None) -> ObservationVersion:
    return ObservationVersion(
        valid_on=fact["valid_on"],
        zone=fact["zone"],
        stratum=fact["stratum"],
        value=fact["value"],
        status=Status(fact["status"]),
        known_at=fact["known_at"],
        import_id=brought.id if brought else None,
        import_kind=brought.kind if brought else "",
        import_label=brought.label if brought else "",
    )


def _series(viewer: Viewer, code: str, known_at: datetime | None) -> SeriesRow:
    row = series_get(viewer=viewer, code=code, known_at=known_at)
    policy.require_somewhere(viewer, OBSERVATION_VIEW, tier=row.tier)
    note_read(viewer, row.code)
    return row


def _visible(viewer: Viewer, row: SeriesRow, zones: Sequence[int] | None) -> Sequence[int] | None:
    """Return the numbers of the zones that are both wanted and allowed."""
    allowed = policy.visible_zones(viewer, OBSERVATION_VIEW, tier=row.tier)
    if allowed is None:
        return zones
    numbers = [zone.number for zone in city.zone_list(viewer=viewer) if policy.within(zone.path, allowed)]
    return numbers if zones is None else sorted(set(numbers) & set(zones))


def _seconds(day: date | None) -> int | None:
    return None if day is None else (day - _EPOCH).days * _DAY


def _last_second(day: date | None) -> int | None:
    return None if day is None else (day - _EPOCH + timedelta(days=1)).days * _DAY - 1


def _dated(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.with_columns(
        (pl.col("valid_at") // _DAY).cast(pl.Int32).cast(pl.Date).alias("valid_on"),
        pl.col("known_at").cast(pl.Datetime("us", "UTC")),
    )
