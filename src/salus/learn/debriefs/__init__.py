"""What the director thinks of a run: which objectives were reached, and what is to be learnt."""
