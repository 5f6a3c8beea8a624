"""From decision to tasks done."""
