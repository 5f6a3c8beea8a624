"""The job that assesses the city."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from salus.base.errors import Invalid
from salus.base.jobs import Progress, handles
from salus.base.selectors import change_number, events_after

ASSESS = "assess.run"
INVESTIGATE = "assess.investigate"
INTERVAL = "assess.serial_interval"
_TRIGGERS = ("gather.import_committed", "base.day_began")


@handles(ASSESS)
def assess(progress: Progress, args: dict[str, Any]) -> dict[str, Any]:
    """Assess what is known now, and once more where something came in meanwhile.

    While a job runs, a trigger finds it open and starts no second one; without the second look
    the last facts of a day would wait for the next.
    """
    from salus.assess.services import assessment_run
    from salus.city import selectors as city
    from salus.trust.selectors import system_viewer

    by = system_viewer("assess")
    if not city.zone_list(viewer=by):
        return {"skipped": "There is no city yet."}
    seen = change_number()
    made = assessment_run(progress=progress.update, by=by)
    if any(event.topic in _TRIGGERS for event in events_after(seen)):
        made = assessment_run(progress=progress.update, by=by)
    return {"assessment": str(made.id), "known_at": made.known_at.isoformat(), **made.summary}


@handles(INVESTIGATE)
def investigate(progress: Progress, args: dict[str, Any]) -> dict[str, Any]:
    """Compute an investigation on what is known now."""
    from salus.assess.investigations.work import find
    from salus.trust.selectors import system_viewer

    return dict(find(investigation=UUID(args["investigation"]), by=system_viewer("assess")))


@handles(INTERVAL)
def serial_interval(progress: Progress, args: dict[str, Any]) -> dict[str, Any]:
    """Estimate the serial interval from pairs of onsets, allowing for pairs whose second is not ill yet."""
    from salus.epi.chains.intervals import delay_distribution
    from salus.epi.errors import EpiError

    start = date(2000, 1, 1)
    first, second = ([(date.fromisoformat(pair[place]) - start).days for pair in args["pairs"]] for place in (0, 1))
    end = float((date.fromisoformat(args["today"]) - start).days + 1)
    try:
        found = delay_distribution(first, second, truncated_at=end)
    except EpiError as error:
        raise Invalid(str(error), remedy=_("Look at the pairs, or add more.")) from error
    values = {"mean": found.mean, "mean_low": found.mean_lower, "mean_high": found.mean_upper,
              "sd": found.sd, "sd_low": found.sd_lower, "sd_high": found.sd_upper}  # fmt: skip
    return {"pairs": found.pairs, **{name: round(value, 2) for name, value in values.items()}}
