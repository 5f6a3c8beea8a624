"""The review queue: a person mends a row, and its facts are taken in, or lets it go."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

import polars as pl
from django.utils.translation import gettext as _

from salus.base import clock
from salus.base.audit import audited, note
from salus.base.errors import Invalid, Refused
from salus.gather.cases.sealing import keys_destroy
from salus.gather.imports import lookups
from salus.gather.imports.committing import news_only, publish
from salus.gather.imports.conversion import Converted, Reading, convert
from salus.gather.imports.readers.pieces import LINE
from salus.gather.imports.reviewing import open_row, review_batch, settle
from salus.gather.models import Import, ParkedRow
from salus.gather.schemas import MappingSpec
from salus.gather.sources.chunks import MendedLine
from salus.gather.sources.mending import asked_of, facts_of
from salus.gather.store import append
from salus.trust.schemas import Viewer


@audited("parked_row.fix")
def parked_row_fix(*, row: UUID, values: Mapping[str, str], note_text: str = "", by: Viewer) -> ParkedRow:
    """Mend a parked row; its facts are known from now on, or from the moment that it states itself."""
    parked, brought = open_row(row, by)
    if parked.sealed:
        raise Refused(_("This line names a person."), remedy=_("Open it, and put it right there."))
    # What says which line it is stays as it is.
    asked = asked_of(parked.source) if not brought.mapping else ()
    values = {name: text for name, text in values.items() if not asked or name in asked}
    raw = {**dict.fromkeys(asked or (), ""), **{name: text for name, text in parked.raw.items() if name}, **values}
    found, codes = _facts(raw, parked, brought)
    moment = clock.now()
    batch = review_batch(parked, brought, by)
    facts, repeated = news_only(found, clock.to_micros(moment))
    done = append(facts, batch=batch.number)
    batch.rows_written, batch.rows_unchanged = done.written, done.unchanged + repeated
    batch.save(update_fields=["rows_written", "rows_unchanged"])
    parked.status, parked.fix, parked.note = "fixed", dict(values), note_text
    parked.fixed_by_batch = batch.number
    settle(parked, by)
    publish(batch, codes, by)
    note(source=parked.source, line=parked.line)
    return parked


@audited("parked_row.dismiss")
def parked_row_dismiss(*, row: UUID, reason: str, by: Viewer) -> ParkedRow:
    """Let a parked row go; it stays on record with the reason."""
    parked, _brought = open_row(row, by)
    if not reason.strip():
        raise Invalid(_("Dismissing a row needs a reason."), remedy=_("Say why it is not taken in."))
    keys_destroy([parked.id])
    parked.sealed = b""
    parked.status, parked.note = "dismissed", reason.strip()
    settle(parked, by)
    note(source=parked.source, line=parked.line)
    return parked


def _facts(raw: dict[str, str], parked: ParkedRow, brought: Import) -> tuple[pl.DataFrame, list[str]]:
    """Return what a mended row says and of which series: a file's by its mapping, a feed's by its source."""
    if not brought.mapping:
        line = MendedLine(brought.label, parked.line, raw, clock.today())
        return facts_of(source=parked.source, line=line)
    converted, look = _convert(raw, parked, brought)
    if converted.defects:
        first = converted.defects[0]
        raise Invalid(" ".join(defect.message for defect in converted.defects), remedy=first.remedy)
    numbers = {series.number: code for code, series in look.series.items()}
    return converted.facts, sorted({numbers[number] for number in converted.facts["series"]})


def _convert(raw: dict[str, str], parked: ParkedRow, brought: Import) -> tuple[Converted, lookups.Lookups]:
    """Read the mended row as its file was read; a person's dates may also begin with the year."""
    mapping = MappingSpec.from_json(brought.mapping or {})
    report = brought.report
    look = lookups.read(parked.source)
    absent = [name for name in mapping.columns if name not in raw]
    if absent:
        raise Invalid(
            _("The row says nothing of %(names)s.") % {"names": ", ".join(f"'{name}'" for name in absent)},
            remedy=_("Fill in every column that the mapping reads."),
        )
    moment = clock.now()
    reading = Reading(
        mapping=mapping,
        lookups=look,
        date_order=report.get("date_order") or "ymd",
        decimal=report.get("decimal") or ".",
        today=clock.today(),
        now_micros=clock.to_micros(moment),
        missing=mapping.missing,
        suppressed=mapping.suppressed,
    )
    frame = pl.DataFrame(
        {name: [raw[name]] for name in mapping.columns}, schema=dict.fromkeys(mapping.columns, pl.String())
    )
    return convert(frame.with_columns(pl.lit(parked.line, dtype=pl.Int64).alias(LINE)), reading), look
