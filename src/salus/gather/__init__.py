"""Gather: sources, series, the observation store, and the way in for data."""
