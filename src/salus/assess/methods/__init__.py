"""Methods as folders: a manifest, `method.py`, a fixture and a test each; the pack names them.

Only the run imports a `method.py`, for that brings in the numerics.
"""
