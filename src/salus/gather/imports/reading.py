"""Reading a file into the spool, piece by piece."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import polars as pl
from django.utils.translation import gettext as _

from salus.base import clock
from salus.base.errors import Invalid
from salus.gather.imports import dates
from salus.gather.imports.conversion import Reading, by_line, convert
from salus.gather.imports.dates import DateEvidence
from salus.gather.imports.lookups import Lookups
from salus.gather.imports.numbers import DecimalEvidence
from salus.gather.imports.readers import RawChunk, Table
from salus.gather.imports.readers.pieces import LINE
from salus.gather.imports.reporting import Reporter
from salus.gather.imports.spool import Checkpoint, Spool
from salus.gather.schemas import Defect, MappingSpec

# More rows than this are not for a queue: the file or its mapping is wrong.
MOST_PARKED = 10_000
# Defects that the report shows; every one of them waits in the queue.
SHOWN = 200


@dataclass(slots=True)
class _Evidence:
    dates: DateEvidence
    decimals: DecimalEvidence


def read_into(
    spool: Spool, table: Table, mapping: MappingSpec, look: Lookups, state: Checkpoint, tell: Reporter
) -> None:
    """Read a table from where the checkpoint stands to its end."""
    evidence = _Evidence(
        DateEvidence.from_json(state.evidence.get("dates", {})),
        DecimalEvidence.from_json(state.evidence.get("decimals", {})),
    )
    _settle(table, mapping, state)
    for chunk in table.chunks(state.position):
        _watch(chunk, mapping, evidence, state, typed=table.typed)
        converted = convert(chunk.frame, _reading(mapping, look, state))
        parked = _parked(chunk, converted.defects)
        _count(state, chunk, converted.facts, parked, look)
        state.position = chunk.position
        state.evidence = {"dates": evidence.dates.as_json(), "decimals": evidence.decimals.as_json()}
        refuse_too_many(state, state.rows_parked)
        spool.write(converted.facts, parked, state)
        tell(chunk.done, table.total, _("%(rows)s rows read") % {"rows": f"{state.rows_read:,}"})


def _settle(table: Table, mapping: MappingSpec, state: Checkpoint) -> None:
    """Decide how dates and numbers are read, from the mapping or from what the file proves."""
    if not state.date_order:
        state.date_order = mapping.date_order if mapping.date_order != "auto" else _proved_order(table, mapping)
    if not state.decimal and mapping.decimal != "auto":
        state.decimal = mapping.decimal
    elif not state.decimal and table.typed:
        state.decimal = "."


def _proved_order(table: Table, mapping: MappingSpec) -> str:
    def pieces() -> Iterator[tuple[pl.Series, pl.Series]]:
        for chunk in table.chunks():
            for column in (mapping.valid_column, mapping.known_column):
                if column:
                    yield chunk.frame[column].fill_null("").str.strip_chars(), chunk.frame[LINE]

    return dates.settle(pieces())


def _watch(chunk: RawChunk, mapping: MappingSpec, evidence: _Evidence, state: Checkpoint, *, typed: bool) -> None:
    """Look for what contradicts the settled reading; a person is asked rather than a row misread."""
    lines = chunk.frame[LINE]
    if mapping.date_order == "auto":
        for column in filter(None, (mapping.valid_column, mapping.known_column)):
            evidence.dates.look(chunk.frame[column].fill_null("").str.strip_chars(), lines)
        order = evidence.dates.settled()
        if state.date_order == "ymd" and order is None:
            raise evidence.dates.ask()
        if state.date_order == "ymd" and order is not None:
            # So far all dates began with the year, which reads the same under any order.
            state.date_order = order
    if mapping.decimal == "auto" and not typed:
        for column in mapping.values or (mapping.value_column,):
            evidence.decimals.look(chunk.frame[column].fill_null("").str.strip_chars(), lines)
        # Until a number needs a mark any mark reads the same.
        state.decimal = evidence.decimals.settled() or state.decimal


def _reading(mapping: MappingSpec, look: Lookups, state: Checkpoint) -> Reading:
    moment = clock.now()
    return Reading(
        mapping=mapping,
        lookups=look,
        date_order=state.date_order,
        decimal=state.decimal or ".",
        today=moment.astimezone(clock.city_zone()).date(),
        now_micros=clock.to_micros(moment),
        missing=mapping.missing,
        suppressed=mapping.suppressed,
    )


def _parked(chunk: RawChunk, defects: list[Defect]) -> list[dict[str, Any]]:
    """Return the rows to set aside, as they came, with everything that is wrong with them."""
    found = dict(by_line(defects))
    kept = chunk.frame.filter(pl.col(LINE).is_in(list(found))) if found else chunk.frame.head(0)
    rows = [
        _row(int(row.pop(LINE)), row, found[line])
        for row in kept.iter_rows(named=True)
        if (line := int(row[LINE])) in found
    ]
    for broken in chunk.broken:
        defect = Defect(broken.line, "", broken.text, broken.code, dict(broken.params))
        rows.append(_row(broken.line, {"": broken.text}, [defect]))
    return sorted(rows, key=lambda row: int(row["line"]))


def _row(line: int, raw: dict[str, Any], defects: list[Defect]) -> dict[str, Any]:
    return {"line": line, "raw": raw, "defects": [defect.as_json() for defect in defects]}


def _count(
    state: Checkpoint, chunk: RawChunk, facts: pl.DataFrame, parked: list[dict[str, Any]], look: Lookups
) -> None:
    rows = len(chunk.frame) + len(chunk.broken)
    state.rows_read += rows
    state.rows_parked += len(parked)
    state.rows_good += rows - len(parked)
    state.facts += len(facts)
    codes = {series.number: code for code, series in look.series.items()}
    for number, count in facts.group_by("series").len().iter_rows():
        state.series[codes[number]] = state.series.get(codes[number], 0) + count
    for row in parked:
        note_defects(state, row["defects"])


def note_defects(state: Checkpoint, defects: list[dict[str, Any]]) -> None:
    """Count defects by kind and keep the first ones for the report."""
    for defect in defects:
        state.by_code[defect["code"]] = state.by_code.get(defect["code"], 0) + 1
        if len(state.defects) < SHOWN:
            state.defects.append(defect)


def refuse_too_many(state: Checkpoint, parked: int) -> None:
    """Refuse an import of which more rows are doubtful than a person can look at."""
    if parked <= MOST_PARKED:
        return
    worst = max(state.by_code, key=lambda code: state.by_code[code])
    example = next((Defect.from_json(kept).message for kept in state.defects if kept["code"] == worst), worst)
    raise Invalid(
        _("More than %(most)s rows cannot be taken in; most often: %(example)s")
        % {"most": MOST_PARKED, "example": example},
        remedy=_("The mapping or the file is wrong: correct it and start again. Nothing was taken in."),
    )


def settled_mapping(mapping: MappingSpec, state: Checkpoint) -> MappingSpec:
    """Return the mapping with what the file proved, as the report shows it."""
    return replace(mapping, date_order=state.date_order, decimal=state.decimal or ".")
