"""Plan has no long work of its own."""
