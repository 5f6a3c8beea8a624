"""From proposal to decision."""
