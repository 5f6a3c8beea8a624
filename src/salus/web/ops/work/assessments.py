"""One assessment: on what it rests, what it found, and whether it gives the same numbers again."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from salus.assess.permissions import ASSESSMENT_VIEW
from salus.assess.schemas import AssessmentRow
from salus.assess.selectors import assessment_get
from salus.trust.routes import route
from salus.web.ops.chaining import chain_control
from salus.web.ops.moment import keep_moment, known_at
from salus.web.ops.overview.queues import series_names
from salus.web.ops.pages import page
from salus.web.ui.components import Column, Link, Pair, Table, sort_table


def _inputs(request: HttpRequest, row: AssessmentRow) -> Table:
    names = series_names(request)
    cells: list[dict[str, Any]] = [
        {
            "series": Link(
                names.get(one.series, one.series), keep_moment(request, reverse("ops:series", args=[one.series]))
            ),
            "part": _("newest values") if one.part == "latest" else _("all versions"),
            "rows": one.rows,
            "until": one.valid_to,
            "checksum": one.checksum[:12],
        }
        for one in row.inputs
    ]
    columns = [
        Column("series", _("Series")),
        Column("part", _("Read as")),
        Column("rows", _("Facts"), numeric=True),
        Column("until", _("Newest day")),
        Column("checksum", _("Checksum"), sortable=False),
    ]
    return sort_table(Table(_("What it read"), columns, cells), request.GET)


@route(permission=ASSESSMENT_VIEW)
def assessment(request: HttpRequest, assessment: UUID) -> HttpResponse:
    """Show one assessment."""
    row = assessment_get(viewer=request.viewer, assessment=assessment, known_at=known_at(request))  # type: ignore[attr-defined]
    took = sum(row.timings.values()) if row.timings else None
    facts = [
        Pair(_("On what was known at"), row.known_at),
        Pair(_("Written down"), row.recorded_at),
        Pair(_("By version of the rules"), row.rule_table_number),
        Pair(_("It took"), _("%(n)s seconds") % {"n": f"{took:.1f}"} if took is not None else None),
        Pair(_("Digest of what it read"), row.inputs_digest),
        Pair(_("Digest of what it found"), row.results_digest),
    ]
    context = {
        "row": row,
        "facts": facts,
        "table": _inputs(request, row),
        "chain": chain_control(request, "assessment", row.id),
    }
    return page(request, "ops/assessment.html", context, section="assess")
