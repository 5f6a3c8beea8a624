"""The topics that exercises publish, and what they carry."""

# record: the exercise. {"withdrawn"}
EXERCISE_CHANGED = "plan.exercise_changed"
# record: the run. {"exercise", "state"}
RUN_CHANGED = "plan.exercise_run_changed"
