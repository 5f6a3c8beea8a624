"""What the public was told: releases, alerts before they are published, and publishing the situation."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from salus.base.texts import pick
from salus.decide.permissions import ALERT_COMPOSE, ALERT_VIEW, RELEASE_PUBLISH, RELEASE_VIEW
from salus.decide.releases import release_get, release_list, release_verify
from salus.decide.selectors import alert_get, situation_autopublish
from salus.decide.services import (
    alert_cancel,
    alert_drop,
    alert_update,
    release_publish,
    situation_autopublish_set,
)
from salus.trust import policy
from salus.trust.routes import route
from salus.web.ops.chaining import chain_control
from salus.web.ops.forms import attempt
from salus.web.ops.moment import keep_moment, known_at
from salus.web.ops.pages import page
from salus.web.ops.work.words import areas
from salus.web.ui.components import Column, Link, Pair, Table, sort_table


def kind_words(kind: str) -> str:
    """Return what a kind of release is called."""
    names = {"situation": _("Situation"), "decision": _("Decision"), "alert": _("Alert"), "data": _("Data")}
    return names.get(kind, kind)


@route(permission=RELEASE_VIEW)
def releases(request: HttpRequest) -> HttpResponse:
    """List what was published, newest first."""
    viewer, moment, language = request.viewer, known_at(request), get_language() or "en"  # type: ignore[attr-defined]
    rows: list[dict[str, Any]] = [
        {
            "number": Link(str(row.number), keep_moment(request, reverse("ops:release", args=[row.number]))),
            "kind": kind_words(row.kind),
            "title": pick(row.title, language),
            "at": row.published_at,
            "sha": row.sha256[:12],
        }
        for row in release_list(known_at=moment, limit=300)
    ]
    columns = [
        Column("number", _("Number"), sortable=False),
        Column("kind", _("Kind")),
        Column("title", _("Title")),
        Column("at", _("Published")),
        Column("sha", _("Hash"), sortable=False),
    ]
    context = {
        "table": sort_table(Table(_("Releases"), columns, rows, tall=True), request.GET),
        "verdict": release_verify(),
        "auto": situation_autopublish(viewer=viewer, known_at=moment),
        "may": moment is None and policy.may_somewhere(viewer, RELEASE_PUBLISH),
    }
    return page(request, "ops/releases.html", context, section="decide")


@route(permission=RELEASE_VIEW)
def release(request: HttpRequest, number: int) -> HttpResponse:
    """Show one release as it was sealed."""
    row = release_get(number=number, known_at=known_at(request))
    facts = [
        Pair(_("Kind"), kind_words(row.kind)),
        Pair(_("Published"), row.published_at),
        Pair(_("On what was known at"), row.known_at),
        Pair(_("Languages"), ", ".join(row.languages)),
        Pair(_("Hash"), row.sha256),
        Pair(_("Hash of the one before"), row.previous_sha256 or _("It is the first")),
    ]
    if row.correction_of is not None:
        facts.append(Pair(_("Corrects"), _("Release %(n)s") % {"n": row.correction_of}))
    context = {
        "row": row,
        "title": pick(row.title, get_language() or "en"),
        "facts": facts,
        "body": json.dumps(row.body, ensure_ascii=False, indent=1)[:20_000],
        "chain": chain_control(request, "release", row.id),
    }
    return page(request, "ops/release.html", context, section="decide")


@require_POST
@route(permission=RELEASE_PUBLISH)
def publish(request: HttpRequest) -> HttpResponse:
    """Publish the situation now, or switch the daily publication."""
    viewer = request.viewer  # type: ignore[attr-defined]
    switch = request.POST.get("auto", "")
    if switch:
        on = switch == "on"
        done = _("The situation is published every day.") if on else _("The situation is published by hand only.")
        attempt(request, lambda: situation_autopublish_set(on=on, by=viewer), done=done)
    else:
        attempt(request, lambda: release_publish(kind="situation", by=viewer), done=_("The public is told."))
    return redirect("ops:releases")


@route(permission=ALERT_VIEW)
def alert(request: HttpRequest, alert: UUID) -> HttpResponse:
    """Show an alert as the public will read it, and as CAP."""
    viewer, moment = request.viewer, known_at(request)  # type: ignore[attr-defined]
    row = alert_get(viewer=viewer, alert=alert, known_at=moment)
    facts = [
        Pair(_("Identifier"), row.identifier),
        Pair(_("Message"), row.message_type),
        Pair(_("Severity"), row.severity),
        Pair(_("Urgency"), row.urgency),
        Pair(_("Certainty"), row.certainty),
        Pair(_("Areas"), areas(request, row.zone_ids)),
        Pair(_("Takes effect"), row.effective_at),
        Pair(_("Expires"), row.expires_at),
        Pair(_("Release"), row.release_number or _("Not yet")),
    ]
    context = {
        "row": row,
        "headlines": list(row.headline.items()),
        "facts": facts,
        "chain": chain_control(request, "alert", row.id),
        "may_publish": moment is None and row.status == "draft" and policy.may_somewhere(viewer, RELEASE_PUBLISH),
        "may_change": moment is None and policy.may_somewhere(viewer, ALERT_COMPOSE),
    }
    return page(request, "ops/alert.html", context, section="decide")


@require_POST
@route(permission=ALERT_VIEW)
def alert_step(request: HttpRequest, alert: UUID, step: str) -> HttpResponse:
    """Publish, update, cancel or drop an alert; the service checks the right for each."""
    viewer = request.viewer  # type: ignore[attr-defined]
    reason = request.POST.get("reason", "").strip()
    steps = {
        "publish": (lambda: release_publish(kind="alert", alert=alert, by=viewer), _("The alert is out.")),
        "update": (lambda: alert_update(alert=alert, by=viewer), _("An update is drafted.")),
        "cancel": (lambda: alert_cancel(alert=alert, reason=reason, by=viewer), _("A cancellation is drafted.")),
        "drop": (lambda: alert_drop(alert=alert, by=viewer), _("The draft is thrown away.")),
    }
    if step not in steps:
        raise Http404
    act, done = steps[step]
    result: Any = attempt(request, act, done=done)
    follows = step in ("update", "cancel") and result is not None
    return redirect("ops:alert", result.id if follows else alert)
