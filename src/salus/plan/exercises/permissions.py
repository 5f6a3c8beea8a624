"""The rights that exercises need; `trust` grants them."""

EXERCISE_VIEW = "exercise.view"
EXERCISE_DESIGN = "exercise.design"
EXERCISE_DIRECT = "exercise.direct"
