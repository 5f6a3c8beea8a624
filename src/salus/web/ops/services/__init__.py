"""The pages on which lines are closed and sites are opened."""
