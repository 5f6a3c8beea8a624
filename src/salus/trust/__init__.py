"""People, organisations, roles, the one policy, personal data and disclosure control."""
