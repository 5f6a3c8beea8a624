"""Reads of what is measured and where it comes from."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from salus.base.errors import NotFound
from salus.gather.models import Series, Source, Stratum
from salus.gather.permissions import SERIES_VIEW, SOURCE_VIEW
from salus.gather.schemas import ALL_STRATA, ALL_STRATA_CODE, SeriesRow, SourceRow, StratumRow
from salus.gather.selectors.rows import series_row, source_row, stratum_row
from salus.trust import policy
from salus.trust.schemas import Tier, Viewer

_EVERYBODY = StratumRow(ALL_STRATA, ALL_STRATA_CODE, {"en": "Everybody", "fr": "Tout le monde", "ar": "الجميع"})


def series_known(known_at: datetime | None) -> QuerySet[Series]:
    """Return the series known at a moment.

    A series whose history was loaded later is known from the day its source published it.
    """
    rows: QuerySet[Series] = Series.objects.all()
    if known_at is None:
        return rows.filter(superseded_at__isnull=True)
    recorded = Q(recorded_at__lte=known_at) & (Q(superseded_at__isnull=True) | Q(superseded_at__gt=known_at))
    published = Q(superseded_at__isnull=True, first_known__lte=known_at, created_at__gt=known_at)
    return rows.filter(recorded | published)


def series_list(
    *,
    viewer: Viewer,
    role: str | None = None,
    zone_level: str | None = None,
    source: str | None = None,
    known_at: datetime | None = None,
) -> list[SeriesRow]:
    """Return the series that the viewer may know of, by code."""
    rows = series_known(known_at).order_by("code")
    if role is not None:
        rows = rows.filter(role=role)
    if zone_level is not None:
        rows = rows.filter(zone_level=zone_level)
    if source is not None:
        rows = rows.filter(source=source)
    return [series_row(row) for row in rows if policy.may_somewhere(viewer, SERIES_VIEW, tier=Tier(row.tier))]


def series_get(*, viewer: Viewer, code: str, known_at: datetime | None = None) -> SeriesRow:
    """Return one series by its code."""
    row = series_known(known_at).filter(code=code).first()
    if row is None or not policy.may_somewhere(viewer, SERIES_VIEW, tier=Tier(row.tier)):
        # The same words in both cases: a refusal must not tell what exists.
        raise NotFound(
            _("There is no series '%(code)s'.") % {"code": code},
            remedy=_("It may not have been known at that moment; the catalogue lists all series."),
        )
    return series_row(row)


def stratum_list(*, viewer: Viewer, known_at: datetime | None = None) -> list[StratumRow]:
    """Return the parts of the population, everybody first."""
    policy.require_somewhere(viewer, SERIES_VIEW, tier=Tier.PUBLIC)
    rows = Stratum.objects.order_by("number")
    if known_at is not None:
        rows = rows.filter(recorded_at__lte=known_at)
    return [_EVERYBODY, *(stratum_row(row) for row in rows)]


def source_rows(*, viewer: Viewer, known_at: datetime | None = None) -> list[SourceRow]:
    """Return the sources as they were registered at a moment; the catalogue adds their health."""
    policy.require_somewhere(viewer, SOURCE_VIEW)
    return [source_row(row) for row in Source.objects.known(known_at).order_by("priority", "slug")]


def source_get(*, viewer: Viewer, slug: str, known_at: datetime | None = None) -> SourceRow:
    """Return one source by its slug."""
    policy.require_somewhere(viewer, SOURCE_VIEW)
    row = Source.objects.known(known_at).filter(slug=slug).first()
    if row is None:
        raise NotFound(
            _("There is no source '%(slug)s'.") % {"slug": slug},
            remedy=_("It may not have been known at that moment."),
        )
    return source_row(row)
