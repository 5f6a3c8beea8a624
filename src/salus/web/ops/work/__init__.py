"""Pages on which work is done: signals, proposals, decisions, tasks, outcomes, releases."""
