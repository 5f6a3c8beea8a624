"""Salus, the operating system of a city's response to a public-health emergency."""

__version__ = "0.1.0"
