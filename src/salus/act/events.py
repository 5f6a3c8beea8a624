"""The topics that act publishes, and what they carry."""

# record: the task. {"number", "status", "decision", "progress", "owner"}
TASK_CHANGED = "act.task_changed"
# record: the task. {"hand_over", "status", "to_person", "to_organisation"}
TASK_HANDED_OVER = "act.task_handed_over"
