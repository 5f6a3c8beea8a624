"""Measures by their names, where a stage or a score tells only their codes."""

from __future__ import annotations

from django.utils.translation import get_language

from salus.base.texts import pick
from salus.plan.permissions import MEASURE_VIEW
from salus.plan.selectors import measure_list
from salus.trust import policy
from salus.trust.schemas import Tier, Viewer


def measure_names(viewer: Viewer) -> dict[str, str]:
    """Return the names of the city's measures by code, as far as the viewer may see them."""
    if not policy.may_somewhere(viewer, MEASURE_VIEW, tier=Tier.PARTNER):
        return {}
    rows = measure_list(viewer=viewer, include_withdrawn=True)
    return {row.code: pick(row.title, get_language() or "en") for row in rows}
