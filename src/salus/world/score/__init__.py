"""What became of a city in a run, and what would have become of it otherwise."""
