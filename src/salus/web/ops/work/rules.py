"""The rule table: which indicators give which level; tried on the map before it is saved."""

from __future__ import annotations

from typing import Any

import yaml
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from salus.assess.permissions import RULE_SAVE, RULE_VIEW
from salus.assess.selectors import risk_level_preview, rule_table_get, rule_table_history
from salus.assess.services import rule_table_save
from salus.base.errors import SalusError
from salus.base.texts import pick
from salus.trust import policy
from salus.trust.routes import route
from salus.trust.selectors import person_names
from salus.web.ops.forms import attempt
from salus.web.ops.levels import level_badge
from salus.web.ops.moment import known_at
from salus.web.ops.overview.queues import zone_names
from salus.web.ops.pages import page
from salus.web.ui.components import Column, LogEntry, Table


def _text(document: Any) -> str:
    return yaml.safe_dump(dict(document), allow_unicode=True, sort_keys=False, width=100)


def _context(request: HttpRequest, draft: str = "") -> dict[str, Any]:
    viewer, moment, language = request.viewer, known_at(request), get_language() or "en"  # type: ignore[attr-defined]
    row = rule_table_get(viewer=viewer, known_at=moment)
    past = rule_table_history(viewer=viewer, known_at=moment)
    names = person_names({one.recorded_by for one in past}, viewer=viewer)
    return {
        "row": row,
        "title": pick(row.title, language),
        "basis": pick(row.basis, language),
        "levels": [(level_badge(one.level), pick(one.text, language)) for one in row.levels],
        "text": draft or _text(row.document),
        "history": [
            LogEntry(one.recorded_at, one.note or _("Saved"), None, names.get(one.recorded_by, ""), str(one.number))
            for one in past
        ],
        "may": moment is None and policy.may_somewhere(viewer, RULE_SAVE),
    }


@route(permission=RULE_VIEW)
def rules(request: HttpRequest) -> HttpResponse:
    """Show the rule table in force at the page's moment."""
    return page(request, "ops/rules.html", _context(request), section="assess")


@require_POST
@route(permission=RULE_VIEW)
def rules_try(request: HttpRequest) -> HttpResponse:
    """Show what a draft would change, without saving it."""
    draft = request.POST.get("text", "")
    context = _context(request, draft)
    try:
        rows = risk_level_preview(viewer=request.viewer, rule_table_draft=draft)  # type: ignore[attr-defined]
        context["preview"] = _preview(request, rows)
    except SalusError as refusal:
        context["refusal"] = refusal
    status = 400 if "refusal" in context else 200
    return page(request, "ops/rules.html", context, section="assess", status=status)


def _preview(request: HttpRequest, rows: list[Any]) -> Table:
    names = zone_names(request)
    cells: list[dict[str, Any]] = [
        {
            "zone": names.get(row.draft.zone_id, ""),
            "now": level_badge(row.now) or _("Not defined"),
            "draft": level_badge(row.draft.level) or _("Not defined"),
        }
        for row in rows
        if row.changes
    ]
    columns = [
        Column("zone", _("Zone"), sortable=False),
        Column("now", _("Now"), sortable=False),
        Column("draft", _("By the draft"), sortable=False),
    ]
    return Table(_("%(n)s zones would have another level") % {"n": len(cells)}, columns, cells, tall=True)


@require_POST
@route(permission=RULE_SAVE)
def rules_save(request: HttpRequest) -> HttpResponse:
    """Save the draft as the next version."""
    draft, note = request.POST.get("text", ""), request.POST.get("note", "").strip()
    number = request.POST.get("number", "")
    done = attempt(
        request,
        lambda: rule_table_save(
            draft=draft,
            note=note,
            expected_number=int(number) if number.isdigit() else None,
            by=request.viewer,  # type: ignore[attr-defined]
        ),
        done=_("The rules are saved; the next assessment uses them."),
    )
    if done is None:
        return page(request, "ops/rules.html", _context(request, draft), section="assess", status=400)
    return redirect("ops:rules")
