"""Reads of the catalogue, all as known at a moment."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from django.db.models import Max, Min, Sum

from salus.base import clock
from salus.city import selectors as city
from salus.gather.catalogue.findings import Doubts, doubts_at, findings_of
from salus.gather.catalogue.health import due_at, freshness, series_health
from salus.gather.catalogue.schemas import Catalogue, CoverageRow, ReaderCount, SeriesHealth, SourceHealth
from salus.gather.models import Import, SeriesRead, Source
from salus.gather.permissions import SOURCE_VIEW
from salus.gather.schemas import ImportRow, SeriesRow, SourceRow
from salus.gather.selectors.rows import import_row, source_row
from salus.gather.selectors.series import series_list
from salus.gather.sources.manifests import COVERAGE
from salus.trust import policy
from salus.trust.schemas import Viewer

# For how long a read still says that somebody relies on a source.
READ_DAYS = 28


def catalogue(*, viewer: Viewer, known_at: datetime | None = None) -> Catalogue:
    """Return every source with the state of its series and its readers, and what no source covers."""
    moment = known_at or clock.now()
    sources = tuple(source_list(viewer=viewer, known_at=known_at))
    return Catalogue(moment, sources, _coverage(sources))


def source_list(*, viewer: Viewer, known_at: datetime | None = None) -> list[SourceHealth]:
    """Return the sources with their health, the most important first."""
    policy.require_somewhere(viewer, SOURCE_VIEW)
    moment = known_at or clock.now()
    by_source: dict[str, list[SeriesRow]] = defaultdict(list)
    for row in series_list(viewer=viewer, known_at=known_at):
        by_source[row.source].append(row)
    zones = Counter(zone.level for zone in city.zone_list(viewer=viewer, known_at=known_at))
    sources = _sources(set(by_source), known_at)
    readers, imports = _readers(moment), _imports(moment)
    doubts = doubts_at([row.slug for row in sources], moment)
    return [_health(row, by_source[row.slug], zones, readers, imports, doubts, moment) for row in sources]


def _sources(published: set[str], known_at: datetime | None) -> list[SourceRow]:
    """Return the sources known at a moment; one whose history was loaded later is known by its series."""
    rows = {row.slug: row for row in Source.objects.known(known_at)}
    later = Source.objects.filter(slug__in=published - set(rows)).order_by("-version")
    rows.update({row.slug: row for row in later})
    return sorted((source_row(row) for row in rows.values()), key=lambda row: (row.priority, row.slug))


def _health(
    source: SourceRow,
    series: Sequence[SeriesRow],
    zones: Mapping[str, int],
    readers: Mapping[str, Sequence[tuple[str, ReaderCount]]],
    imports: Mapping[str, ImportRow],
    doubts: Doubts,
    moment: datetime,
) -> SourceHealth:
    sparse = frozenset(row["code"] for row in source.manifest.get("series", ()) if row.get("sparse"))
    parts = series_health(series=series, zones=zones, cadence_hours=source.cadence_hours, moment=moment, sparse=sparse)
    last = max((part.last_known_at for part in parts if part.last_known_at), default=None)
    state = freshness(last, source.cadence_hours, moment)
    return SourceHealth(
        source=source,
        freshness=state,
        last_known_at=last,
        due_at=due_at(last, source.cadence_hours),
        completeness=_completeness(parts),
        series=tuple(parts),
        readers=_summed([count for code in series for count in readers.get(code.code, ())]),
        last_import=imports.get(source.slug),
        asked_at=moment,
        findings=findings_of(source, state, last, moment, parts, doubts),
    )


def _completeness(parts: Sequence[SeriesHealth]) -> float | None:
    shares = [part.completeness for part in parts if part.completeness is not None]
    return sum(shares) / len(shares) if shares else None


def _readers(moment: datetime) -> dict[str, list[tuple[str, ReaderCount]]]:
    today = moment.astimezone(clock.city_zone()).date()
    rows = (
        SeriesRead.objects.filter(day__lte=today, day__gt=today - timedelta(days=READ_DAYS))
        .values("series", "reader")
        .annotate(total=Sum("reads"), last=Max("day"))
        .order_by("series", "reader")
    )
    found: dict[str, list[tuple[str, ReaderCount]]] = defaultdict(list)
    for row in rows:
        kind, _, name = str(row["reader"]).partition(":")
        found[row["series"]].append((row["reader"], ReaderCount(kind, name, int(row["total"]), row["last"])))
    return found


def _summed(counts: Sequence[tuple[str, ReaderCount]]) -> tuple[ReaderCount, ...]:
    """Return the readers of several series as the readers of their source, the busiest first."""
    found: dict[str, ReaderCount] = {}
    for reader, count in counts:
        before = found.get(reader)
        reads = count.reads + (before.reads if before else 0)
        last = max(count.last_on, before.last_on) if before else count.last_on
        found[reader] = ReaderCount(count.kind, count.name, reads, last)
    return tuple(sorted(found.values(), key=lambda row: (-row.reads, row.kind, row.name)))


def _imports(moment: datetime) -> dict[str, ImportRow]:
    newest = (
        Import.objects.filter(status="committed", committed_at__lte=moment)
        .values("source")
        .annotate(newest=Max("number"), oldest=Min("number"))
        .values_list("newest", flat=True)
    )
    return {row.source: import_row(row) for row in Import.objects.filter(number__in=list(newest))}


def _coverage(sources: Sequence[SourceHealth]) -> tuple[CoverageRow, ...]:
    live = [row.source for row in sources if row.source.status == "live"]
    return tuple(
        CoverageRow(kind, tuple(row.slug for row in live if kind in row.manifest.get("coverage", ())))
        for kind in COVERAGE
    )
