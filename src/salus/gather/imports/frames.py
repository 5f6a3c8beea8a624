"""Facts that a source's own reader has put in order: the same spool, the same checks, the same commit."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import polars as pl
from django.utils.translation import gettext as _

from salus.base import clock
from salus.base.audit import audited, note
from salus.base.errors import Invalid, Refused, SalusError
from salus.gather.imports import doubles, lookups
from salus.gather.imports.committing import Brought, write_import
from salus.gather.imports.conversion import SPOOL
from salus.gather.imports.faults import disk_watched
from salus.gather.imports.lookups import Lookups
from salus.gather.imports.pipeline import stop
from salus.gather.imports.reading import note_defects, refuse_too_many
from salus.gather.imports.reporting import JobCancelled, Reporter
from salus.gather.imports.spool import Checkpoint, Spool
from salus.gather.models import Import, Source
from salus.gather.permissions import IMPORT_RUN
from salus.gather.schemas import ALL_STRATA_CODE, Defect, MappingSpec, Status
from salus.trust import policy
from salus.trust.schemas import Viewer

# The columns of a frame; `stratum`, `known_at` and `status` may be left out.
COLUMNS = ("series", "zone", "stratum", "valid_on", "known_at", "value", "status")
# How a row of a frame reads in the review queue.
MAPPING = MappingSpec(
    valid_column="valid_on",
    zone_column="zone",
    series_column="series",
    stratum_column="stratum",
    value_column="value",
    known_column="known_at",
    date_order="ymd",
    decimal=".",
)
_DAY = 86_400


def import_frames(
    *, source: str, chunks: Iterator[pl.DataFrame], label: str, content_digest: str, by: Viewer, progress: Any = None
) -> Import:
    """Take in frames of codes: series, zone, stratum, valid_on, known_at, value, status.

    The same digest again changes nothing and returns the import that brought it. One that was
    interrupted goes on: the pieces that it has are skipped, so the chunks must come in the same order.
    A row without `known_at` is known from the commit on. All becomes visible in one transaction.
    """
    row = _begin(source=source, label=label, digest=content_digest, by=by)
    if row.status == "committed":
        return row
    spool, tell = Spool(row.id), Reporter(progress)
    try:
        with spool.held(), disk_watched():
            _read(row, spool, chunks, tell)
            _commit(row, spool, tell, by)
    except JobCancelled:
        stop(row, "cancelled", None, {})
        raise
    except SalusError as refusal:
        stop(row, "failed", refusal, {})
        raise
    return row


def _begin(*, source: str, label: str, digest: str, by: Viewer) -> Import:
    rows = Import.objects.filter(source=source, kind="frames", content_digest=digest)
    found = rows.filter(status="committed").first() or rows.order_by("-number").first()
    return found or frames_begin(source=source, label=label, digest=digest, by=by)


@audited("import.begin")
def frames_begin(*, source: str, label: str, digest: str, by: Viewer) -> Import:
    """Begin an import of frames."""
    policy.require(by, IMPORT_RUN)
    found = Source.objects.known().filter(slug=source).first()
    if found is None or found.status != "live":
        raise Refused(_("The source '%(slug)s' is not live.") % {"slug": source}, remedy=_("Activate it first."))
    note(source=source, label=label)
    return Import.objects.create(
        source=source,
        kind="frames",
        label=label[:300],
        format="frames",
        content_digest=digest,
        mapping=MAPPING.as_json(),
        recorded_at=clock.now(),
        recorded_by=by.id,
        started_wall=clock.wall_now(),
    )


def _read(row: Import, spool: Spool, chunks: Iterator[pl.DataFrame], tell: Reporter) -> None:
    row.status = "reading"
    row.save(update_fields=["status"])
    state = spool.checkpoint(row.content_digest)
    if state.finished:
        return
    look = lookups.read(row.source)
    for number, chunk in enumerate(chunks):
        if number < state.pieces:
            continue
        facts, parked = converted(chunk, look, first_line=state.rows_read + 1)
        state.rows_read += len(chunk)
        state.rows_good += len(facts)
        state.rows_parked += len(parked)
        state.facts += len(facts)
        _note(state, chunk, parked)
        refuse_too_many(state, state.rows_parked)
        spool.write(facts, parked, state)
        tell(state.rows_read, None, _("%(rows)s rows read") % {"rows": f"{state.rows_read:,}"})
    state.finished = True
    spool.mark(state)


def _note(state: Checkpoint, chunk: pl.DataFrame, parked: list[dict[str, Any]]) -> None:
    for code, count in chunk.group_by("series").len().iter_rows():
        state.series[code] = state.series.get(code, 0) + count
    for entry in parked:
        note_defects(state, entry["defects"])


def _commit(row: Import, spool: Spool, tell: Reporter, by: Viewer) -> None:
    state = spool.checkpoint(row.content_digest)
    look = lookups.read(row.source)

    def as_parked(facts: pl.DataFrame) -> list[dict[str, Any]]:
        return doubles.as_parked(facts, MAPPING, look)

    brought = Brought(spool.files(state), state, spool.parked(state), as_parked)
    row.report = {"series": state.series, "date_order": "ymd", "decimal": "."}
    with tell.counting(state.facts, _("making visible")) as count:
        write_import(row=row, brought=brought, count=count, by=by)
    spool.remove()


def converted(chunk: pl.DataFrame, look: Lookups, *, first_line: int) -> tuple[pl.DataFrame, list[dict[str, Any]]]:
    """Return a frame's facts in the store's numbers, and its doubtful rows."""
    rows = _completed(chunk)
    strange = sorted(set(rows["series"].unique().to_list()) - set(look.series))
    if strange:
        raise Invalid(
            _("The source has no series %(names)s.") % {"names": ", ".join(map(str, strange))},
            remedy=_("Add it to the source's manifest."),
        )
    numbers = {code: series.number for code, series in look.series.items()}
    judged = rows.with_columns(
        pl.int_range(first_line, first_line + len(rows), dtype=pl.Int64).alias("line"),
        pl.col("series").replace_strict(numbers, return_dtype=pl.Int32).alias("series_number"),
        _number("zone", dict(look.zones)).alias("zone_number"),
        _number("stratum", dict(look.strata)).alias("stratum_number"),
        (pl.col("valid_on").cast(pl.Int32).cast(pl.Int64) * _DAY).alias("valid_at"),
        pl.col("known_at").dt.epoch("us").alias("known_micros"),
    ).with_columns(_fault().alias("fault"))
    good = judged.filter(pl.col("fault").is_null())
    facts = good.select(
        pl.col("series_number").alias("series"),
        "valid_at",
        pl.col("zone_number").alias("zone"),
        pl.col("stratum_number").alias("stratum"),
        pl.col("known_micros").alias("known_at"),
        "value",
        "status",
        "line",
    ).cast(SPOOL)  # type: ignore[arg-type]
    return facts, [_parked(row) for row in judged.filter(pl.col("fault").is_not_null()).iter_rows(named=True)]


def _completed(chunk: pl.DataFrame) -> pl.DataFrame:
    """Return the frame with all its columns in their types."""
    absent = [name for name in ("series", "zone", "valid_on", "value") if name not in chunk.columns]
    if absent:
        raise Invalid(
            _("The frame lacks the columns %(names)s.") % {"names": ", ".join(absent)},
            remedy=_("Give all of %(names)s.") % {"names": ", ".join(COLUMNS)},
        )
    defaults = {
        "stratum": pl.lit(ALL_STRATA_CODE),
        "known_at": pl.lit(None, dtype=pl.Datetime("us", "UTC")),
        "status": pl.when(pl.col("value").is_null()).then(int(Status.MISSING)).otherwise(0).cast(pl.Int8),
    }
    rows = chunk.with_columns(expr.alias(name) for name, expr in defaults.items() if name not in chunk.columns)
    kinds = {"valid_on": pl.Date(), "value": pl.Float64(), "status": pl.Int8(), "known_at": pl.Datetime("us", "UTC")}
    typed = rows.select(pl.col(name).cast(kinds.get(name, pl.String())) for name in COLUMNS)
    return typed.with_columns(pl.when(pl.col("status") == 0).then("value").alias("value"))


def _number(column: str, known: dict[str, int]) -> pl.Expr:
    return pl.col(column).replace_strict(known, default=None, return_dtype=pl.Int32)


def _fault() -> pl.Expr:
    observed = pl.col("status") == 0
    early = pl.col("known_micros") < (pl.col("valid_at") - _DAY) * 1_000_000
    faults = [
        ("unknown_zone", pl.col("zone_number").is_null()),
        ("unknown_stratum", pl.col("stratum_number").is_null()),
        ("bad_date", pl.col("valid_at").is_null()),
        ("known_before_valid", early),
        ("bad_number", observed & ~pl.col("value").is_finite().fill_null(value=False)),
    ]
    code = pl.lit(None, dtype=pl.String)
    for name, wrong in reversed(faults):
        code = pl.when(wrong.fill_null(value=False)).then(pl.lit(name)).otherwise(code)
    return code


def _parked(row: dict[str, Any]) -> dict[str, Any]:
    columns = {
        "unknown_zone": "zone",
        "unknown_stratum": "stratum",
        "bad_date": "valid_on",
        "known_before_valid": "known_at",
        "bad_number": "value",
    }
    column = columns[row["fault"]]
    raw = {name: "" if row[name] is None else str(row[name]) for name in COLUMNS if name != "status"}
    raw["known_at"] = row["known_at"].isoformat() if row["known_at"] else ""
    params = {"valid": raw["valid_on"]} if row["fault"] == "known_before_valid" else {}
    if row["fault"] == "bad_date":
        params = {"order": "ymd"}
    defect = Defect(row["line"], column, raw[column], row["fault"], params)
    return {"line": row["line"], "raw": raw, "defects": [defect.as_json()]}
