"""Exercises and training for the landing pages and the command palette."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from salus.plan.exercises.permissions import EXERCISE_VIEW
from salus.plan.exercises.selectors import exercise_list
from salus.trust import policy
from salus.trust.schemas import Viewer
from salus.web.ops.exercises.words import say


def sees_exercises(viewer: Viewer) -> bool:
    """Return whether somebody may see the director's pages."""
    return policy.may(viewer, EXERCISE_VIEW)


def found(viewer: Viewer, text: str, known_at: datetime | None) -> list[dict[str, str]]:
    """Return the pages and designs whose name fits."""
    pages = [(_("Training records"), reverse("ops:training"), _("Learn"))]
    if sees_exercises(viewer):
        pages.append((_("Exercises"), reverse("ops:exercises"), _("Plan")))
        pages += [
            (say(row.title), reverse("ops:exercise", args=[row.id]), _("Exercise"))
            for row in exercise_list(viewer=viewer, known_at=known_at)
        ]
    return [
        {"title": title, "href": href, "kind": kind} for title, href, kind in pages if text.lower() in title.lower()
    ]
