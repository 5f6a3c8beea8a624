"""The envelope of a release: what is hashed beside the body, and how the JSON file is written."""

from __future__ import annotations

import json
from typing import Any

from django.utils.translation import gettext as _

from salus.base.errors import NotFound
from salus.decide.models import Release
from salus.decide.releases.canonical import canonical, digest, plain
from salus.decide.releases.schemas import FileRow, ReleaseRow, ReleaseSummary

# What the name of every file of an exercise begins with.
EXERCISE_FILE = "EXERCISE-"


def head(release: Release) -> dict[str, Any]:
    """Return what a release's own hash covers."""
    return {
        "number": release.number,
        "id": str(release.id),
        "kind": release.kind,
        "subject": release.subject,
        "title": json.loads(release.title),
        "published_at": release.published_at.isoformat(),
        "known_at": release.known_at.isoformat(),
        "languages": json.loads(release.languages),
        "exercise": release.exercise,
        "body_sha256": release.body_sha256,
        "files": json.loads(release.files_sha256),
        "correction_of": release.correction_of,
        "correction_note": json.loads(release.correction_note or "{}"),
        "previous_sha256": release.previous_sha256,
    }


def _filename(release: Release, name: str) -> str:
    """Return under which name a file is saved: one of an exercise says so, whatever its format has room for."""
    return f"{EXERCISE_FILE if release.exercise else ''}salus-{release.number}.{name}"


def seal(release: Release) -> str:
    """Return the hash of a release."""
    return digest(canonical(head(release)))


def as_summary(release: Release) -> ReleaseSummary:
    """Return a release without its body."""
    return ReleaseSummary(**_fields(release))


def as_row(release: Release) -> ReleaseRow:
    """Return a release with its body."""
    return ReleaseRow(
        **_fields(release),
        body=json.loads(release.body),
        body_sha256=release.body_sha256,
        previous_sha256=release.previous_sha256,
    )


def _fields(release: Release) -> dict[str, Any]:
    return {
        "number": release.number,
        "id": release.id,
        "kind": release.kind,
        "subject": release.subject,
        "title": json.loads(release.title),
        "published_at": release.published_at,
        "known_at": release.known_at,
        "languages": tuple(json.loads(release.languages)),
        "exercise": release.exercise,
        "correction_of": release.correction_of,
        "correction_note": json.loads(release.correction_note or "{}"),
        "sha256": release.sha256,
        "files": ("json", *sorted(json.loads(release.files_sha256))),
    }


def json_file(release: Release) -> FileRow:
    """Return the release as the JSON file that anybody can check by themselves."""
    whole = plain({**head(release), "sha256": release.sha256, "body": json.loads(release.body)})
    text = json.dumps(whole, ensure_ascii=False, sort_keys=True, separators=(",", ":")) + "\n"
    return FileRow("json", "application/json", _filename(release, "json"), text.encode(), digest(text))


def stored_file(release: Release, name: str) -> FileRow:
    """Return a file that was written with the release."""
    row = release.files.filter(name=name).first()
    if row is None:
        raise NotFound(_("This release has no such file."), remedy=_("Look at the list of its files."))
    return FileRow(row.name, row.media_type, _filename(release, name), row.content.encode(), row.sha256)
