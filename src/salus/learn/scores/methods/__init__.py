"""Detectors, nowcasts, reproduction numbers and forecasts beside the truth, on what feeds told by each evening."""
