"""The table of scores: each making of a score is a version, and none is ever changed."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from salus.base.versioned import Versioned


class RunScore(Versioned):
    """The score of a run, as it was made at a moment."""

    # Where the run lies, seen from the data folder: scores of one folder are versions of one score.
    run = models.CharField(max_length=400)
    exercise_run_id = models.UUIDField(null=True, db_index=True)
    # What a list shows, so that it need not read whole sheets.
    summary = models.JSONField(default=dict)
    sheet = models.JSONField(default=dict)

    class Meta:
        app_label = "learn"
        verbose_name = "score"
        constraints = [
            *Versioned.Meta.constraints,
            models.UniqueConstraint(
                fields=["run"], condition=Q(superseded_at__isnull=True), name="learn_score_one_of_a_run"
            ),
        ]
