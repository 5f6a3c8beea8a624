"""Writes of the serial interval that R rests on: set with a source and a reason, or estimated from pairs of cases."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from uuid import UUID

from django.utils.translation import gettext as _

from salus.assess.jobs import INTERVAL
from salus.assess.models import RuleTable
from salus.assess.permissions import RULE_SAVE
from salus.assess.rule_store import document_of, rule_table_in_force
from salus.assess.services.rule_tables import checked, rule_table_keep
from salus.base import clock, jobs
from salus.base.audit import audited, note
from salus.base.errors import Conflict, Invalid
from salus.trust import policy
from salus.trust.schemas import Viewer

LEAST_PAIRS, MOST_PAIRS = 5, 2000
_BETWEEN = re.compile(r"[\s,;]+")


@audited("serial_interval.set")
def serial_interval_set(
    *,
    mean: float,
    mean_range: tuple[float, float],
    sd: float,
    sd_range: tuple[float, float],
    source: str,
    reason: str,
    expected_number: int | None = None,
    by: Viewer,
) -> RuleTable:
    """Set the serial interval with its uncertainty, as the next number of the rule table in force."""
    policy.require(by, RULE_SAVE)
    for text in (source, reason):
        if not text.strip():
            raise Invalid(
                _("A serial interval needs its source and a reason."), remedy=_("Say where it is from, and why now.")
            )
    before = rule_table_in_force()
    if expected_number is not None and before.number != expected_number:
        raise Conflict(
            _("Somebody saved number %(now)d since you opened number %(then)d.")
            % {"now": before.number, "then": expected_number},
            remedy=_("Look at the newest one and try again."),
        )
    raw = document_of(before).model_dump(mode="json")
    raw["plan"]["serial_interval"] = {
        "mean": mean, "mean_range": list(mean_range), "sd": sd, "sd_range": list(sd_range),
        "source": {"en": source.strip()},
    }  # fmt: skip
    note(mean=mean, mean_range=list(mean_range), sd=sd, sd_range=list(sd_range))
    return rule_table_keep(checked(raw), before, reason.strip(), by=by)


@audited("serial_interval.estimate")
def serial_interval_estimate(*, pairs: str, by: Viewer) -> UUID:
    """Queue the estimate of the serial interval from pairs: the onset of a case, and of one that it infected, a line each."""
    policy.require(by, RULE_SAVE)
    days = pairs_of(pairs)
    note(pairs=len(days))
    args: dict[str, object] = {"pairs": [list(pair) for pair in days], "today": clock.today().isoformat()}
    found: UUID = jobs.start(kind=INTERVAL, args=args, by=by).id
    return found


def pairs_of(text: str) -> Sequence[tuple[str, str]]:
    """Return the pairs of days in a text, or say which line is none."""
    found = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            first, second = (date.fromisoformat(part) for part in _BETWEEN.split(line.strip()))
        except ValueError as error:
            raise Invalid(
                _("Line %(n)s is no pair of days.") % {"n": number},
                remedy=_("Write two days a line, for example 2026-03-01 2026-03-07."),
            ) from error
        if second < first or second > clock.today():
            raise Invalid(
                _("Line %(n)s: the second day lies before the first, or in the future.") % {"n": number},
                remedy=_("First the day on which the infector fell ill, then the one infected."),
            )
        found.append((first.isoformat(), second.isoformat()))
    if not LEAST_PAIRS <= len(found) <= MOST_PAIRS:
        raise Invalid(
            _("%(n)s pairs are given.") % {"n": len(found)},
            remedy=_("Give from %(least)s to %(most)s pairs.") % {"least": LEAST_PAIRS, "most": MOST_PAIRS},
        )
    return found
