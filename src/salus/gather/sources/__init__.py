"""Sources of data: one folder each, and nothing else to change for a new one."""
