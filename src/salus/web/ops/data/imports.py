"""Imports: bring a file in, answer what it leaves open, look at the dry run, take it in."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from salus.base.texts import pick
from salus.gather.permissions import IMPORT_REVIEW, IMPORT_RUN, IMPORT_VIEW
from salus.gather.schemas import ImportRow
from salus.gather.selectors import import_get, import_list, source_rows
from salus.gather.services import import_cancel, import_commit, import_resume, import_start
from salus.trust import policy
from salus.trust.routes import route
from salus.trust.selectors import person_names
from salus.web.ops.chaining import chain_control
from salus.web.ops.data.jobs import job_part
from salus.web.ops.data.mapping import MappingForm, mapping_form
from salus.web.ops.data.words import import_words
from salus.web.ops.forms import attempt
from salus.web.ops.moment import keep_moment, known_at
from salus.web.ops.pages import page
from salus.web.ui.components import Column, Link, Pair, Table, sort_table


class UploadForm(forms.Form):
    """A file and the source that it comes from."""

    source = forms.ChoiceField(label=gettext_lazy("Which source is it from?"))
    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy("CSV, Excel, Parquet, JSON or GeoJSON, or a zip of one of these."),
    )
    dry_run = forms.BooleanField(
        label=gettext_lazy("Only check it first: nothing is taken in"), required=False, initial=True
    )

    def __init__(self, *args: Any, choices: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["source"].choices = choices  # type: ignore[attr-defined]


def imports_table(request: HttpRequest, rows: list[ImportRow]) -> Table:
    """Return imports as a table, newest first."""
    cells: list[dict[str, Any]] = [
        {
            "label": Link(row.label or str(row.number), keep_moment(request, reverse("ops:import", args=[row.id]))),
            "source": row.source,
            "status": import_words(row.status)[0],
            "written": row.rows_written,
            "parked": row.rows_parked,
            "at": row.recorded_at,
        }
        for row in rows
    ]
    columns = [
        Column("label", _("Import")),
        Column("source", _("Source")),
        Column("status", _("State")),
        Column("written", _("Facts written"), numeric=True),
        Column("parked", _("Rows parked"), numeric=True),
        Column("at", _("Begun")),
    ]
    return sort_table(Table(_("Imports"), columns, cells, tall=True), request.GET)


@route(permission=IMPORT_VIEW)
def imports(request: HttpRequest) -> HttpResponse:
    """List the imports."""
    viewer, moment = request.viewer, known_at(request)  # type: ignore[attr-defined]
    rows = import_list(viewer=viewer, limit=200, known_at=moment)
    context = {
        "table": imports_table(request, rows),
        "may_import": policy.may_somewhere(viewer, IMPORT_RUN) and moment is None,
        "may_review": policy.may_somewhere(viewer, IMPORT_REVIEW),
    }
    return page(request, "ops/imports.html", context, section="gather")


def _choices(request: HttpRequest) -> list[tuple[str, str]]:
    language = get_language() or "en"
    rows = source_rows(viewer=request.viewer)  # type: ignore[attr-defined]
    return [(row.slug, f"{pick(row.title, language)} ({row.status})") for row in rows]


@route(permission=IMPORT_RUN)
def import_new(request: HttpRequest) -> HttpResponse:
    """Take a file and begin its import."""
    if request.method != "POST":
        form = UploadForm(choices=_choices(request))
        return page(request, "ops/import_new.html", {"form": form}, section="gather")
    form = UploadForm(request.POST, request.FILES, choices=_choices(request))
    if form.is_valid():
        row = attempt(request, lambda: _begin(request, form.cleaned_data), done=_("The import has begun."), form=form)
        if row is not None:
            return redirect("ops:import", row.id)
    return page(request, "ops/import_new.html", {"form": form}, section="gather", status=400)


def _begin(request: HttpRequest, given: dict[str, Any]) -> Any:
    upload: UploadedFile = given["file"]
    with tempfile.TemporaryDirectory(prefix="salus-upload-") as folder:
        path = Path(folder) / "upload"
        with path.open("wb") as target:
            for piece in upload.chunks():
                target.write(piece)
        return import_start(
            source=given["source"],
            path=path,
            dry_run=given["dry_run"],
            label=Path(str(upload.name)).name,
            by=request.viewer,  # type: ignore[attr-defined]
        )


def _facts(row: ImportRow) -> list[Pair]:
    size = _("%(n)s kB") % {"n": f"{row.size_bytes / 1024:,.0f}"}
    return [
        Pair(_("Source"), row.source),
        Pair(_("Format"), row.format or None),
        Pair(_("Size"), size),
        Pair(_("Rows read"), row.rows_read),
        Pair(_("Good rows"), row.rows_good),
        Pair(_("Rows parked for a person"), row.rows_parked),
        Pair(_("Facts written"), row.rows_written),
        Pair(_("Facts that were there already"), row.rows_unchanged),
        Pair(_("Content hash"), row.original_sha256[:16] or _("Not kept")),
    ]


def _difference(row: ImportRow) -> list[Pair]:
    names = {"new": _("New facts"), "changed": _("Facts that would change"), "same": _("Facts that are the same")}
    told = row.report.get("difference") or {}
    return [Pair(names.get(key, key), value) for key, value in told.items()]


@route(permission=IMPORT_VIEW)
def import_page(request: HttpRequest, import_id: UUID) -> HttpResponse:
    """Show one import: its state, its defects, what it would change, what it asks."""
    viewer, moment = request.viewer, known_at(request)  # type: ignore[attr-defined]
    row = import_get(viewer=viewer, id=import_id, known_at=moment)
    may = policy.may_somewhere(viewer, IMPORT_RUN) and moment is None
    word, tone = import_words(row.status)
    context = {
        "row": row,
        "word": word,
        "tone": tone,
        "facts": _facts(row),
        "difference": _difference(row),
        "form": mapping_form(row) if may and row.status == "needs_mapping" else None,
        "may": may,
        "may_review": policy.may_somewhere(viewer, IMPORT_REVIEW),
        "who": person_names([row.recorded_by], viewer=viewer).get(row.recorded_by, ""),
        "job": job_part(request, row.job_id),
        "chain": chain_control(request, "observation_batch", row.id),
        "open": row.status in ("waiting", "reading", "committing", "needs_mapping", "checked"),
        "stopped": row.status in ("failed", "cancelled"),
    }
    return page(request, "ops/import.html", context, section="gather")


@require_POST
@route(permission=IMPORT_RUN)
def import_step(request: HttpRequest, import_id: UUID, step: str) -> HttpResponse:
    """Commit, resume, cancel or answer."""
    viewer = request.viewer  # type: ignore[attr-defined]
    steps: dict[str, tuple[Callable[[], Any], str]] = {
        "commit": (lambda: import_commit(import_id=import_id, by=viewer), _("It is being taken in.")),
        "resume": (lambda: import_resume(import_id=import_id, by=viewer), _("The import goes on.")),
        "cancel": (lambda: import_cancel(import_id=import_id, by=viewer), _("The import stops.")),
    }
    if step == "answer":
        return _answer(request, import_id)
    if step not in steps:
        raise Http404
    act, done = steps[step]
    attempt(request, act, done=done)
    return redirect("ops:import", import_id)


def _answer(request: HttpRequest, import_id: UUID) -> HttpResponse:
    viewer = request.viewer  # type: ignore[attr-defined]
    row = import_get(viewer=viewer, id=import_id)
    form = MappingForm(request.POST, row=row)
    if form.is_valid():
        done = attempt(
            request,
            lambda: import_resume(import_id=import_id, mapping=form.spec(), by=viewer),
            done=_("Thank you. The import goes on."),
            form=form,
        )
        if done is not None:
            return redirect("ops:import", import_id)
    context = {"row": row, "form": form, "may": True, "facts": _facts(row), "word": import_words(row.status)[0]}
    return page(request, "ops/import.html", context, section="gather", status=400)
