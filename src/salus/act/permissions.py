"""The rights that the records of act need; `trust` grants them."""

TASK_VIEW = "task.view"
TASK_CREATE = "task.create"
TASK_TAKE = "task.take"
TASK_UPDATE = "task.update"
TASK_DONE = "task.done"
TASK_HAND_OVER = "task.hand_over"
