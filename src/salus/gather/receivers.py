"""Gather subscribes to nothing: data come in through imports."""
