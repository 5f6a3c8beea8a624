"""Observe, replicate, and put both together."""

from __future__ import annotations

import math
from concurrent.futures import Executor
from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np

from salus.epi.arrays import FloatArray, IntArray, require
from salus.epi.scan.clusters import (
    Candidate,
    Cluster,
    ScanResult,
    gumbel_moments,
    gumbel_pvalue,
    monte_carlo_pvalue,
    threshold_of,
    without_overlap,
)
from salus.epi.scan.draws import alias_table
from salus.epi.scan.frame import Frame
from salus.epi.scan.montecarlo import Plan, replicate
from salus.epi.scan.simulate import cells_of, margins
from salus.epi.scan.sweep import observe
from salus.epi.scan.windows import SpatialWindows

Model = Literal["poisson", "bernoulli", "permutation"]


@dataclass(frozen=True, slots=True)
class Question:
    """What to look for, and how surely."""

    rates: str
    min_cases: int
    replicates: int
    early_stop: int | None

    def __post_init__(self) -> None:
        """Refuse what cannot be asked."""
        require(self.rates in ("high", "low", "both"), "rates is high, low or both.")
        require(self.min_cases >= 1, "min_cases is 1 or more.")
        require(self.replicates >= 1, "replicates is 1 or more: 999 is usual.")
        stop = self.early_stop
        require(stop is None or stop >= 1, "early_stop is 1 or more, or None for all replicates.")


def run(
    model: Model,
    frame: Frame,
    windows: SpatialWindows | None,
    question: Question,
    rng: np.random.Generator,
    executor: Executor | None,
    people: int = 0,
) -> ScanResult:
    """Scan the observed counts and replicates of them."""
    place = windows if windows is not None else everywhere()
    plan = _plan(model, frame, place, question, rng, people)
    candidates = _candidates(plan, frame, place)
    if windows is None:
        # SaTScan, too, names one period only when all zones are taken together.
        candidates = sorted(candidates, key=lambda each: -each.statistic)[:1]
    best = threshold_of(max((each.statistic for each in candidates), default=math.inf))
    maxima = replicate(plan, question.replicates, best, question.early_stop, executor)
    stop = question.early_stop
    stopped = stop is not None and int((maxima >= best).sum()) >= stop
    gumbel = gumbel_moments(maxima)
    clusters: list[Cluster] = []
    for candidate, members in without_overlap(candidates, place, plan.means.shape[1], float(maxima.min())):
        chance = monte_carlo_pvalue(candidate.statistic, maxima, stopped), gumbel_pvalue(candidate.statistic, gumbel)
        clusters.append(_cluster(candidate, members, place, frame, chance))
    parameters: dict[str, Any] = asdict(question) | {"windows": plan.windows(), "durations": frame.span[1:3]}
    return ScanResult(
        tuple(clusters), maxima, gumbel, stopped, round(plan.cases), f"scan-{model}-{frame.name}", parameters
    )


def everywhere() -> SpatialWindows:
    """Return the single window of a scan in time only."""
    one, no = np.ones(1, dtype=np.int32), np.zeros(1, dtype=np.int32)
    yes = np.ones(1, dtype=bool)
    return SpatialWindows(no, no, one, yes, yes, no, no, np.array([math.nan]), ((1.0, 0.0, 1.0),), 1)


def _plan(
    model: Model, frame: Frame, windows: SpatialWindows, question: Question, rng: np.random.Generator, people: int
) -> Plan:
    means = _running(frame.means)
    cases = float(frame.counts.sum())
    return Plan(
        model=model,
        source=_source(model, frame, people),
        steps=(windows.zone, windows.source, windows.target, windows.fresh, windows.kind),
        means=means,
        rounded=np.rint(means).astype(np.int64),
        span=frame.span,
        weights=np.array([weight for _, _, weight in windows.shapes]),
        cases=cases,
        share=cases / people if people else 0.0,
        fewest=float(question.min_cases),
        high=question.rates != "low",
        low=question.rates != "high",
        seed=int(rng.integers(2**63)),
    )


def _source(model: Model, frame: Frame, people: int) -> tuple[Any, ...]:
    """Return what the model's simulation needs to know."""
    total = round(float(frame.counts.sum()))
    if model == "permutation":
        return (margins(frame.counts, frame.stratum),)
    cells = frame.means.ravel()
    if model == "bernoulli":
        return (np.rint(cells * (people / total)).astype(np.int64), total, *alias_table(cells))
    return (cells_of(cells, total),)


def _running(table: FloatArray) -> FloatArray:
    return np.concatenate([np.zeros((table.shape[0], 1)), np.cumsum(table, axis=1)], axis=1)


def _candidates(plan: Plan, frame: Frame, windows: SpatialWindows) -> list[Candidate]:
    """Return the best window about each centre for each end, where there is one."""
    best = np.zeros((windows.zones, plan.means.shape[1]))
    found = np.zeros((*best.shape, 2), dtype=np.int64)
    counts = _running(frame.counts)
    steps = (windows.zone, windows.source, windows.target, windows.keep, windows.kind)
    facts = (plan.cases, plan.share, plan.fewest, plan.high, plan.low)
    observe(counts, steps, windows.centre, plan.means, plan.span, plan.weights, facts, best, found)
    return [
        Candidate(int(found[centre, end, 0]), int(found[centre, end, 1]), int(end), float(best[centre, end]))
        for centre, end in np.argwhere(best > 0)
    ]


def _cluster(
    found: Candidate, members: IntArray, windows: SpatialWindows, frame: Frame, chance: tuple[float, float]
) -> Cluster:
    total = float(frame.counts.sum())
    period = slice(found.start, found.end)
    cases, expected = (float(each[members, period].sum()) for each in (frame.counts, frame.means))
    outside = (total - cases) / (total - expected)
    stretch, angle, weight = windows.shapes[int(windows.kind[found.step])]
    first = frame.offset - frame.span[3]
    spatial = frame.name == "spatial"
    return Cluster(
        zones=members,
        start=0 if spatial else found.start + first,
        end=frame.steps - 1 if spatial else found.end - 1 + first,
        cases=cases,
        expected=expected,
        ratio=cases / expected,
        relative_risk=cases / expected / outside if outside > 0 else math.inf,
        log_likelihood_ratio=found.statistic / weight,
        statistic=found.statistic,
        pvalue=chance[0],
        gumbel_pvalue=chance[1],
        recurrence=1 / chance[0] if frame.prospective else math.nan,
        centre=int(windows.centre[found.step]),
        radius=float(windows.radius[found.step]),
        elongation=stretch,
        angle=angle,
    )
