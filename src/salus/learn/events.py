"""The topics that learn publishes, and what they carry."""

# record: the outcome. {"decision", "verdict"}
OUTCOME_RECORDED = "learn.outcome_recorded"
# record: the outcome. {"decision", "verdict", "proposal"}
FELL_SHORT = "learn.fell_short"
# record: the training record
TRAINING_CHANGED = "learn.training_changed"
# record: the run of an exercise
RUN_JUDGED = "learn.run_judged"
# record: the score. {"run", "exercise_run"}
SCORE_MADE = "learn.score_made"
