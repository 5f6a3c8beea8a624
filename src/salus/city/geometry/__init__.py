"""Geometry of zones: what comes in is valid or is refused, and what goes out shares its borders.

Shapely is imported by the modules here and nowhere else in the package, when they are first needed.
"""
