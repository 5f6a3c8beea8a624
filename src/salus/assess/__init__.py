"""Signals, nowcasts, forecasts and risk levels from whatever was known at a moment."""
