"""An assessment's numbers: a pure reading of what was known at a moment, without any write."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from salus.assess.methods import registry
from salus.assess.rules.document import RuleDocument
from salus.assess.rules.judge import Reading
from salus.assess.run.areas import Areas, areas_known
from salus.assess.run.cubes import Shelf
from salus.assess.run.detection import Watched, watch
from salus.assess.run.drafts import EstimateDraft, drafts_of
from salus.assess.run.estimating import Moment, estimate
from salus.assess.run.indicators import Indicators
from salus.assess.run.reading import Reader
from salus.base import clock
from salus.trust.schemas import Viewer

Report = Callable[..., None]
STEPS = 5


@dataclass(frozen=True)
class Computed:
    """Everything that an assessment says, before it is held against what stood before."""

    known_at: datetime
    today: date
    seed: int
    areas: Areas
    watched: list[Watched]
    estimates: list[EstimateDraft]
    readings: list[dict[str, Reading]]
    inputs: list[dict[str, Any]]
    methods: list[dict[str, Any]]
    inputs_digest: str
    results_digest: str
    timings: dict[str, float] = field(default_factory=dict)

    @property
    def anything_known(self) -> bool:
        """Return whether a single assessed series had a value."""
        return any(row["rows"] for row in self.inputs)


class Phases:
    """Milliseconds of wall time by phase, and the progress that a person sees."""

    def __init__(self, report: Report | None) -> None:
        self.spent: dict[str, float] = {}
        self.report = report

    @contextmanager
    def phase(self, name: str, message: str) -> Iterator[None]:
        """Measure a phase and say that it begins."""
        if self.report is not None:
            self.report(min(len(self.spent), STEPS), STEPS, message)
        start = time.perf_counter()
        yield
        self.spent[name] = round((time.perf_counter() - start) * 1000, 1)


def compute(*, document: RuleDocument, known_at: datetime, viewer: Viewer, phases: Phases) -> Computed:
    """Return the assessment of a moment; the same facts give the same numbers."""
    moment = Moment(known_at, seed_of(known_at))
    today = known_at.astimezone(clock.city_zone()).date()
    reader = Reader(viewer, known_at, today, document)
    with phases.phase("read", "Reading what was known"):
        areas = areas_known(viewer=viewer, known_at=known_at)
        shelf = Shelf(reader, areas).filled(document.roles)
    with phases.phase("detect", "Looking for signals"):
        watched = watch(shelf, areas, document.plan.detector)
    with phases.phase("estimate", "Estimating and forecasting"):
        estimated = estimate(shelf, reader, areas, document.plan, moment)
    with phases.phase("judge", "Judging the risk"):
        readings = Indicators(shelf, areas, estimated, today).read(document)
        drafts = drafts_of(estimated, areas, document.plan)
    inputs = sorted(reader.inputs.values(), key=lambda row: (row["series"], row["part"]))
    return Computed(
        known_at,
        today,
        moment.seed,
        areas,
        watched,
        drafts,
        readings,
        inputs,
        methods_of(document),
        inputs_digest=_digest([known_at.isoformat(), _people(areas), inputs]),
        results_digest=_digest(_results(watched, drafts, readings)),
        timings=phases.spent,
    )


def seed_of(known_at: datetime) -> int:
    """Return the seed of a moment: the same moment always draws the same."""
    text = str(clock.to_micros(known_at)).encode()
    return int.from_bytes(hashlib.sha256(text).digest()[:7], "big")


def methods_of(document: RuleDocument) -> list[dict[str, Any]]:
    """Return the name and version of every method of the plan."""
    return [registry.get(choice.method, kind).as_dict(kind) for kind, choice in document.plan.choices]


def _people(areas: Areas) -> list[Any]:
    return [[row.number, row.level, row.people] for row in areas.rows]


def _results(watched: list[Watched], drafts: list[EstimateDraft], readings: list[dict[str, Reading]]) -> list[Any]:
    return [
        [row.as_list() for row in watched],
        [row.as_list() for row in drafts],
        [{key: reading.as_dict() for key, reading in row.items()} for row in readings],
    ]


def _digest(content: Any) -> str:
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()
