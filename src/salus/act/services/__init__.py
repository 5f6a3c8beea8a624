"""The writes of act."""

from salus.act.services.hand_overs import hand_over_decline, hand_over_withdraw, task_hand_over, task_take
from salus.act.services.tasks import task_cancel, task_create, task_done, task_update

__all__ = [
    "hand_over_decline",
    "hand_over_withdraw",
    "task_cancel",
    "task_create",
    "task_done",
    "task_hand_over",
    "task_take",
    "task_update",
]
