"""The options of a proposal: nothing more, the health measures, the playbook's, and the next level's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from salus.base.texts import LocalText
from salus.plan.phrases import fill
from salus.plan.projection import project
from salus.plan.schemas import Baseline, MeasureRow, PlaybookRow

NOTHING = "none"
SIDES = ("health", "social", "economic")


def options_for(
    *, playbook: PlaybookRow, measures: Mapping[str, MeasureRow], level_to: int, baseline: Baseline | None
) -> list[dict[str, Any]]:
    """Return the options as they are kept, doing nothing more first."""
    found = [_option(NOTHING, playbook.phrases["option_none"], [], baseline)]
    step = playbook.level(level_to)
    if step is not None:
        whole = _present(step.measures, measures)
        health = [measure for measure in whole if measure.category == "health"]
        if 0 < len(health) < len(whole):
            found.append(_option("health", _named(playbook, "option_health", level_to), health, baseline))
        if whole:
            found.append(_option("playbook", _named(playbook, "option_playbook", level_to), whole, baseline))
    beyond = playbook.level(level_to + 1)
    if beyond is not None:
        further = _present(beyond.measures, measures)
        found.append(_option("stronger", _named(playbook, "option_stronger", level_to + 1), further, baseline))
    return found


def _named(playbook: PlaybookRow, phrase: str, level: int) -> dict[str, str]:
    return fill(playbook.phrases[phrase], level=playbook.name_of(level))


def _present(codes: Sequence[str], measures: Mapping[str, MeasureRow]) -> list[MeasureRow]:
    return [measures[code] for code in codes if code in measures and not measures[code].withdrawn]


def _option(key: str, title: LocalText, chosen: Sequence[MeasureRow], baseline: Baseline | None) -> dict[str, Any]:
    return {
        "key": key,
        "title": dict(title),
        "measures": [measure.code for measure in chosen],
        "projected": projected_for(chosen, baseline),
        "sides": sides_of(chosen),
        "task_count": sum(len(measure.task_templates) for measure in chosen),
        "note": {},
    }


def projected_for(chosen: Sequence[MeasureRow], baseline: Baseline | None) -> dict[str, float] | None:
    """Return what measures are expected to make of the baseline, or None where no forecast was pinned."""
    if baseline is None:
        return None
    changes = [m.expected for m in chosen if m.expected is not None and m.expected.role == baseline.role]
    return asdict(project(baseline, changes))


def sides_of(chosen: Sequence[MeasureRow]) -> dict[str, list[LocalText]]:
    """Return what measures give and take on each side."""
    return {side: [measure.sides[side] for measure in chosen if measure.sides.get(side)] for side in SIDES}
