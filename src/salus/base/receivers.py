"""The base subscribes to nothing."""
