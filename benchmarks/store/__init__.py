"""How fast the observation store is, beside the bare database."""
