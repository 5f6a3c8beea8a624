"""Zones, populations, facilities and territories: the city in which everything happens."""
