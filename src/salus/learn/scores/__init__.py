"""The score of a run of an exercise: what became of the city, and what it had cost to do otherwise."""
