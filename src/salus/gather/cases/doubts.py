"""Lines of a line list that wait for a person: kept whole and sealed, each with a key of its own."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import cast

from django.utils.translation import gettext as _

from salus.base import clock
from salus.base.errors import Refused
from salus.base.ids import new_id
from salus.gather.cases.schemas import CasesChunk, DoubtfulCase
from salus.gather.cases.sealing import keys_destroy, new_key, seals_of
from salus.gather.models import CaseKey, Import, ParkedRow
from salus.trust.schemas import Viewer

_FIELD = "line"


def park(batch: Import, lines: Sequence[DoubtfulCase]) -> int:
    """Keep doubtful lines until somebody has looked at them; return how many there are."""
    rows, keys = [], []
    for doubtful in _not_mended(batch.source, lines):
        id = new_id()
        seal, key = new_key(id)
        text = json.dumps(dict(doubtful.raw), ensure_ascii=False)
        keys.append(key)
        rows.append(
            ParkedRow(
                id=id, import_number=batch.number, source=batch.source, line=doubtful.line, raw={},
                sealed=seal.close(_FIELD, text), defects=[defect.as_json() for defect in doubtful.defects],
                recorded_at=clock.now(),
            )
        )  # fmt: skip
    ParkedRow.objects.bulk_create(rows, batch_size=500)
    CaseKey.objects.bulk_create(keys, batch_size=500)
    return len(rows)


def _not_mended(source: str, lines: Sequence[DoubtfulCase]) -> list[DoubtfulCase]:
    """Return the lines whose report no person has put right before: it is not asked again."""
    rows = ParkedRow.objects.filter(source=source, status="fixed") if lines else ()
    done = {str((row.fix or {}).get("report_id") or "") for row in rows}
    return [line for line in lines if str(line.raw.get("report_id") or "") not in done - {""}]


def cells_of(parked: ParkedRow) -> dict[str, str]:
    """Return the columns of a line that waits, opened."""
    seal = seals_of([parked.id]).get(parked.id)
    if seal is None:
        raise Refused(
            _("What this line said has been forgotten: it waited for longer than it may be kept."),
            remedy=_("Put it aside."),
        )
    return cast(dict[str, str], json.loads(seal.open(_FIELD, bytes(parked.sealed))))


def forget_line(parked: ParkedRow) -> None:
    """Destroy what is kept of a line that is settled: what was needed of it is a case now."""
    keys_destroy([parked.id])
    parked.sealed = b""


def settled_since(source: str, chunk: CasesChunk, by: Viewer) -> int:
    """Settle lines that wait where the same report has come again and nothing is wrong with it any more."""
    faulty = {str(line.raw.get("report_id") or "") for line in chunk.parked}
    good = {line.reference for line in chunk.lines} - faulty
    waiting = ParkedRow.objects.filter(source=source, status="open").exclude(sealed=b"") if good else ()
    count = 0
    for parked in waiting:
        if parked.id in seals_of([parked.id]) and cells_of(parked).get("report_id") in good:
            forget_line(parked)
            parked.status, parked.note = "dismissed", _("The report came again without the fault.")
            parked.resolved_at, parked.resolved_by = clock.now(), by.id
            parked.save()
            count += 1
    return count
