"""The writes of exercises."""

from salus.plan.exercises.services.designs import exercise_design, exercise_revise, exercise_withdraw
from salus.plan.exercises.services.machinery import run_adopt, run_state_record
from salus.plan.exercises.services.staging import run_handover, run_prepare, run_prepare_cancel, run_step_back
from salus.plan.exercises.services.steering import (
    inject_fire,
    run_end,
    run_pause,
    run_review,
    run_speed,
    run_start,
)

__all__ = [
    "exercise_design",
    "exercise_revise",
    "exercise_withdraw",
    "inject_fire",
    "run_adopt",
    "run_end",
    "run_handover",
    "run_pause",
    "run_prepare",
    "run_prepare_cancel",
    "run_review",
    "run_speed",
    "run_start",
    "run_state_record",
    "run_step_back",
]
