"""Indicators of the whole chain: each a folder with its manifest, code, fixture and test."""
