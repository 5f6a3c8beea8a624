"""A rule table proves itself: its own examples must come out as it says."""

from __future__ import annotations

from datetime import date, timedelta

from salus.assess.rules.document import HistoryExample, LevelExample, RuleDocument
from salus.assess.rules.hysteresis import Standing, settle
from salus.assess.rules.judge import Reading, judge


def failing_examples(document: RuleDocument) -> list[str]:
    """Return a sentence for each example that does not come out."""
    failed = [_level(document, row) for row in document.examples.levels]
    failed += [_history(document, row) for row in document.examples.histories]
    return [line for line in failed if line]


def _level(document: RuleDocument, row: LevelExample) -> str:
    readings = {key: Reading(value, "" if value is not None else "no_data") for key, value in row.values.items()}
    unknown = sorted(key for key in readings if document.indicator(key) is None)
    if unknown:
        return f"'{row.name}' speaks of {', '.join(unknown)}, which is no indicator of this table"
    got = judge(document, row.area, readings).level
    return "" if got == row.level else f"'{row.name}' should give {row.level} and gives {got}"


def _history(document: RuleDocument, row: HistoryExample) -> str:
    standing: Standing | None = None
    got: list[int | None] = []
    for step, raw in enumerate(row.raw):
        day = date(2000, 1, 1) + timedelta(days=step)
        days = document.hysteresis.lower_after_days
        standing = settle(standing, raw, day, lower_after_days=days)
        got.append(standing.level)
    return "" if got == row.level else f"'{row.name}' should give {row.level} and gives {got}"
