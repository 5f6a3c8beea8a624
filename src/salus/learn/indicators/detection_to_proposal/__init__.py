"""From detection to proposal."""
