"""Every address at which the loop is worked, with a record of the story in it.

Exercises and investigations have records of their own, and tests beside them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, reverse

from salus.trust import policy
from salus.trust.schemas import Viewer
from salus.web.ops.data.urls import urlpatterns as data_patterns
from salus.web.ops.overview.urls import urlpatterns as overview_patterns
from salus.web.ops.work.urls import urlpatterns as work_patterns
from tests.web.ops.story import SERIES, SOURCE, Story

STEPS = {
    "decision_step": "submit",
    "task_step": "take",
    "outcome_step": "comment",
    "alert_step": "publish",
    "import_step": "commit",
    "delivery_step": "retry",
    "signal_triage": "confirm",
}
# Addresses that only take what is sent to them.
SENT = (
    "assess_now", "rules_try", "rules_save", "signal_triage", "proposal_drop", "decision_step", "task_step",
    "outcome_step", "release_publish", "alert_step", "source_state", "import_step", "parked_fix", "parked_dismiss",
    "role_give", "person_close", "role_take", "delivery_step", "job_cancel", "interval_set", "interval_pairs",
)  # fmt: skip
# Lines that name a person ask for more than their address says, and have tests of their own.
APART = ("parked_case", "parked_case_fix")
CHAINED = ("signal", "risk_level", "proposal", "decision", "task", "alert", "outcome", "assessment")


@dataclass(frozen=True)
class Address:
    """One address and the view behind it."""

    name: str
    path: str
    view: Any

    @property
    def sent(self) -> bool:
        """Whether it only takes what is sent to it."""
        return self.name in SENT

    def allows(self, viewer: Viewer) -> bool:
        """Whether the declared right lets a person in."""
        right = self.view.salus_permission
        return not isinstance(right, str) or policy.may_somewhere(viewer, right, tier=self.view.salus_tier)


def _values(pattern: URLPattern, story: Story) -> dict[str, Any]:
    known = {
        **story.ids, "import_id": story.ids["import"], "person": story.people["amira"], "code": SERIES, "slug": SOURCE,
        "number": story.ids["release"], "part": "map", "kind": "decision", "record": story.ids["decision"],
        "verdict": STEPS["signal_triage"], "step": STEPS.get(pattern.name or "", ""),
        "delivery": story.ids["job"],
    }  # fmt: skip
    if pattern.name in ("parked_fix", "parked_dismiss"):
        known["row"] = story.ids["row"]
    return {name: known[name] for name in pattern.pattern.converters}


def addresses(story: Story) -> list[Address]:
    """All of them, read from the URLconf itself."""
    found = []
    for pattern in (*overview_patterns, *work_patterns, *data_patterns):
        if pattern.name in APART:
            continue
        path = reverse(f"ops:{pattern.name}", kwargs=_values(pattern, story))
        found.append(Address(pattern.name or "", path, pattern.callback))
    return found
