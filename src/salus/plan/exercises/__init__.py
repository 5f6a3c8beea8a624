"""Exercises: how they are designed, staged and steered."""
