"""The chain of any record: what it came from, what came of it, and how long each step took."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from salus.base import chain, clock
from salus.base.errors import NotFound
from salus.base.schemas import Described, Link, Ref
from salus.trust.routes import SIGNED_IN, route
from salus.trust.schemas import Viewer
from salus.web.ops.moment import keep_moment, known_at
from salus.web.ops.pages import page
from salus.web.ui import moments
from salus.web.ui.charts.chain import Ring, chain_timeline
from salus.web.ui.components import ChainStep, Column, Table
from salus.web.ui.components import Link as CellLink
from salus.web.ui.figures import Figure
from salus.web.ui.formats import duration

# A long chain is shown by its nearest records of each kind; the table below has them all.
NEAREST = 24
# More rings than this are too small to be read.
MOST_RINGS = 8


def kind_name(kind: str) -> str:
    """Return what people call a kind of record."""
    names = {
        "observation_batch": _("Data"),
        "assessment": _("Assessment"),
        "signal": _("Signal"),
        "risk_level": _("Level"),
        "proposal": _("Proposal"),
        "decision": _("Decision"),
        "service_change": _("Line or site"),
        "task": _("Task"),
        "alert": _("Alert"),
        "release": _("Release"),
        "outcome": _("Outcome"),
    }
    return names.get(kind, kind.replace("_", " ").capitalize())


def _own(links: list[Link], kind: str, record: UUID) -> Ref:
    for link in links:
        for ref in (link.source, link.target):
            if ref.id == record:
                return ref
    return Ref(kind, record, clock.now())


def steps_of(
    *, viewer: Viewer, kind: str, record: UUID, known_at: datetime | None
) -> tuple[list[ChainStep], list[Link], dict[UUID, Described]]:
    """Return the records on a chain in the order of their moments, with the time between."""
    links = chain.walk(id=record, known_at=known_at)
    refs = {ref.id: ref for link in links for ref in (link.source, link.target)}
    refs.setdefault(record, _own(links, kind, record))
    titles = chain.describe(refs.values(), viewer=viewer, known_at=known_at)
    if record not in titles:
        raise NotFound(_("There is no such record."), remedy=_("It may not have been known at that moment."))
    near = {record} | {ref.id for link in links[:NEAREST] for ref in (link.source, link.target)}
    ordered = sorted((ref for ref in refs.values() if ref.id in titles and ref.id in near), key=lambda ref: ref.at)
    found: list[ChainStep] = []
    before: datetime | None = None
    for ref in ordered:
        gap = ref.at - before if before is not None else None
        title = titles[ref.id]
        found.append(ChainStep(kind_name(ref.kind), title.title, ref.at, title.url, ref.id == record, gap))
        before = ref.at
    return found, links, titles


def _table(request: HttpRequest, links: list[Link], titles: dict[UUID, Described]) -> Table:
    def cell(ref: Ref) -> CellLink | str:
        title = titles.get(ref.id)
        return CellLink(title.title, keep_moment(request, title.url)) if title else _("Not shown to your role")

    rows = [
        {
            "from": cell(link.source),
            "relation": link.relation.replace("_", " "),
            "to": cell(link.target),
            "at": link.target.at,
            "took": duration(max(link.took, timedelta(0))),
        }
        for link in sorted(links, key=lambda link: link.target.at)
    ]
    columns = [
        Column("from", _("From"), sortable=False),
        Column("relation", _("How"), sortable=False),
        Column("to", _("To"), sortable=False),
        Column("at", _("When"), sortable=False),
        Column("took", _("It took"), sortable=False),
    ]
    return Table(_("Every link and the time that it took"), columns, rows)


def _grouped(steps: list[ChainStep]) -> list[tuple[ChainStep, str]]:
    """Return the steps that a picture has room for: many of one kind stand as one, with how many more there are."""
    if len(steps) <= MOST_RINGS:
        return [(step, step.text) for step in steps]
    groups: dict[str, list[ChainStep]] = {}
    for step in steps:
        groups.setdefault("" if step.here else step.kind, []).append(step)
    firsts = sorted(groups.values(), key=lambda group: group[0].at)
    return [
        (group[0], group[0].text + (" " + _("and %(n)s more") % {"n": len(group) - 1} if len(group) > 1 else ""))
        for group in firsts
    ]


def _gap(before: ChainStep | None, step: ChainStep) -> str:
    return duration(step.at - before.at) if before is not None else ""


def _figure(request: HttpRequest, steps: list[ChainStep], table: Table) -> Figure:
    shown = _grouped(steps)
    before = [None, *(step for step, _text in shown)]
    rings = [
        Ring(
            step.kind,
            text,
            f"{moments.day(step.at, 'short')} {moments.clock_time(step.at)}",
            gap=_gap(earlier, step),
            href=keep_moment(request, step.href),
            here=step.here,
        )
        for earlier, (step, text) in zip(before, shown, strict=False)
    ]
    took = steps[-1].at - steps[0].at if len(steps) > 1 else timedelta(0)
    title = _("From the first record to the last it took %(time)s") % {"time": duration(took)}
    drawing = chain_timeline(rings, title=title)
    return Figure(title, drawing, table)


@route(permission=SIGNED_IN)
def chain_page(request: HttpRequest, kind: str, record: UUID) -> HttpResponse:
    """Show a record's chain, as a page or as the fragment that the chain control opens."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    steps, links, titles = steps_of(viewer=viewer, kind=kind, record=record, known_at=known_at(request))
    href = keep_moment(request, reverse("ops:chain", args=[kind, record]))
    if request.headers.get("HX-Request"):
        return render(request, "ops/parts/chain_steps.html", {"steps": steps, "href": href})
    table = _table(request, links, titles)
    figure = _figure(request, steps, table) if len(steps) > 1 else None
    context = {"steps": steps, "figure": figure, "kind": kind_name(kind), "title": titles[record]}
    return page(request, "ops/chain.html", context, section="log")
