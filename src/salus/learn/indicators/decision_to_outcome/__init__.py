"""From decision to outcome."""
