"""The ``ui`` tag library."""
