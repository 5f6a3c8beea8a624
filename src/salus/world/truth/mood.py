"""Trust, weariness and anxiety: how they move with what people see and hear, and what that does to compliance.

Nothing here is drawn by chance: the same days under the same orders leave the same mood.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import numpy as np

from salus.epi.scenario.model import Model
from salus.world.city.people import SEGMENTS
from salus.world.happenings import Happening
from salus.world.truth.customs import MoodRules, of
from salus.world.truth.orders import Order
from salus.world.truth.place import BANDS, FloatArray, Place

_WEEK, _REMEMBERED = 7, 14
_LOWEST, _HIGHEST = 0.05, 0.95


@dataclass(frozen=True, slots=True, eq=False)
class Mood:
    """How people stand on an evening; trust and weariness by segment.

    Attributes
    ----------
    trust, weariness : FloatArray, shape (3,)
    anxiety : float
        How anxiously people buy, 0 to 1.
    deaths, admissions : tuple of float
        Of the last days, newest last, among 100,000 people.
    since, ended : dict of str to int
        The day on which each measure in force began, and on which others ended last.
    known : frozenset of str
        Measures that have been published at some time.
    alarmed : bool
        Whether a false alarm held on the day.

    """

    trust: FloatArray
    weariness: FloatArray
    anxiety: float = 0.0
    deaths: tuple[float, ...] = ()
    admissions: tuple[float, ...] = ()
    since: Mapping[str, int] = field(default_factory=dict)
    ended: Mapping[str, int] = field(default_factory=dict)
    known: frozenset[str] = frozenset()
    alarmed: bool = False

    def as_json(self) -> dict[str, Any]:
        """Return the mood as it is kept."""
        return {
            "trust": self.trust.tolist(), "weariness": self.weariness.tolist(), "anxiety": self.anxiety,
            "deaths": list(self.deaths), "admissions": list(self.admissions), "since": dict(self.since),
            "ended": dict(self.ended), "known": sorted(self.known), "alarmed": self.alarmed,
        }  # fmt: skip

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Mood:
        """Return a mood that was kept."""
        return cls(
            np.array(kept["trust"]), np.array(kept["weariness"]), float(kept["anxiety"]), tuple(kept["deaths"]),
            tuple(kept["admissions"]), dict(kept["since"]), dict(kept["ended"]), frozenset(kept["known"]),
            bool(kept["alarmed"]),
        )  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """What people saw and heard of a day."""

    number: int
    on: date
    orders: Sequence[Order]
    happenings: Sequence[Happening]
    deaths: float
    admissions: float


def beginning(rules: MoodRules) -> Mood:
    """Return the mood before anything has happened."""
    return Mood(np.array(rules.trust), np.zeros(len(SEGMENTS)))


def seen(place: Place, number: int, on: date, orders: Sequence[Order], happenings: Sequence[Happening],
         values: Mapping[str, FloatArray]) -> Seen:  # fmt: skip
    """Return what people see of a day's truth: who dies and who is taken to hospital."""
    per = 1e5 / max(float(place.people.sum()), 1.0)
    dead, admitted = (float(values[name].sum()) * per for name in ("deaths", "admissions"))
    return Seen(number, on, orders, happenings, dead, admitted)


def evening(mood: Mood, today: Seen, place: Place, rules: MoodRules) -> Mood:
    """Return the mood of an evening from that of the evening before."""
    holding = {row.name: _share(row.zones, place) for row in today.orders if row.holds_on(today.on)}
    deaths, admissions = (
        (*mood.deaths, today.deaths)[-_REMEMBERED:],
        (*mood.admissions, today.admissions)[-_REMEMBERED:],
    )
    ended = {**mood.ended, **{code: today.number for code in mood.since if code not in holding}}
    after = replace(
        mood, deaths=deaths, admissions=admissions, ended=ended,
        since={code: mood.since.get(code, today.number) for code in holding},
        known=mood.known | {row.name for row in today.orders},
        alarmed=any(row.kind == "false_alarm" for row in today.happenings),
    )  # fmt: skip
    rumours = sum(row.size * _share(row.zones, place) for row in today.happenings if row.kind == "rumour")
    change = _gained(mood, after, today, rules) - _lost(mood, after, today, rules)
    trust = mood.trust + rules.recovers * (np.array(rules.trust) - mood.trust) + change
    trust -= rules.rumour * rumours * np.array(rules.rumour_by_segment)
    weight = sum(of(rules.weights, name.partition(":")[0]) * share for name, share in holding.items())
    weariness = mood.weariness * (1 - rules.rests) + np.array(rules.wearies) * weight * (1 - mood.weariness)
    anxiety = rules.anxious_stays * mood.anxiety + rules.anxious_rumour * rumours
    anxiety += rules.anxious_deaths * float(np.log1p(sum(deaths[-_WEEK:])))
    return replace(
        after,
        trust=np.clip(trust, _LOWEST, _HIGHEST),
        weariness=np.clip(weariness, 0.0, 1.0),
        anxiety=float(np.clip(anxiety, 0.0, 1.0)),
    )


def _share(zones: Sequence[str], place: Place) -> float:
    """Return the share of the people who live in zones; without zones everybody."""
    if not zones:
        return 1.0
    inside = np.isin(np.array(place.zones), list(zones))
    return float(place.people[inside].sum() / max(place.people.sum(), 1.0))


def _gained(before: Mood, after: Mood, today: Seen, rules: MoodRules) -> float:
    """Return what publishing and visible effect add to trust."""
    new = after.known - before.known
    ahead = any(row.name in new and row.start > today.on for row in today.orders)
    found = rules.published * bool(new) + rules.announced_before * ahead
    last, week_before = sum(after.admissions[-_WEEK:]), sum(after.admissions[-2 * _WEEK : -_WEEK])
    working = any(today.number - since >= _WEEK for since in after.since.values())
    if working and len(after.admissions) == _REMEMBERED and week_before > 1.0:
        found += rules.effect * (last < rules.effect_below * week_before)
    return found


def _lost(before: Mood, after: Mood, today: Seen, rules: MoodRules) -> float:
    """Return what contradiction, lateness, deaths, false alarms and unanswered questions take from trust."""
    begun = [code for code in after.since if code not in before.since and code in before.ended]
    again = sum(today.number - before.ended[code] <= rules.again_within_days for code in begun)
    dropped = [code for code in before.since if code not in after.since]
    early = sum(today.number - before.since[code] <= rules.ended_within_days for code in dropped)
    late = not after.since and sum(after.admissions[-_WEEK:]) > rules.late_above
    proved_false = before.alarmed and not after.alarmed
    asked = any(row.kind == "press_calls" for row in today.happenings)
    return (
        rules.contradiction * (again + early)
        + rules.late * late
        + rules.deaths * float(np.log1p(sum(after.deaths[-_WEEK:])))
        + rules.false_alarm * proved_false
        + rules.press * asked
    )


def compliance(mood: Mood, rules: MoodRules) -> FloatArray:
    """Return the factor on compliance by segment: 1 where people trust as at the beginning and are not weary."""
    base = np.array(rules.trust)
    factor = 1.0 + rules.trust_counts * (mood.trust / base - 1.0) - rules.weariness_counts * mood.weariness
    return np.asarray(np.clip(factor, rules.least, rules.most))


def obeyed(model: Model, factor: FloatArray) -> Model:
    """Return the model in which every measure is followed as the mood has it."""
    if np.allclose(factor, 1.0):
        return model
    by_stratum = np.tile(factor, BANDS)
    measures = tuple(
        replace(row, compliance=np.clip(np.asarray(row.compliance) * by_stratum, 0.0, 1.0)) for row in model.measures
    )
    return replace(model, measures=measures)
