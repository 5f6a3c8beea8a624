"""Trust has no long work of its own."""
