"""Pages on which people find out what made others ill."""
