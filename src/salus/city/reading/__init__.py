"""What selectors and services both read, without asking whose right it is."""
