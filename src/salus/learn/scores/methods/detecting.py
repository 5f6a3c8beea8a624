"""Detectors beside the truth: how long after the first infection, and how often without a reason."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from salus.epi.aberration import ears
from salus.epi.farrington import farrington_flexible
from salus.epi.outbreak import bayes, detect_outbreaks, outbreak_p, rki
from salus.epi.sequential import cusum, likelihood_ratio
from salus.learn.scores.methods.hearing import FloatArray, Heard

# From this day on alarms count: a year of weeks and a little more is known then.
JUDGED_FROM = 56 * 7
# The usual level of detectors that are given one: this many days that end a week before.
_USUAL = 84
_NEW = "new"


@dataclass(frozen=True, slots=True)
class Detected:
    """How a detector did in one world.

    Attributes
    ----------
    delay : int or None
        Days from the first infection to the first alarm that it can have caused; none where there was none.
    false_alarms : int
        Spells of alarm before the first infection can have been told of.
    days : int
        Days of that time on which the detector was judged.

    """

    delay: int | None
    false_alarms: int
    days: int


Detector = Callable[[Heard], Iterable[int]]


def detected(heard: Heard, detector: Detector) -> Detected:
    """Return how a detector did on what was told of a world."""
    first, told = heard.first(_NEW), heard.first_told(_NEW)
    evenings = sorted(day for day in detector(heard) if day >= JUDGED_FROM)
    before = [day for day in evenings if day < told]
    after = [day for day in evenings if day >= told]
    return Detected(after[0] - first if after else None, _spells(before), told - JUDGED_FROM)


def _spells(days: list[int]) -> int:
    """Return how many spells of alarm there are: days within a week of each other are one."""
    return sum(1 for number, day in enumerate(days) if number == 0 or day - days[number - 1] > 7)


def detectors() -> dict[str, Detector]:
    """Return the detectors, by name; each hears new reports on the evening of the day on which they came."""
    return {
        "EARS C1, daily": lambda heard: _days(ears(heard.by_report, method="C1").alarm),
        "EARS C2, daily": lambda heard: _days(ears(heard.by_report, method="C2").alarm),
        "EARS C3, daily": lambda heard: _days(ears(heard.by_report, method="C3").alarm),
        "EARS C2 on sums of 7 days (the installation's)": _installed,
        "CUSUM, daily": lambda heard: _days(_reset(heard.by_report)),
        "likelihood ratio (GLR), daily": lambda heard: _days(_ratio(heard.by_report)),
        "outbreak P, weekly": lambda heard: _weeks(outbreak_p(_recent(heard)).alarm, _FIRST_WEEK),
        "Bayes, weekly": lambda heard: _weeks(_whole(bayes(_weekly(heard)).alarm, heard)),
        "RKI, weekly": lambda heard: _weeks(_whole(rki(_weekly(heard), b=0, w=6, current=True).alarm, heard)),
        "Farrington Flexible, weekly, one year back": lambda heard: _weeks(
            _whole(farrington_flexible(_weekly(heard), b=1, start=_FIRST_WEEK).alarm, heard)
        ),
        "Salus, weekly": lambda heard: _weeks(_whole(detect_outbreaks(_weekly(heard), start=_FIRST_WEEK).alarm, heard)),
    }


_FIRST_WEEK = JUDGED_FROM // 7


def _days(alarm: np.ndarray) -> list[int]:
    return [int(day) for day in np.flatnonzero(np.ravel(alarm))]


def _weeks(alarm: np.ndarray, first: int = 0) -> list[int]:
    """Return the evenings of the Sundays on which a weekly detector speaks."""
    return [7 * (int(week) + first) + 6 for week in np.flatnonzero(np.ravel(alarm))]


def _weekly(heard: Heard) -> FloatArray:
    """Return new reports by whole week; worlds begin on a Monday."""
    weeks = heard.by_report.size // 7
    return np.asarray(heard.by_report[: 7 * weeks].reshape(weeks, 7).sum(axis=1))


def _recent(heard: Heard) -> FloatArray:
    """Return the weeks from the one on which judging begins: this one takes any slow change for a rise."""
    return _weekly(heard)[_FIRST_WEEK:]


def _whole(alarm: np.ndarray, heard: Heard) -> np.ndarray:
    """Put the alarms of the last weeks at the end of all weeks, where a detector returns only those."""
    weeks = heard.by_report.size // 7
    found = np.ravel(alarm)
    return np.concatenate([np.zeros(weeks - found.size, dtype=bool), found])


def _installed(heard: Heard) -> list[int]:
    """Judge each evening's sum of seven days by the detector that an assessment uses, with its settings."""
    from salus.assess.methods.ears_c2 import method

    sums = np.convolve(heard.by_report, np.ones(7))[: heard.by_report.size]
    found = []
    for day in range(JUDGED_FROM, sums.size):
        # Sums that do not overlap: today's, a week ago's, and so on.
        table = sums[day % 7 : day + 1 : 7][-method.steps :, None]
        if method.run(table, {}).alarm[0]:
            found.append(day)
    return found


def _usual(counts: FloatArray) -> FloatArray:
    """Return the usual level of each day: the mean of twelve weeks that end a week before, at least a half."""
    total = np.concatenate([[0.0], np.cumsum(counts)])
    last = np.maximum(np.arange(counts.size) - 6, 0)
    first = np.maximum(last - _USUAL, 0)
    return np.maximum((total[last] - total[first]) / np.maximum(last - first, 1), 0.5)


def _reset(counts: FloatArray) -> np.ndarray:
    """Return the alarms of a CUSUM that starts afresh when judging begins and after each alarm."""
    usual, alarm, start = _usual(counts), np.zeros(counts.size, dtype=bool), JUDGED_FROM
    while start < counts.size:
        hits = np.flatnonzero(cusum(counts[start:], expected=usual[start:], transform="rossi").alarm)
        if not hits.size:
            break
        start += int(hits[0]) + 1
        alarm[start - 1] = True
    return alarm


def _ratio(counts: FloatArray) -> np.ndarray:
    found = np.zeros(counts.size, dtype=bool)
    part = likelihood_ratio(counts[JUDGED_FROM:], expected=_usual(counts)[JUDGED_FROM:], dispersion=0.1, window=56)
    found[JUDGED_FROM:] = np.ravel(part.alarm)
    return found
