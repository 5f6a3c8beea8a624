"""The list of investigations, and one with everything that was found."""

from __future__ import annotations

import csv
import io
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from salus.assess.investigations.document import InvestigationPack
from salus.assess.investigations.schemas import FindingRow, InvestigationRow
from salus.assess.investigations.selectors import (
    finding_latest,
    investigation_get,
    investigation_history,
    investigation_list,
    investigation_pack,
)
from salus.assess.permissions import INVESTIGATION_EDIT, INVESTIGATION_VIEW
from salus.base.texts import pick
from salus.gather.cases.selectors import may_identify
from salus.plan.permissions import MEASURE_VIEW, PROPOSAL_VIEW
from salus.plan.selectors import measure_list, proposal_list
from salus.trust import policy
from salus.trust.routes import route
from salus.web.ops.chaining import chain_control
from salus.web.ops.downloads import attached
from salus.web.ops.investigations import figures, words
from salus.web.ops.moment import keep_moment, known_at
from salus.web.ops.overview.queues import zone_names
from salus.web.ops.pages import page
from salus.web.ops.work.words import history
from salus.web.ui.components import Column, Link, Pair, Table, sort_table


def title_of(row: InvestigationRow) -> str:
    """Return an investigation's title in the page's language."""
    return _("Investigation %(number)s: %(title)s") % {
        "number": row.number,
        "title": pick(row.title, get_language() or "en"),
    }


@route(permission=INVESTIGATION_VIEW)
def investigations(request: HttpRequest) -> HttpResponse:
    """List investigations, newest first."""
    viewer, moment = request.viewer, known_at(request)  # type: ignore[attr-defined]
    names = zone_names(request)
    rows: list[dict[str, Any]] = []
    for row in investigation_list(viewer=viewer, known_at=moment):
        found = finding_latest(viewer=viewer, investigation=row.id, known_at=moment)
        zones = [names[zone] for zone in row.zone_ids if zone in names]
        rows.append(
            {
                "title": Link(title_of(row), keep_moment(request, reverse("ops:investigation", args=[row.id]))),
                "state": words.status_word(row.status)[0],
                "cases": found.total if found else None,
                "zones": ", ".join(zones[:3]) + (" …" if len(zones) > 3 else ""),
                "since": row.created_at,
            }
        )
    columns = [
        Column("title", _("Investigation")),
        Column("state", _("State")),
        Column("cases", _("Cases"), numeric=True),
        Column("zones", _("Signals in")),
        Column("since", _("Opened")),
    ]
    table = sort_table(Table(_("Investigations"), columns, rows, hide_caption=True), request.GET)
    return page(request, "ops/investigations/list.html", {"table": table}, section="assess")


@route(permission=INVESTIGATION_VIEW)
def investigation(request: HttpRequest, investigation: UUID) -> HttpResponse:
    """Show one investigation: curve, exposures, places, definition, checklists."""
    viewer, moment = request.viewer, known_at(request)  # type: ignore[attr-defined]
    row = investigation_get(viewer=viewer, investigation=investigation, known_at=moment)
    pack = investigation_pack(viewer=viewer, name=row.pack, known_at=moment)
    found = finding_latest(viewer=viewer, investigation=investigation, known_at=moment)
    state, tone = words.status_word(row.status)
    context = {
        "row": row,
        "title": title_of(row),
        "state": state,
        "tone": tone,
        "definition": definition_pairs(row, pack),
        "hypotheses": [(one["text"], *words.hypothesis_word(one["state"])) for one in row.hypotheses],
        "checklists": _checklists(pack),
        "steps": steps_of(request, row, pack),
        "history": history(
            request,
            investigation_history(viewer=viewer, investigation=investigation, known_at=moment),
            words.status_word,
            {"definition": _("case definition"), "signal_ids": _("signals"), "hypotheses": _("hypotheses"),
             "status": _("state"), "note": _("note")},
        ),
        "chain": chain_control(request, "investigation", row.id),
        "may_edit": moment is None and row.status == "open" and policy.may(viewer, INVESTIGATION_EDIT),
        "may_identify": moment is None and may_identify(viewer=viewer),
        **(_found(request, row, found) if found else {"found": None}),
    }  # fmt: skip
    return page(request, "ops/investigations/one.html", context, section="assess")


def _found(request: HttpRequest, row: InvestigationRow, found: FindingRow) -> dict[str, Any]:
    content = found.content
    names = figures.class_names()
    csv_href = keep_moment(request, reverse("ops:investigation_csv", args=[row.id]))
    return {
        "found": found,
        "brief": words.brief(content),
        "counts": [(names[name], content["counts"][name]) for name in figures.CLASSES],
        "controls": content["controls"],
        "left_out": content["left_out"],
        "curve": figures.curve_figure(content),
        "exposures": figures.exposure_table(request, content),
        "exposures_csv": csv_href,
        "areas": figures.area_table(content),
        "workplaces": figures.workplace_table(content),
        "map": figures.attack_map(request, content),
        "old_definition": found.definition_number != row.definition_number,
    }


def steps_of(request: HttpRequest, row: InvestigationRow, pack: InvestigationPack) -> dict[str, Any]:
    """Return what can be done about it: the measures that the emergency's pack names, and what waits to be decided."""
    viewer, moment, language = request.viewer, known_at(request), get_language() or "en"  # type: ignore[attr-defined]
    found: dict[str, Any] = {"measures": [], "proposals": []}
    if policy.may_somewhere(viewer, MEASURE_VIEW):
        titles = {one.code: pick(one.title, language) for one in measure_list(viewer=viewer, known_at=moment)}
        found["measures"] = [titles[code] for code in pack.measures if code in titles]
    if policy.may_somewhere(viewer, PROPOSAL_VIEW):
        found["proposals"] = [
            Link(pick(one.title, language), keep_moment(request, reverse("ops:proposal", args=[one.id])))
            for one in proposal_list(viewer=viewer, status="open", known_at=moment)
        ]
    return found


def definition_pairs(row: InvestigationRow, pack: InvestigationPack) -> list[Pair]:
    """Return the case definition in words and numbers."""
    language, given = get_language() or "en", row.definition
    symptoms = ", ".join(pick(pack.symptoms[name], language) for name in given["symptoms"] if name in pack.symptoms)
    since = figures.city_time(given["since"]) if given["since"] else _("any time")
    until = figures.city_time(given["until"]) if given["until"] else _("no end")
    return [
        Pair(figures.class_names()["suspected"], pick(pack.classes.suspected, language)),
        Pair(figures.class_names()["probable"], pick(pack.classes.probable, language)),
        Pair(figures.class_names()["confirmed"], pick(pack.classes.confirmed, language)),
        Pair(_("Symptoms, at least %(n)s of") % {"n": given["at_least"]}, symptoms),
        Pair(_("Fell ill from"), since),
        Pair(_("Fell ill until"), until),
        Pair(_("Number of this definition"), row.definition_number),
    ]


def _checklists(pack: InvestigationPack) -> list[tuple[str, list[tuple[str, str]]]]:
    language = get_language() or "en"
    return [
        (
            pick(one.title, language),
            [(pick(step.text, language), step.role.replace("_", " ").capitalize()) for step in one.steps],
        )
        for one in pack.checklists
    ]


@route(permission=INVESTIGATION_VIEW)
def exposures_csv(request: HttpRequest, investigation: UUID) -> HttpResponse:
    """Answer with the exposure table, as it is shown, as a file."""
    viewer, moment = request.viewer, known_at(request)  # type: ignore[attr-defined]
    row = investigation_get(viewer=viewer, investigation=investigation, known_at=moment)
    found = finding_latest(viewer=viewer, investigation=investigation, known_at=moment)
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["exposure", "ill_had", "ill_not", "well_had", "well_not", "odds_ratio", "low", "high", "p"])
    for one in found.content["exposures"] if found else ():
        cells = [one[name] for name in ("ill_had", "ill_not", "well_had", "well_not")]
        writer.writerow([one["code"], *cells, *one["odds"], one["p"]])
    return attached(text.getvalue(), f"investigation-{row.number}-exposures.csv")
