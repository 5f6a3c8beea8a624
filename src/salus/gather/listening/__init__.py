"""Hearing what speaks by itself, and keeping it as it came until a source reads it; knows no table and no Django."""
