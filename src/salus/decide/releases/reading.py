"""Reads of the release table, and of nothing else."""

from __future__ import annotations

import json
from collections import OrderedDict
from datetime import datetime
from threading import Lock

from django.db.models import Max, QuerySet
from django.utils.translation import gettext as _

from salus.base.errors import NotFound
from salus.decide.models import Release
from salus.decide.releases.canonical import digest
from salus.decide.releases.envelope import as_row, as_summary, json_file, seal, stored_file
from salus.decide.releases.schemas import FIRST, FileRow, ReleaseRow, ReleaseSummary, ReleaseVerdict

_KEPT = 8
_rows: OrderedDict[tuple[int, str], ReleaseRow] = OrderedDict()
_lock = Lock()


def _known(known_at: datetime | None) -> QuerySet[Release]:
    rows = Release.objects.all()
    return rows if known_at is None else rows.filter(published_at__lte=known_at)


def _filtered(kind: str | None, subject: str | None, known_at: datetime | None) -> QuerySet[Release]:
    rows = _known(known_at)
    if kind is not None:
        rows = rows.filter(kind=kind)
    return rows if subject is None else rows.filter(subject=subject)


def _row(number: int, sha256: str) -> ReleaseRow:
    # A release never changes, so its parsed body can be kept; the hash in the key makes that safe.
    key = (number, sha256)
    with _lock:
        if key in _rows:
            _rows.move_to_end(key)
            return _rows[key]
    row = as_row(Release.objects.get(number=number))
    with _lock:
        _rows[key] = row
        while len(_rows) > _KEPT:
            _rows.popitem(last=False)
    return row


def release_latest(*, kind: str, subject: str | None = None, known_at: datetime | None = None) -> ReleaseRow | None:
    """Return the newest release of a kind, or None where there is none yet."""
    found = _filtered(kind, subject, known_at).order_by("-number").values_list("number", "sha256").first()
    return _row(*found) if found else None


def release_list(
    *,
    kind: str | None = None,
    subject: str | None = None,
    newest_of_subject: bool = False,
    known_at: datetime | None = None,
    limit: int = 100,
) -> list[ReleaseSummary]:
    """Return the newest releases first, or only the newest of each subject."""
    rows = _filtered(kind, subject, known_at)
    if newest_of_subject:
        rows = rows.filter(number__in=rows.order_by().values("kind", "subject").annotate(n=Max("number")).values("n"))
    return [as_summary(row) for row in rows.defer("body").order_by("-number")[:limit]]


def release_get(*, number: int, known_at: datetime | None = None) -> ReleaseRow:
    """Return one release."""
    return _row(number, _one(number, known_at).sha256)


def _one(number: int, known_at: datetime | None) -> Release:
    row = _known(known_at).filter(number=number).defer("body").first()
    if row is None:
        raise NotFound(_("There is no such release."), remedy=_("Look at the list of releases."))
    return row


def release_file(*, number: int, name: str, known_at: datetime | None = None) -> FileRow:
    """Return a release as a file."""
    row = _one(number, known_at)
    return json_file(row) if name == "json" else stored_file(row, name)


def release_verify(*, upto: int | None = None) -> ReleaseVerdict:
    """Check every release from the first on, and name the first that does not hold."""
    previous, checked = FIRST, 0
    rows = Release.objects.order_by("number")
    for row in (rows if upto is None else rows.filter(number__lte=upto)).iterator(chunk_size=20):
        reason = _fault(row, checked + 1, previous)
        if reason:
            return ReleaseVerdict(checked, False, checked + 1, reason)
        previous, checked = row.sha256, checked + 1
    return ReleaseVerdict(checked, True)


def _fault(row: Release, number: int, previous: str) -> str:
    if row.number != number:
        return "A release is missing."
    if row.previous_sha256 != previous:
        return "It does not follow the release before it."
    if digest(row.body) != row.body_sha256:
        return "Its body was changed."
    if seal(row) != row.sha256:
        return "Its title, moments or kind were changed."
    files = {file.name: digest(file.content) for file in row.files.all()}
    stored = {file.name: file.sha256 for file in row.files.all()}
    return "" if files == stored == json.loads(row.files_sha256) else "One of its files was changed."
