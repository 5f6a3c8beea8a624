"""Trust: who may do what, is the audit whole, and one's own account."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from salus.base import selectors
from salus.base.permissions import AUDIT_VIEW, DELIVERY_MANAGE, JOB_VIEW
from salus.trust import policy
from salus.trust.permissions import PERSON_VIEW, ROLE_VIEW
from salus.trust.routes import SIGNED_IN, route
from salus.trust.schemas import Viewer
from salus.trust.selectors import assignment_list, person_list, person_names
from salus.web.ops.moment import known_at
from salus.web.ops.pages import page
from salus.web.ui.components import Column, Pair, Table, sort_table


@route(permission=SIGNED_IN)
def trust(request: HttpRequest) -> HttpResponse:
    """Answer: who may do what here, and can the record be trusted?"""
    viewer, moment = request.viewer, known_at(request)  # type: ignore[attr-defined]
    sees = lambda right: policy.may_somewhere(viewer, right)  # noqa: E731
    context = {
        "people": person_list(viewer=viewer, known_at=moment) if sees(PERSON_VIEW) else None,
        "sees_roles": sees(ROLE_VIEW),
        "audit": selectors.audit_summary(known_at=moment) if sees(AUDIT_VIEW) else None,
        # The machinery keeps no past: what it does now is nothing that was known then.
        "dead": selectors.failed_delivery_counts().get("dead", 0) if moment is None and sees(DELIVERY_MANAGE) else None,
        "open_jobs": len(selectors.job_list(open_only=True)) if moment is None and sees(JOB_VIEW) else None,
    }
    return page(request, "ops/trust.html", context, section="trust")


def _rights(viewer: Viewer) -> list[Pair]:
    """Return what a person may do, by the thing on which they may do it."""
    found: dict[str, set[str]] = {}
    for right in {right for grant in viewer.grants for right in grant.permissions}:
        thing, _dot, action = right.partition(".")
        found.setdefault(thing.replace("_", " ").capitalize(), set()).add(action.replace("_", " ") or "yes")
    said = {thing: _("everything") if "*" in todo else ", ".join(sorted(todo)) for thing, todo in found.items()}
    return [Pair(thing, said[thing]) for thing in sorted(said)]


@route(permission=SIGNED_IN)
def account(request: HttpRequest) -> HttpResponse:
    """Show who one is here, what one may do, and how to protect the account."""
    viewer = request.viewer  # type: ignore[attr-defined]
    held = assignment_list(viewer=viewer, person=viewer.id) if policy.may_somewhere(viewer, PERSON_VIEW) else []
    return page(request, "ops/account.html", {"rights": _rights(viewer), "held": held}, section="trust")


@route(permission=AUDIT_VIEW)
def audit(request: HttpRequest) -> HttpResponse:
    """Show the newest rows of the audit."""
    viewer, moment = request.viewer, known_at(request)  # type: ignore[attr-defined]
    rows = selectors.audit_list(limit=500, known_at=moment)
    names = person_names({row.by_id for row in rows}, viewer=viewer)
    cells = [
        {
            "row": row.id,
            "at": row.recorded_at,
            "who": names.get(row.by_id, str(row.by_id)[:8]),
            "action": row.action,
            "record": f"{row.record_kind} {str(row.record_id)[:8]}" if row.record_id else "",
        }
        for row in rows
    ]
    columns = [
        Column("row", _("Row"), numeric=True),
        Column("at", _("When")),
        Column("who", _("Who")),
        Column("action", _("What")),
        Column("record", _("On")),
    ]
    note = _("The newest 500 rows. `./salus audit verify` walks the whole chain and names the first bad row.")
    table = sort_table(Table(_("Audit"), columns, cells, tall=True, note=note), request.GET)
    return page(
        request,
        "ops/audit.html",
        {"table": table, "summary": selectors.audit_summary(known_at=moment)},
        section="trust",
    )
