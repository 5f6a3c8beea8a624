"""Whose rights an import has: those of whoever began it, as they are when it runs."""

from __future__ import annotations

from salus.gather.models import Import
from salus.trust.actors import system_name
from salus.trust.schemas import Viewer
from salus.trust.selectors import system_viewer, viewer_for


def whoever_began(row: Import) -> Viewer:
    """Return the person, or the part of the product, that began an import."""
    name = system_name(row.recorded_by)
    return system_viewer(name) if name else viewer_for(person=row.recorded_by)
