"""The writes of learn."""

from salus.learn.debriefs.services import debrief_write
from salus.learn.scores.services import score_keep, score_make
from salus.learn.services.outcomes import outcome_comment, outcome_measure, outcome_publish
from salus.learn.trainees.of_runs import training_attest_run
from salus.learn.trainees.services import training_attest, training_renew, training_withdraw

__all__ = [
    "debrief_write",
    "outcome_comment",
    "outcome_measure",
    "outcome_publish",
    "score_keep",
    "score_make",
    "training_attest",
    "training_attest_run",
    "training_renew",
    "training_withdraw",
]
