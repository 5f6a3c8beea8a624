"""The writes of learn."""

from salus.learn.services.outcomes import outcome_comment, outcome_measure, outcome_publish
from salus.learn.trainees.services import training_attest, training_renew, training_withdraw

__all__ = [
    "outcome_comment",
    "outcome_measure",
    "outcome_publish",
    "training_attest",
    "training_renew",
    "training_withdraw",
]
