"""Sealing a release: numbered, hashed, linked to the one before, and never touched again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from salus.base import clock
from salus.base.errors import Conflict, Invalid
from salus.base.texts import LocalText
from salus.decide.models import Release, ReleaseFile
from salus.decide.releases.canonical import canonical, digest
from salus.decide.releases.envelope import seal
from salus.decide.releases.schemas import FIRST, KINDS
from salus.trust.schemas import Viewer


@dataclass(frozen=True, slots=True)
class File:
    """A file that goes with a release."""

    name: str
    media_type: str
    content: str


@dataclass(frozen=True, slots=True)
class Draft:
    """A release before it is sealed."""

    kind: str
    subject: str
    title: LocalText
    body: dict[str, Any]
    files: Sequence[File] = ()
    known_at: datetime | None = None
    correction_of: int | None = None
    correction_note: LocalText = field(default_factory=dict)


def is_exercise() -> bool:
    """Return whether what is published now is no real situation."""
    return clock.reading().mode != "wall"


def sealed(draft: Draft, by: Viewer) -> Release:
    """Write a release for ever."""
    _check_correction(draft)
    for _attempt in range(20):
        try:
            with transaction.atomic():
                return _write(draft, by)
        except IntegrityError:
            # Somebody else published in the same moment: this one follows theirs.
            continue
    raise Conflict(_("Too much is published at once."), remedy=_("Try again."))


def _check_correction(draft: Draft) -> None:
    if draft.kind not in KINDS:
        raise Invalid(
            _("'%(kind)s' is not a kind of release.") % {"kind": draft.kind},
            remedy=_("Choose one of %(value)s.") % {"value": ", ".join(KINDS)},
        )
    if draft.correction_of is None:
        return
    wrong = Release.objects.filter(number=draft.correction_of).first()
    if wrong is None or (wrong.kind, wrong.subject) != (draft.kind, draft.subject):
        raise Invalid(
            _("Release %(correction_of)s does not speak of the same thing.") % {"correction_of": draft.correction_of},
            remedy=_("Choose the release that was wrong."),
        )
    if not any(text.strip() for text in draft.correction_note.values()):
        raise Invalid(_("Say what was wrong."), remedy=_("One sentence that everybody may read."))


def _write(draft: Draft, by: Viewer) -> Release:
    newest = Release.objects.order_by("-number").values_list("number", "sha256").first() or (0, FIRST)
    now = clock.now().astimezone(UTC)
    body = canonical(draft.body)
    release = Release(
        number=newest[0] + 1,
        kind=draft.kind,
        subject=draft.subject,
        title=canonical(draft.title),
        published_at=now,
        known_at=(draft.known_at or now).astimezone(UTC),
        recorded_by=by.id,
        languages=canonical(sorted(draft.body.get("languages", draft.title))),
        exercise=is_exercise(),
        body=body,
        body_sha256=digest(body),
        correction_of=draft.correction_of,
        correction_note=canonical(draft.correction_note),
        files_sha256=canonical({file.name: digest(file.content) for file in draft.files}),
        previous_sha256=newest[1],
    )
    release.sha256 = seal(release)
    release.save(force_insert=True)
    _write_files(draft, release)
    return release


def _write_files(draft: Draft, release: Release) -> None:
    ReleaseFile.objects.bulk_create(
        ReleaseFile(
            release=release,
            name=file.name,
            media_type=file.media_type,
            content=file.content,
            sha256=digest(file.content),
        )
        for file in draft.files
    )
