"""A score sheet in words: the same rows for the page, the PDF and the download."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from salus.learn.scores.schemas import (
    PLAYED,
    POLICY,
    UNCHECKED,
    CountFigure,
    Curve,
    OutcomeFigure,
    ScoreSheet,
    TimeFigure,
)
from salus.plan.exercises.schemas import RunRow
from salus.web.ops.exercises.words import say
from salus.web.ui import formats

COURSES = (PLAYED, UNCHECKED, POLICY)
MILLION = 1_000_000


def run_name(row: RunRow) -> str:
    """Return what a run is called."""
    return _("Run %(n)s") % {"n": row.number}


def reached_word(reached: str) -> tuple[str, str]:
    """Return how an objective was reached."""
    return {
        "met": (_("Reached"), "good"),
        "partly": (_("Partly reached"), "info"),
        "not_met": (_("Not reached"), "check"),
        "": (_("Not judged"), ""),
    }[reached]


def course_word(course: str) -> str:
    """Return what a course is called."""
    return {
        PLAYED: _("What the teams did"),
        UNCHECKED: _("Without measures"),
        POLICY: _("Reference policy"),
    }[course]


def amount(value: float | None, unit: str, currency: str = "") -> str:
    """Return a figure with its unit; a dash where it is not defined."""
    if value is None:
        return "–"
    if unit == "ratio":
        return _("%(n)s times") % {"n": formats.plain(round(value, 2))}
    if unit == "money":
        many = abs(value) >= MILLION
        told = {"n": formats.estimate(value / MILLION if many else value), "currency": currency}
        return _("%(n)s million %(currency)s") % told if many else _("%(n)s %(currency)s") % told
    return formats.plain(round(value))


@dataclass(frozen=True, slots=True)
class OutcomeLine:
    """One outcome in words: by course the figure and its range over many seeds."""

    title: str
    cells: tuple[tuple[str, str], ...]
    standing: str


def outcome_lines(sheet: ScoreSheet) -> list[OutcomeLine]:
    """Return the outcomes, each beside what would have been."""
    return [_line(row, sheet.currency) for row in sheet.outcomes]


def _line(row: OutcomeFigure, currency: str) -> OutcomeLine:
    values = {PLAYED: row.played, UNCHECKED: row.unchecked, POLICY: row.policy}
    cells = tuple((amount(values[name], row.unit, currency), _range(row, name)) for name in COURSES)
    return OutcomeLine(say(row.title), cells, standing_words(row.standing))


def _range(row: OutcomeFigure, course: str) -> str:
    found = row.many.get(course)
    if found is None:
        return ""
    if row.unit == "ratio":
        return formats.span(round(found.low, 2), round(found.high, 2))
    if row.unit == "money" and found.high >= MILLION:
        ends = {"low": formats.estimate(found.low / MILLION), "high": formats.estimate(found.high / MILLION)}
        return _("%(low)s to %(high)s million") % ends
    return formats.span(round(found.low), round(found.high))


def standing_words(standing: float | None) -> str:
    """Return how far the teams came from doing nothing to the reference policy."""
    if standing is None:
        return _("Cannot be compared")
    if standing < 0:
        return _("Worse than without measures")
    return _("%(share)s of the way to the policy") % {"share": formats.percent(standing)}


def headline(sheet: ScoreSheet) -> str:
    """Say in one sentence what the teams' decisions changed."""
    struck, deaths = _struck(sheet), sheet.outcome("deaths")
    told = {
        "struck": amount(struck.played, "people"),
        "died": amount(deaths.played, "people"),
        "struck_else": amount(struck.unchecked, "people"),
        "died_else": amount(deaths.unchecked, "people"),
    }
    if struck.code == "infections":
        words = _(
            "%(struck)s people were infected and %(died)s died; without measures %(struck_else)s and %(died_else)s."
        )
    else:
        words = _(
            "%(struck)s people went to hospital and %(died)s died; without measures %(struck_else)s and %(died_else)s."
        )
    return words % told


def _struck(sheet: ScoreSheet) -> OutcomeFigure:
    """Return by what it is told whom it struck: heat and poison infect nobody."""
    infections = sheet.outcome("infections")
    return infections if infections.played or infections.unchecked else sheet.outcome("admissions")


def policy_line(sheet: ScoreSheet) -> str:
    """Say what the reference policy would have reached."""
    told = {
        "policy": say(sheet.policy),
        "struck": amount(_struck(sheet).policy, "people"),
        "died": amount(sheet.outcome("deaths").policy, "people"),
    }
    return _("The reference policy (%(policy)s) would have come to %(struck)s and %(died)s.") % told


def seeds_line(sheet: ScoreSheet) -> str:
    """Say on what the ranges rest."""
    if not sheet.seeds:
        return _("One course each; no other seeds were played, so there are no ranges.")
    return _("Ranges: nine of ten among %(n)s seeds.") % {"n": sheet.seeds}


def time_lines(sheet: ScoreSheet) -> list[tuple[str, str, Any]]:
    """Return what came about, how long after the first infection, and when; or why not."""
    return [(say(row.title), _days(row), row.at.date() if row.at else say(row.why)) for row in sheet.times]


def _days(row: TimeFigure) -> str:
    return "–" if row.days is None else formats.duration(timedelta(days=round(row.days)))


def count_lines(sheet: ScoreSheet) -> list[tuple[str, str]]:
    """Return the counts of the installation's records."""
    return [(say(row.title), _count(row)) for row in sheet.counts]


def _count(row: CountFigure) -> str:
    if row.value is None:
        return say(row.why) or "–"
    told = {"n": formats.plain(row.value), "of": formats.plain(row.of or 0)}
    return _("%(n)s of %(of)s") % told if row.of is not None else str(told["n"])


@dataclass(frozen=True, slots=True)
class Held:
    """A measure that was in force over a span."""

    course: str
    measure: str
    start: date
    end: date | None
    zones: int


def order_lines(sheet: ScoreSheet, titles: dict[str, str]) -> list[Held]:
    """Return the measures of the teams and of the policy."""
    return [
        Held(course_word(row.course), _named(row.measure, titles), row.start, row.end, len(row.zones))
        for row in sheet.orders
    ]


def _named(measure: str, titles: dict[str, str]) -> str:
    """Return what a measure is called; a line that was closed and a site that was opened by their codes."""
    kind, _colon, code = measure.partition(":")
    words = {"close-line": _("Line %(code)s closed"), "open-site": _("Site %(code)s opened")}
    return words[kind] % {"code": code} if kind in words else titles.get(measure, measure)


def where(row: Held) -> str:
    """Return where a measure was in force."""
    if not row.zones:
        return _("The whole city")
    return ngettext("%(n)s zone", "%(n)s zones", row.zones) % {"n": row.zones}


def curve_codes(sheet: ScoreSheet) -> list[tuple[str, str]]:
    """Return the figures that have curves, in their order; one that stayed at nothing stands last."""
    titles = {row.code: (row.code, say(row.title)) for row in sheet.curves}
    return sorted(titles.values(), key=lambda one: not any(any(row.values) for row in curves_of(sheet, one[0])))


def curves_of(sheet: ScoreSheet, code: str) -> list[Curve]:
    """Return the courses of one figure."""
    found = (sheet.curve(code, course) for course in COURSES)
    return [row for row in found if row is not None]


def peak_sentence(sheet: ScoreSheet, code: str) -> str:
    """Say what a curve shows: its highest day beside the one without measures."""
    played, else_ = sheet.curve(code, PLAYED), sheet.curve(code, UNCHECKED)
    title = dict(curve_codes(sheet)).get(code, code)
    if played is None or not played.values:
        return title
    unit = "money" if code == "cost" else "people"
    told = {"title": title, "peak": amount(max(played.values), unit, sheet.currency)}
    if else_ is None or not else_.values:
        return _("%(title)s: %(peak)s on the highest day") % told
    told["peak_else"] = amount(max(else_.values), unit, sheet.currency)
    return _("%(title)s: %(peak)s on the highest day, %(peak_else)s without measures") % told


def day_rows(sheet: ScoreSheet, codes: Iterable[str]) -> tuple[list[str], list[list[Any]]]:
    """Return the curves by day, for a download: a header and its rows."""
    shown = [row for code in codes for row in curves_of(sheet, code)]
    header = ["date", *(f"{row.code}.{row.course}" for row in shown)]
    columns = [row.values for row in shown]
    return header, [
        [day.isoformat(), *(round(values[n], 3) if n < len(values) else "" for values in columns)]
        for n, day in enumerate(sheet.dates)
    ]
