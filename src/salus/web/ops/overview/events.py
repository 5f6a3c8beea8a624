"""Events in words: what a topic means to a person."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from salus.base import chain, selectors
from salus.base.schemas import Ref
from salus.trust.schemas import Viewer
from salus.trust.selectors import person_names
from salus.web.ui.components import LogEntry, Tone

# Steps of the machinery that nobody reads a log for.
QUIET = ("base.day_began", "base.clock_set")


def topic_words(topic: str) -> tuple[str, Tone]:
    """Return what happened, in words, and the tone in which it is shown."""
    words: dict[str, tuple[str, Tone]] = {
        "gather.import_committed": (_("Data came in"), ""),
        "assess.completed": (_("City assessed"), ""),
        "assess.signal_raised": (_("Signal raised"), "check"),
        "assess.signal_triaged": (_("Signal judged"), "info"),
        "assess.level_raised": (_("Level raised"), "check"),
        "assess.level_lowered": (_("Level lowered"), "good"),
        "plan.proposal_raised": (_("Proposal raised"), "check"),
        "decide.decision_drafted": (_("Decision drafted"), ""),
        "decide.decision_submitted": (_("Decision submitted"), "info"),
        "decide.decision_approved": (_("Decision approved"), "info"),
        "decide.decision_rejected": (_("Decision sent back"), ""),
        "decide.decision_ended": (_("Decision ended"), ""),
        "decide.service_changed": (_("Line or site changed"), "info"),
        "decide.release_published": (_("Published"), "good"),
        "act.task_changed": (_("Task changed"), ""),
        "act.task_created": (_("Task made"), ""),
        "learn.outcome_recorded": (_("Outcome measured"), "info"),
        "learn.fell_short": (_("Fell short of what was expected"), "check"),
    }
    return words.get(topic, (topic.rsplit(".", maxsplit=1)[-1].replace("_", " ").capitalize(), ""))


def entries(
    *, viewer: Viewer, known_at: datetime | None, limit: int = 60, topics: Sequence[str] | None = None
) -> list[LogEntry]:
    """Return the newest events that the viewer may know of, in words."""
    rows = selectors.event_list(known_at=known_at, limit=limit, topics=topics, leave_out=QUIET)
    refs = [Ref(row.record_kind, row.record_id, row.recorded_at) for row in rows]
    titles = chain.describe(refs, viewer=viewer, known_at=known_at)
    names = person_names({row.by_id for row in rows}, viewer=viewer)
    found = []
    for row in rows:
        described = titles.get(row.record_id)
        if described is None:
            continue
        kind, tone = topic_words(row.topic)
        found.append(
            LogEntry(row.recorded_at, described.title, None, names.get(row.by_id, ""), kind, described.url, tone=tone)
        )
    return found
