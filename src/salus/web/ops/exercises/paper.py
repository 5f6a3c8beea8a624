"""The score sheet as a PDF that machines can read aloud; the same data give the same bytes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import typst
from django.utils.translation import get_language, get_language_bidi
from django.utils.translation import gettext as _

from salus.learn.debriefs.schemas import DebriefRow
from salus.learn.scores.schemas import ScoreSheet
from salus.web.ops.exercises import sheet as words
from salus.web.ops.exercises.sheet import reached_word
from salus.web.ops.exercises.words import say
from salus.web.ui import figures, moments
from salus.web.ui.charts.scales import ticks
from salus.web.ui.fonts import FOLDER, family

TEMPLATE = Path(__file__).with_name("sheet.typ")
DRAWN = ("infections", "admissions", "beds", "deaths")
LABELS = 6


@cache
def _fonts() -> typst.Fonts:
    """Return the packaged fonts; those of the machine are left out, so that every machine sets the same page."""
    folders: list[Path] = [FOLDER] if FOLDER.is_dir() else []
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=folders)


def pdf(sheet: ScoreSheet, debrief: DebriefRow, *, title: str, measures: dict[str, str]) -> bytes:
    """Return the sheet as an accessible PDF (PDF/UA-1)."""
    content = json.dumps(_content(sheet, debrief, title, measures), ensure_ascii=False)
    made = typst.Compiler(TEMPLATE, font_paths=_fonts(), sys_inputs={"data": content})
    # Stamped with the moment of the score, not of the printing, so that the bytes stay the same.
    stamp = int(sheet.made_at.timestamp()) if sheet.made_at else 0
    found = made.compile(format="pdf", pdf_standards=["ua-1"], timestamp=stamp)
    assert isinstance(found, bytes)
    return found


def _content(sheet: ScoreSheet, debrief: DebriefRow, title: str, measures: dict[str, str]) -> dict[str, Any]:
    return {
        "title": _("Score of %(title)s") % {"title": title},
        "author": "Salus",
        "language": get_language() or "en",
        "rtl": get_language_bidi(),
        "fonts": family(get_language() or "en"),
        "stripe": " · ".join(("EXERCISE", "EXERCICE", "تمرين")),
        "foot": _foot(sheet),
        "lead": words.headline(sheet),
        "about": words.policy_line(sheet),
        "seeds": words.seeds_line(sheet),
        "charts": [_chart(sheet, code) for code in _drawn(sheet)],
        **_tables(sheet, measures),
        **_judged(debrief),
        "notes_title": _("How to read this"),
        "notes": [say(note) for note in sheet.notes],
    }


def _drawn(sheet: ScoreSheet) -> list[str]:
    """Return which figures are drawn: two of which something can be seen."""
    seen = [code for code in DRAWN if any(any(row.values) for row in words.curves_of(sheet, code))]
    return seen[:2]


def _foot(sheet: ScoreSheet) -> str:
    made = moments.day(sheet.made_at, "long") if sheet.made_at else ""
    return " · ".join((_("Nothing here is real."), say(sheet.emergency), sheet.run, made))


def _day(value: Any) -> str:
    return moments.day(value, "medium") if isinstance(value, date) else str(value)


def _tables(sheet: ScoreSheet, measures: dict[str, str]) -> dict[str, Any]:
    return {
        "outcomes": {
            "title": _("What happened, and what would have"),
            "header": [_("Outcome"), *(words.course_word(one) for one in words.COURSES), _("How far the teams came")],
            "rows": [
                {"title": row.title, "cells": row.cells, "standing": row.standing} for row in words.outcome_lines(sheet)
            ],
        },
        "times": {
            "title": _("How long it took"),
            "header": [_("What came about"), _("After it began"), _("When")],
            "rows": [[title, took, _day(when)] for title, took, when in words.time_lines(sheet)],
        },
        "counts": {
            "title": _("From the records of the room"),
            "header": [_("What"), _("How many")],
            "rows": [list(row) for row in words.count_lines(sheet)],
        },
        "orders": {
            "title": _("Measures"),
            "header": [_("By"), _("Measure"), _("From"), _("Until"), _("Where")],
            "rows": [_order(row) for row in words.order_lines(sheet, measures)],
        },
    }


def _order(row: words.Held) -> list[str]:
    return [row.course, row.measure, _day(row.start), _day(row.end) if row.end else _("Open"), words.where(row)]


def _judged(debrief: DebriefRow) -> dict[str, Any]:
    return {
        "objectives": {
            "title": _("Objectives"),
            "header": [_("Objective"), _("Reached"), _("Why")],
            "rows": [[say(one.title), reached_word(one.reached)[0], one.why] for one in debrief.objectives],
        },
        "lessons_title": _("What is to be learnt"),
        "lessons": debrief.lessons,
    }


def _chart(sheet: ScoreSheet, code: str) -> dict[str, Any]:
    rows = words.curves_of(sheet, code)
    marks = ticks(max((max(row.values, default=0.0) for row in rows), default=1.0), 4)
    sentence = words.peak_sentence(sheet, code)
    names = ", ".join(words.course_word(row.course) for row in rows)
    return {
        "title": sentence,
        "alt": f"{sentence}. {names}.",
        "top": marks[-1],
        "count": len(sheet.dates),
        "marks": [{"value": mark, "label": figures.axis_number(mark)} for mark in marks],
        "days": _labels(sheet.dates),
        "series": [
            {"name": words.course_word(row.course), "values": [round(value, 2) for value in row.values]} for row in rows
        ],
    }


def _labels(days: Sequence[date]) -> list[tuple[int, str]]:
    step = max(len(days) // LABELS, 1)
    return [(place, figures.axis_day(days[place])) for place in range(0, len(days), step)]
