"""People: who they are, which roles they hold; inviting, giving and taking roles, closing accounts."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from salus.base.texts import pick
from salus.city.selectors import zone_list
from salus.trust import policy
from salus.trust.permissions import PERSON_MANAGE, PERSON_VIEW, ROLE_MANAGE
from salus.trust.routes import route
from salus.trust.selectors import assignment_list, organisation_list, person_get, person_list, role_list
from salus.trust.services import person_create, person_deactivate, role_assign, role_withdraw
from salus.web.ops.forms import attempt, refuse_past
from salus.web.ops.moment import keep_moment, known_at
from salus.web.ops.overview.queues import zone_names
from salus.web.ops.pages import page
from salus.web.ui.components import Column, Link, Table, sort_table


class PersonForm(forms.Form):
    """A new person."""

    username = forms.CharField(label=gettext_lazy("Sign-in name"), max_length=64)
    name = forms.CharField(label=gettext_lazy("Name that colleagues see"), max_length=120)
    organisation = forms.ChoiceField(label=gettext_lazy("Organisation"), required=False)

    def __init__(self, *args: Any, organisations: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].choices = [("", "–"), *organisations]  # type: ignore[attr-defined]


class RoleForm(forms.Form):
    """A role for a person, in a zone and everything inside it or in the whole city."""

    role = forms.ChoiceField(label=gettext_lazy("Role"))
    zone = forms.ChoiceField(label=gettext_lazy("Where"), required=False)

    def __init__(self, *args: Any, roles: list[tuple[str, str]], zones: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = roles  # type: ignore[attr-defined]
        self.fields["zone"].choices = [("", _("The whole city")), *zones]  # type: ignore[attr-defined]


def _role_names(request: HttpRequest) -> dict[str, str]:
    language = get_language() or "en"
    rows = role_list(viewer=request.viewer, known_at=known_at(request))  # type: ignore[attr-defined]
    return {row.code: pick(row.name, language) for row in rows}


@route(permission=PERSON_VIEW)
def people(request: HttpRequest) -> HttpResponse:
    """List the people with their roles."""
    viewer, moment, language = request.viewer, known_at(request), get_language() or "en"  # type: ignore[attr-defined]
    names = _role_names(request)
    units = {row.id: pick(row.name, language) for row in organisation_list(viewer=viewer, known_at=moment)}
    rows: list[dict[str, Any]] = [
        {
            "name": Link(row.name, keep_moment(request, reverse("ops:person", args=[row.id]))),
            "username": row.username,
            "roles": ", ".join(names.get(role, role) for role in row.roles),
            "unit": units.get(row.organisation_id) if row.organisation_id else None,
            "state": _("Active") if row.active else _("Closed"),
        }
        for row in person_list(viewer=viewer, known_at=moment)
    ]
    columns = [
        Column("name", _("Name")),
        Column("username", _("Sign-in name")),
        Column("roles", _("Roles")),
        Column("unit", _("Organisation")),
        Column("state", _("Account")),
    ]
    table = sort_table(Table(_("People"), columns, rows, tall=True), request.GET)
    may = policy.may_somewhere(viewer, PERSON_MANAGE) and moment is None
    return page(request, "ops/people.html", {"table": table, "may": may}, section="trust")


@route(permission=PERSON_MANAGE)
def person_new(request: HttpRequest) -> HttpResponse:
    """Make an account; the one-time password is shown once."""
    language = get_language() or "en"
    units = [(str(row.id), pick(row.name, language)) for row in organisation_list(viewer=request.viewer)]  # type: ignore[attr-defined]
    form = PersonForm(request.POST or None, organisations=units)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        made = attempt(
            request,
            lambda: person_create(
                username=given["username"],
                name=given["name"],
                organisation_id=UUID(given["organisation"]) if given["organisation"] else None,
                by=request.viewer,  # type: ignore[attr-defined]
            ),
            done=_("The account is made."),
            form=form,
        )
        if made is not None:
            # The password lives in this one answer and nowhere else.
            return page(request, "ops/person_made.html", {"made": made}, section="trust")
    status = 400 if request.method == "POST" else 200
    return page(request, "ops/person_new.html", {"form": form}, section="trust", status=status)


def _role_form(request: HttpRequest) -> RoleForm:
    language = get_language() or "en"
    zones = [
        (str(row.id), pick(row.name, language))
        for row in zone_list(viewer=request.viewer)  # type: ignore[attr-defined]
        if row.parent_id is not None
    ]
    roles = sorted(_role_names(request).items(), key=lambda pair: pair[1])
    return RoleForm(request.POST or None, roles=roles, zones=zones)


@route(permission=PERSON_VIEW)
def person(request: HttpRequest, person: UUID) -> HttpResponse:
    """Show a person and the roles they hold."""
    viewer, moment = request.viewer, known_at(request)  # type: ignore[attr-defined]
    names, places = _role_names(request), zone_names(request)
    held = [
        (row, names.get(row.role, row.role), places.get(row.zone_id, "") if row.zone_id else _("The whole city"))
        for row in assignment_list(viewer=viewer, person=person, known_at=moment)
    ]
    may_roles = policy.may_somewhere(viewer, ROLE_MANAGE) and moment is None
    context = {
        "person": person_get(viewer=viewer, person=person, known_at=moment),
        "held": held,
        "form": _role_form(request) if may_roles else None,
        "may_roles": may_roles,
        "may_close": policy.may_somewhere(viewer, PERSON_MANAGE) and moment is None and person != viewer.id,
    }
    return page(request, "ops/person.html", context, section="trust")


@require_POST
@route(permission=ROLE_MANAGE)
def role_give(request: HttpRequest, person: UUID) -> HttpResponse:
    """Give a role."""
    refuse_past(request)
    form = _role_form(request)
    if not form.is_valid():
        messages.error(request, _("Choose a role from the list."))
        return redirect("ops:person", person)
    zone = form.cleaned_data["zone"]
    attempt(
        request,
        lambda: role_assign(
            person=person,
            role=form.cleaned_data["role"],
            zone_id=UUID(zone) if zone else None,
            by=request.viewer,  # type: ignore[attr-defined]
        ),
        done=_("The role is given. The person has to sign in again."),
    )
    return redirect("ops:person", person)


@require_POST
@route(permission=ROLE_MANAGE)
def role_take(request: HttpRequest, assignment: UUID) -> HttpResponse:
    """Take a role back."""
    row = attempt(
        request,
        lambda: role_withdraw(assignment=assignment, by=request.viewer),  # type: ignore[attr-defined]
        done=_("The role is taken back."),
    )
    return redirect("ops:person", row.person_id) if row is not None else redirect("ops:people")


@require_POST
@route(permission=PERSON_MANAGE)
def person_close(request: HttpRequest, person: UUID) -> HttpResponse:
    """Close an account: its sessions end at once."""
    attempt(
        request,
        lambda: person_deactivate(person=person, by=request.viewer),  # type: ignore[attr-defined]
        done=_("The account is closed."),
    )
    return redirect("ops:person", person)
