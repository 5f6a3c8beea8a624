"""The processes that one installation runs, and how they start and stop together."""
