"""Doubtful lines of a line list: opened by those who may see persons, and put right; each look is written down."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from datetime import date
from typing import Protocol, cast
from uuid import UUID

from django.utils.translation import gettext as _

from salus.base import clock, outbox
from salus.base.audit import audited, note
from salus.base.errors import Invalid
from salus.gather.cases.doubts import cells_of, forget_line
from salus.gather.cases.schemas import CaseLine, CasesTaken, WaitingCase
from salus.gather.cases.writing import lines_write
from salus.gather.events import CASES_TAKEN
from salus.gather.imports.committing import news_only, publish
from salus.gather.imports.reviewing import review_batch, settle, waiting_row
from salus.gather.models import Case, Import, ParkedRow
from salus.gather.permissions import CASE_MEND, INVESTIGATION
from salus.gather.schemas import Defect
from salus.gather.sources.mending import Change, Places, numbers_of, refuse
from salus.gather.store import append
from salus.trust import policy
from salus.trust.privacy import scrub
from salus.trust.schemas import Tier, Viewer


class Mending(Protocol):
    """What a source with a line list knows of its lines: `mending.py` beside its reader."""

    def case_of(self, row: Mapping[str, str], line: int, places: Places, on: date) -> CaseLine | list[Defect]:
        """Return the case that a line tells of, or what is wrong with it."""
        ...

    def counted(self, case: CaseLine, places: Places, *, home: bool, work: bool, on: date) -> list[Change]:
        """Return the counts that a case brings where it lives and where it works."""
        ...


def may_mend(*, viewer: Viewer) -> bool:
    """Tell whether somebody may open lines that wait and put them right."""
    return policy.may(viewer, CASE_MEND, tier=Tier.PERSONAL, purpose=INVESTIGATION)


@audited("parked_case.look")
def parked_case_look(*, row: UUID, reason: str, by: Viewer) -> WaitingCase:
    """Open a line that waits; that somebody looked, and why, is written down."""
    policy.require(by, CASE_MEND, tier=Tier.PERSONAL, purpose=INVESTIGATION)
    if not reason.strip():
        raise Invalid(_("Write why you need to see this line."), remedy=_("A few words are enough."))
    parked, brought = waiting_row(row)
    note(source=parked.source, line=parked.line, reason=scrub(reason))
    defects = tuple(Defect.from_json(kept) for kept in parked.defects)
    return WaitingCase(parked.id, parked.source, brought.label, parked.line, cells_of(parked), defects)


@audited("parked_case.fix")
def parked_case_fix(*, row: UUID, values: Mapping[str, str], by: Viewer) -> UUID:
    """Put a line right: its case is written, or made its next version, and counted where it was not."""
    policy.require(by, CASE_MEND, tier=Tier.PERSONAL, purpose=INVESTIGATION)
    parked, brought = waiting_row(row)
    before = cells_of(parked)
    cells = {**before, **{name: text.strip() for name, text in values.items() if name in before}}
    mending = cast(Mending, importlib.import_module(f"salus.gather.sources.{parked.source}.mending"))
    look = numbers_of(parked.source)
    found = mending.case_of(cells, parked.line, look.places, clock.today())
    if not isinstance(found, CaseLine):
        refuse(found)
        raise AssertionError("a line that is no case has defects")
    known = Case.objects.known().filter(source=parked.source, reference=found.reference).first()
    changes = mending.counted(
        found, look.places, home=known is None or known.zone_number is None,
        work=known is None or known.work_zone_number is None, on=clock.today(),
    )  # fmt: skip
    batch = review_batch(parked, brought, by)
    taken = lines_write(parked.source, [found], dict(look.zones), batch.number, CasesTaken(batch.id), by)
    facts, codes = look.facts(changes, parked.line)
    news, _repeated = news_only(facts, clock.to_micros(clock.now()))
    append(news, batch=batch.number)
    _settled(parked, found, batch, by)
    publish(batch, codes, by)
    payload = {"source": parked.source, "cases": taken.written + taken.revised}
    outbox.publish(topic=CASES_TAKEN, record_kind="observation_batch", record_id=batch.id, payload=payload, by=by)
    return parked.id


def _settled(parked: ParkedRow, case: CaseLine, batch: Import, by: Viewer) -> None:
    """Forget the line, keep what later readings need to count its report once, and nothing that names anybody."""
    kept = {"report_id": case.reference, "asked_as": case.asked_as, "zone": case.zone, "work_zone": case.work_zone}
    forget_line(parked)
    parked.status, parked.fix, parked.fixed_by_batch = "fixed", kept, batch.number
    settle(parked, by)
    note(source=parked.source, line=parked.line)
