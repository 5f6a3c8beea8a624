"""From decision to publication."""
