"""The line list, for those who may see who the ill are; every look is written down."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.cache import add_never_cache_headers
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from salus.assess.investigations.document import InvestigationPack
from salus.assess.investigations.selectors import investigation_get, investigation_pack, line_ids
from salus.assess.permissions import INVESTIGATION_VIEW
from salus.base.texts import pick
from salus.city.selectors import zone_list
from salus.gather.cases.schemas import CasePerson
from salus.gather.cases.selectors import may_identify
from salus.gather.cases.services import cases_export, cases_look
from salus.gather.permissions import CASE_EXPORT, INVESTIGATION
from salus.trust import policy
from salus.trust.routes import route
from salus.trust.schemas import Tier
from salus.web.ops.downloads import attached
from salus.web.ops.forms import refuse_past
from salus.web.ops.investigations.pages import title_of
from salus.web.ops.pages import page
from salus.web.ui.components import Column, Table

_AT_ONCE = 200


@route(permission=INVESTIGATION_VIEW)
def lines(request: HttpRequest, investigation: UUID) -> HttpResponse:
    """Ask why somebody wants to see who the ill are, and show them."""
    viewer = request.viewer  # type: ignore[attr-defined]
    row = investigation_get(viewer=viewer, investigation=investigation)
    if not may_identify(viewer=viewer):
        return page(request, "ops/investigations/not_yours.html", {"row": row, "title": title_of(row)},
                    section="assess", status=403)  # fmt: skip
    reason = request.POST.get("reason", "").strip()
    table, error = None, ""
    if request.method == "POST":
        if reason:
            found = _opened(request, investigation, reason)
            table = _table(found[:_AT_ONCE], investigation_pack(viewer=viewer, name=row.pack), request)
        else:
            error = _("Write why you need to see who they are.")
    may_take = policy.may(viewer, CASE_EXPORT, tier=Tier.PERSONAL, purpose=INVESTIGATION)
    context = {
        "row": row,
        "title": title_of(row),
        "table": table,
        "reason": reason,
        "error": error,
        "may_take": may_take,
    }
    answer = page(request, "ops/investigations/lines.html", context, section="assess", status=422 if error else 200)
    # What names people is not left behind in a browser.
    add_never_cache_headers(answer)
    return answer


def _opened(request: HttpRequest, investigation: UUID, reason: str) -> list[CasePerson]:
    refuse_past(request)
    viewer = request.viewer  # type: ignore[attr-defined]
    ids = line_ids(viewer=viewer, investigation=investigation)
    return cases_look(ids=ids, reason=reason, by=viewer)


def _table(found: Sequence[CasePerson], pack: InvestigationPack, request: HttpRequest) -> Table:
    language = get_language() or "en"
    zones = {row.number: pick(row.name, language) for row in zone_list(viewer=request.viewer)}  # type: ignore[attr-defined]
    rows = [
        {
            "reference": one.facts.reference,
            "name": one.name or _("erased"),
            "telephone": one.telephone,
            "address": f"{one.street}, {zones.get(one.facts.zone or -1, '')}".strip(", "),
            "age": one.facts.age,
            "onset": one.facts.onset_at,
            "symptoms": ", ".join(pick(pack.symptoms[name], language) if name in pack.symptoms else name
                                  for name in one.facts.symptoms),
            "laboratory": laboratory_word(one.facts.laboratory),
            "said": ", ".join(pick(pack.questions[code], language) if code in pack.questions else code
                              for code, said in one.facts.answers.items() if said == "yes"),
        }
        for one in found
    ]  # fmt: skip
    return Table(_("The ill under this case definition"), _columns(), rows)


def _columns() -> list[Column]:
    return [
        Column("reference", _("Report"), sortable=False),
        Column("name", _("Name"), sortable=False),
        Column("telephone", _("Telephone"), sortable=False),
        Column("address", _("Address"), sortable=False),
        Column("age", _("Age"), numeric=True, sortable=False),
        Column("onset", _("Fell ill"), sortable=False),
        Column("symptoms", _("Symptoms"), sortable=False),
        Column("laboratory", _("Laboratory"), sortable=False),
        Column("said", _("Had or did"), sortable=False),
    ]


def laboratory_word(result: str) -> str:
    """Return a laboratory's result in words."""
    words = {"positive": _("positive"), "negative": _("negative"), "pending": _("waited for"), "": _("not sampled")}
    return words.get(result, result)


@require_POST
@route(permission=INVESTIGATION_VIEW)
def download(request: HttpRequest, investigation: UUID) -> HttpResponse:
    """Answer with the line list as a file: a right of its own, with a reason, written down."""
    viewer, reason = request.viewer, request.POST.get("reason", "").strip()  # type: ignore[attr-defined]
    if not reason:
        return redirect("ops:investigation_lines", investigation)
    refuse_past(request)
    row = investigation_get(viewer=viewer, investigation=investigation)
    found = cases_export(ids=line_ids(viewer=viewer, investigation=investigation), reason=reason, by=viewer)
    answer = attached(_as_csv(found), f"investigation-{row.number}-lines.csv")
    add_never_cache_headers(answer)
    return answer


def _as_csv(found: Sequence[CasePerson]) -> str:
    text = io.StringIO()
    writer = csv.writer(text)
    codes = sorted({code for one in found for code in one.facts.answers})
    writer.writerow(
        ["report", "name", "telephone", "street", "age", "sex", "onset_at", "laboratory", "symptoms", *codes]
    )
    for one in found:
        facts = one.facts
        onset = facts.onset_at.isoformat() if facts.onset_at else ""
        cells = [facts.reference, one.name, one.telephone, one.street, facts.age, facts.sex, onset, facts.laboratory,
                 ";".join(facts.symptoms), *(facts.answers.get(code, "") for code in codes)]  # fmt: skip
        writer.writerow([harmless(cell) for cell in cells])
    return text.getvalue()


def harmless(cell: object) -> object:
    """Return a cell that a spreadsheet does not take for a formula."""
    text = "" if cell is None else str(cell)
    return f"'{text}" if text[:1] in {"=", "+", "-", "@", "\t", "\r"} else text
