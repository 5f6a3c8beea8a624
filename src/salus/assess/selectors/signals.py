"""Reads of signals."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from salus.assess.models import Signal
from salus.assess.permissions import SIGNAL_VIEW
from salus.assess.schemas import SIGNAL_TIER, SignalRow
from salus.assess.selectors.scope import visible_numbers, visible_series, zone_number
from salus.assess.shaping import rows as shaped
from salus.base.errors import NotFound
from salus.trust.schemas import Viewer


def signal_list(
    *,
    viewer: Viewer,
    zone: UUID | None = None,
    status: str | Sequence[str] | None = None,
    series: str | None = None,
    is_open: bool | None = None,
    limit: int = 500,
    known_at: datetime | None = None,
) -> list[SignalRow]:
    """Return signals, the newest alarm first.

    `is_open` keeps those whose excess lasts (or has ended); `status` one state or several.
    """
    numbers = visible_numbers(viewer, SIGNAL_VIEW, tier=SIGNAL_TIER, known_at=known_at)
    rows = Signal.objects.known(known_at).filter(series__in=visible_series(viewer, known_at))
    if numbers is not None:
        rows = rows.filter(zone_number__in=numbers)
    if zone is not None:
        rows = rows.filter(zone_number=zone_number(viewer, zone, known_at))
    if status is not None:
        rows = rows.filter(status__in=[status] if isinstance(status, str) else list(status))
    if series is not None:
        rows = rows.filter(series=series)
    if is_open is not None:
        rows = rows.filter(ended_on__isnull=is_open)
    ordered = rows.order_by("-valid_on", "-created_at", "-version")[:limit]
    return [shaped.signal_row(row) for row in ordered]


def signal_get(*, viewer: Viewer, signal: UUID, known_at: datetime | None = None) -> SignalRow:
    """Return one signal."""
    numbers = visible_numbers(viewer, SIGNAL_VIEW, tier=SIGNAL_TIER, known_at=known_at)
    row = Signal.objects.known(known_at).filter(id=signal).order_by("-version").first()
    hidden = row is not None and (
        (numbers is not None and row.zone_number not in numbers) or row.series not in visible_series(viewer, known_at)
    )
    if row is None or hidden:
        raise NotFound(_("There is no such signal."), remedy=_("It may not have been known at that moment."))
    return shaped.signal_row(row)


def signal_history(*, viewer: Viewer, signal: UUID, known_at: datetime | None = None) -> list[SignalRow]:
    """Return how a signal came to be what it is, oldest first."""
    signal_get(viewer=viewer, signal=signal, known_at=known_at)
    return [shaped.signal_row(row) for row in Signal.objects.history(signal, known_at)]
