"""The writes of learn."""

from salus.learn.services.outcomes import outcome_comment, outcome_measure, outcome_publish

__all__ = ["outcome_comment", "outcome_measure", "outcome_publish"]
