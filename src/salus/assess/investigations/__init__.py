"""Investigations: what made people ill, who counts as a case, and where it points to."""
