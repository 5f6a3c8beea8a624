"""Measuring one decision: from its expectation and the store to the fields of an outcome."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from salus.base.errors import Invalid
from salus.decide.expecting import expected_to_json
from salus.decide.schemas import DecisionRow, Expected
from salus.learn import words
from salus.learn.judging import NOT_MET, PARTLY, UNDETERMINED, effect_of, verdict_on
from salus.learn.observing import given_up, observe, too_early
from salus.learn.schemas import Effect, Observed
from salus.plan.selectors import playbook_get
from salus.trust.actors import system_viewer

WITHOUT_FORECAST = timedelta(days=21)
NOTHING_SEEN = Observed(None, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Measured:
    """The outcome of a decision before it is written."""

    fields: dict[str, Any]
    expected: Expected | None
    observed: Observed

    @property
    def fell_short(self) -> bool:
        """Return whether the plan must be looked at again."""
        return self.fields["verdict"] in (PARTLY, NOT_MET)


def measure(row: DecisionRow, known_at: datetime) -> Measured:
    """Return what became of a decision as known at a moment, refusing where it is too early to tell."""
    expected = row.expected
    if expected is None:
        _refuse_before(row.approved_at, known_at)
        return _without(row, known_at)
    day = too_early(expected, known_at)
    if day is not None:
        raise Invalid(
            _("It is too early to tell: reports are awaited until %(day)s.") % {"day": day},
            remedy=_("Look again after that day."),
        )
    observed = observe(expected, known_at)
    if observed.mean_per_day is None and not given_up(expected, known_at):
        raise Invalid(_("Too few figures have come in yet."), remedy=_("Look again when more are there."))
    return _judged(row, expected, observed, known_at)


def _refuse_before(approved_at: datetime | None, known_at: datetime) -> None:
    """Without a forecast nothing can be measured, but that is said only when others would be judged too."""
    if approved_at is not None and known_at < approved_at + WITHOUT_FORECAST:
        raise Invalid(_("It is too early to tell."), remedy=_("Look again three weeks after the approval."))


def _judged(row: DecisionRow, expected: Expected, observed: Observed, known_at: datetime) -> Measured:
    seen = observed.mean_per_day
    effect = effect_of(seen, expected.baseline) if seen is not None else None
    verdict = verdict_on(effect, expected.change_mid, expected.change_high) if effect else UNDETERMINED
    playbook = playbook_get(viewer=system_viewer("learn"))
    if playbook is None:
        raise Invalid(_("There is no playbook yet."), remedy=_("Load a pack of measures first."))
    fields = {
        **_base(row, known_at),
        "observed": observed_to_json(observed),
        "effect": effect_to_json(effect),
        "verdict": verdict,
        "reasons": [dict(text) for text in words.reasons(verdict, expected, observed, effect, playbook)],
        "preliminary": observed.estimated_days > 0,
    }
    return Measured(fields, expected, observed)


def _without(row: DecisionRow, known_at: datetime) -> Measured:
    fields = {
        **_base(row, known_at),
        "observed": observed_to_json(NOTHING_SEEN),
        "effect": {},
        "verdict": UNDETERMINED,
        "reasons": [dict(words.NO_FORECAST)],
        "preliminary": False,
    }
    return Measured(fields, None, NOTHING_SEEN)


def _base(row: DecisionRow, known_at: datetime) -> dict[str, Any]:
    return {
        "zone_ids": [str(zone_id) for zone_id in row.zone_ids],
        "expected": expected_to_json(row.expected),
        "counterfactual_note": dict(words.COUNTERFACTUAL),
        "measured_known_at": known_at,
    }


def observed_to_json(observed: Observed) -> dict[str, Any]:
    """Return what was seen as it is kept."""
    return {
        "mean_per_day": observed.mean_per_day,
        "days": observed.days,
        "missing": observed.missing,
        "estimated_days": observed.estimated_days,
        "points": [[day.isoformat(), value] for day, value in observed.points],
    }


def effect_to_json(effect: Effect | None) -> dict[str, Any]:
    """Return an effect as it is kept."""
    return {"mid": effect.mid, "likely": list(effect.likely), "range": list(effect.range)} if effect else {}
