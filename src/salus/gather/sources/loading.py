"""Loading a source whole: the city, its places and people, and every published version of its facts.

Each part is written by the service that owns it. A part that is there already is left as it is, so a
load that was interrupted goes on where it stopped, and a second load changes nothing.
"""

from __future__ import annotations

import hashlib
import inspect
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import polars as pl
from django.utils.translation import gettext as _

from salus.base import clock
from salus.base.errors import Invalid, NotFound
from salus.base.texts import pick
from salus.gather.cases.schemas import CasesChunk
from salus.gather.cases.services import cases_import
from salus.gather.models import Import, Series, Source, Stratum
from salus.gather.services import source_activate, source_register, stratum_define
from salus.gather.sources import registry
from salus.gather.sources.chunks import (
    Chunk,
    CityChunk,
    DoubtfulLine,
    FacilitiesChunk,
    FactsChunk,
    LinesChunk,
    OrganisationsChunk,
    PopulationChunk,
    Progress,
    Remark,
    ZonesChunk,
    silent,
)
from salus.gather.sources.facts import WHOLE
from salus.gather.sources.mending import mended_lines
from salus.gather.sources.registry import SourceFolder
from salus.gather.sources.services import FactsFile, facts_import
from salus.gather.sources.settling import Settler
from salus.trust.schemas import Viewer

# Of one file no more lines wait for a person than this; a file that is wrong throughout is one finding.
MOST_PARKED = 500


@dataclass(slots=True)
class LoadReport:
    """What a load brought, in words that a person reads on the terminal."""

    slug: str
    title: str
    zones: int = 0
    repairs: int = 0
    people: float = 0.0
    facilities: int = 0
    lines: int = 0
    written: int = 0
    unchanged: int = 0
    files: int = 0
    files_kept: int = 0
    parked: int = 0
    seconds: float = 0.0
    notes: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        lines = [f"{self.title}: {self.zones} zones, {self.people:,.0f} people, {self.facilities} facilities."]
        if self.lines:
            lines.append(f"{self.lines} lines of public transport.")
        if self.files:
            lines.append(f"{self.written:,} facts written from {self.files} files ({self.unchanged:,} were there).")
        if self.files_kept:
            lines.append(f"{self.files_kept} files had been loaded before and were left as they are.")
        if self.parked:
            lines.append(f"{self.parked} doubtful lines wait for a person in the review queue.")
        if self.repairs:
            lines.append(f"{self.repairs} outlines were mended on the way in.")
        lines += self.notes
        lines.append(f"It took {self.seconds:.1f} s.")
        return "\n".join(lines)


def load(
    *,
    slug: str,
    path: Path | None = None,
    by: Viewer,
    progress: Progress = silent,
    heard_at: datetime | None = None,
    **options: Any,
) -> LoadReport:
    """Bring in a source; `options` such as a seed go to a reader that knows them.

    A feed that is listened to gives `heard_at`: nothing in it was known before it was heard.
    """
    started = time.monotonic()
    source = registry.get(slug)
    chunks = _chunks(source, path, progress, options)
    report = LoadReport(slug, pick(source.manifest.title, "en"))
    known_from = _known_from(source)
    with _known(known_from):
        ensure_live(source, by)
    bar = _Bar(progress)
    settler = Settler(by)
    for chunk in chunks(bar):
        with _known(None if isinstance(chunk, FactsChunk | CasesChunk) else known_from):
            _take(_heard(chunk, heard_at), source, settler, bar, report, by)
    report.seconds = time.monotonic() - started
    return report


def _heard(chunk: Chunk, heard_at: datetime | None) -> Chunk:
    """Return the chunk in which nothing was known before the moment at which it was heard."""
    if heard_at is not None and isinstance(chunk, CasesChunk):
        return replace(chunk, known_at=max(chunk.known_at, heard_at))
    if heard_at is None or not isinstance(chunk, FactsChunk):
        return chunk
    floor = pl.lit(heard_at).cast(pl.Datetime("us", "UTC"))
    return replace(chunk, frame=chunk.frame.with_columns(pl.max_horizontal("known_at", floor).alias("known_at")))


def _known_from(source: SourceFolder) -> datetime | None:
    """Return since when the city of a source counts as known, until facts of it are in: later changes are news."""
    day = source.manifest.known_from
    if day is None or Import.objects.filter(source=source.slug, status="committed").exists():
        return None
    moment = clock.day_start(day)
    return moment if moment < clock.now() else None


def _known(moment: datetime | None) -> AbstractContextManager[object]:
    """Hold the clock at the moment from which what is written counts as known."""
    return nullcontext() if moment is None else clock.fixed_at(moment)


def _chunks(source: SourceFolder, path: Path | None, progress: Progress, options: dict[str, Any]) -> Any:
    read = source.read()
    known = inspect.signature(read).parameters
    given = {name: value for name, value in options.items() if name in known and value is not None}
    if "mended" in known:
        given["mended"] = mended_lines(source.slug)
    if "kept" in known:
        given["kept"] = Ledger(source).kept
    if path is None and "seed" not in known:
        raise Invalid(
            _("The source '%(slug)s' needs its data.") % {"slug": source.slug},
            remedy=_("Say where: ./salus load %(slug)s --from PATH") % {"slug": source.slug},
        )

    def begin(bar: Progress) -> Iterator[Chunk]:
        chunks: Iterator[Chunk] = read(path, progress=bar, **given)
        return chunks

    return begin


class _Bar:
    """Passes a reader's steps on, and shows the rows of the step that is being written."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._at: tuple[int, int | None] = (0, None)

    def __call__(self, done: int, total: int | None = None, message: str = "") -> None:
        self._at = (done, total)
        self._progress(done, total, message)

    def rows(self, label: str, written: int, total: int) -> None:
        """Show how many of a file's rows are written."""
        self._progress(*self._at, f"{label}: {written:,} of {total:,} facts")


def ensure_live(source: SourceFolder, by: Viewer) -> None:
    """Register and activate a source unless it is live as its manifest states it."""
    row = Source.objects.known().filter(slug=source.slug).first()
    if row is None or row.manifest != source.manifest.model_dump(mode="json"):
        row = source_register(slug=source.slug, by=by)
    if row.status == "paused":
        raise Invalid(
            _("The source '%(slug)s' is paused.") % {"slug": source.slug}, remedy=_("Activate it before loading.")
        )
    if row.status != "live":
        source_activate(source=row.id, by=by)


def _take(chunk: Chunk, source: SourceFolder, settler: Settler, bar: _Bar, report: LoadReport, by: Viewer) -> None:
    match chunk:
        case CityChunk():
            settler.city(chunk)
        case ZonesChunk():
            report.zones, report.repairs = settler.zones(chunk)
        case PopulationChunk():
            report.people = settler.population(chunk)
        case OrganisationsChunk():
            settler.organisations(chunk)
        case FacilitiesChunk():
            report.facilities = settler.facilities(chunk)
        case LinesChunk():
            report.lines = settler.lines(chunk)
        case FactsChunk():
            _take_facts(chunk, source, settler, bar, report, by)
        case CasesChunk():
            _take_cases(chunk, source, settler, report, by)


def _take_cases(chunk: CasesChunk, source: SourceFolder, settler: Settler, report: LoadReport, by: Viewer) -> None:
    """Bring in lines of persons, known from when they were there; a file that was taken in is left as it is."""
    digest, size = fingerprint(source, chunk.label, chunk.files)
    with _known(min(chunk.known_at, clock.now())):
        taken = cases_import(
            source=source.slug, digest=digest, size=size, chunk=chunk, zones=settler.zone_numbers(), by=by
        )
    report.files_kept += taken.known
    report.files += not taken.known


def _take_facts(
    chunk: FactsChunk, source: SourceFolder, settler: Settler, bar: _Bar, report: LoadReport, by: Viewer
) -> None:
    digest, size = fingerprint(source, chunk.label, chunk.files)
    report.notes += chunk.notes
    if Import.objects.filter(source=source.slug, content_digest=digest, status="committed").exists():
        report.files_kept += 1
        return
    series = _series_numbers(chunk, source)
    facts, strange = numbered(chunk.frame, series, settler.zone_numbers(), _stratum_numbers(chunk, by))
    file = FactsFile(source.slug, chunk.label, digest, size, facts, series, (*chunk.notes, *strange), *_doubts(chunk))
    report.notes += strange
    seen = 0

    def written(rows: int) -> None:
        nonlocal seen
        seen += rows
        bar.rows(chunk.label, seen, len(facts))

    row = facts_import(file=file, progress=written, by=by)
    report.files += 1
    report.parked += row.rows_parked
    report.written += row.rows_written
    report.unchanged += row.rows_unchanged


def _doubts(chunk: FactsChunk) -> tuple[tuple[DoubtfulLine, ...], tuple[Remark, ...]]:
    """Return the lines that wait for a person, no more of a file than one can look at, and the remarks."""
    more = len(chunk.parked) - MOST_PARKED
    if more <= 0:
        return chunk.parked, chunk.remarks
    return chunk.parked[:MOST_PARKED], (*chunk.remarks, Remark("parked_more", {"file": chunk.label, "n": more}))


class Ledger:
    """Which files of a source were taken in before: a reader that asks need not read them again."""

    def __init__(self, source: SourceFolder) -> None:
        self._source = source
        done = Import.objects.filter(source=source.slug, status="committed").exclude(content_digest="")
        self._digests = frozenset(done.values_list("content_digest", flat=True))

    def kept(self, label: str, files: tuple[Path, ...]) -> bool:
        """Tell whether these files were taken in under this label as they are now."""
        return fingerprint(self._source, label, files)[0] in self._digests


def fingerprint(source: SourceFolder, label: str, files: tuple[Path, ...]) -> tuple[str, int]:
    """Return a digest of a chunk's files and of the reader that read them, and the files' size."""
    digest = hashlib.sha256(label.encode())
    digest.update(_code_of(source.folder))
    size = 0
    for file in files:
        content = file.read_bytes()
        size += len(content)
        digest.update(hashlib.sha256(content).digest())
    return digest.hexdigest(), size


@lru_cache(maxsize=64)
def _code_of(folder: Path) -> bytes:
    """Return the code of a reader, read once: a running program does not change."""
    return b"".join(code.read_bytes() for code in sorted(folder.rglob("*.py")))


def _series_numbers(chunk: FactsChunk, source: SourceFolder) -> dict[str, int]:
    codes = chunk.frame["series"].unique().to_list()
    found = dict(Series.objects.known().filter(source=source.slug, code__in=codes).values_list("code", "number"))
    lost = sorted(set(codes) - set(found))
    if lost:
        raise NotFound(
            _("The reader of '%(slug)s' yields the series %(codes)s, which its manifest does not name.")
            % {"slug": source.slug, "codes": ", ".join(lost)},
            remedy=_("Add it to the manifest."),
        )
    return found


def _stratum_numbers(chunk: FactsChunk, by: Viewer) -> dict[str, int]:
    codes = sorted(set(chunk.frame["stratum"].unique().to_list()) - {WHOLE})
    known = dict(Stratum.objects.filter(code__in=codes).values_list("code", "number"))
    for code in codes:
        if code not in known:
            name = dict(chunk.strata.get(code, {"en": code}))
            known[code] = stratum_define(code=code, name=name, by=by).number
    return {**known, WHOLE: 0}


def numbered(
    facts: pl.DataFrame, series: dict[str, int], zones: dict[str, int], strata: dict[str, int]
) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """Return facts in the store's numbers, and a word on those whose zone is unknown, which are left out."""

    def number(column: str, known: dict[str, int]) -> pl.Expr:
        return pl.col(column).replace_strict(known, default=None, return_dtype=pl.Int32)

    frame = facts.select(
        number("series", series),
        (pl.col("valid_on").cast(pl.Int32).cast(pl.Int64) * 86_400).alias("valid_at"),
        number("zone", zones).alias("number"),
        "zone",
        number("stratum", strata),
        pl.col("known_at").dt.epoch("us"),
        "value",
        "status",
    )
    lost = frame.filter(pl.col("number").is_null())
    notes: tuple[str, ...] = ()
    if len(lost):
        codes = ", ".join(sorted(lost["zone"].unique().to_list())[:5])
        notes = (f"{len(lost):,} facts of the unknown zones {codes} were left out.",)
    kept = frame.filter(pl.col("number").is_not_null()).with_columns(pl.col("number").alias("zone")).drop("number")
    return kept, notes
