"""The topics that the base publishes."""

CLOCK_SET = "base.clock_set"
