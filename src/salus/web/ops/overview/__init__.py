"""Pages that show how things stand: Now, zones, series, the chain, the log."""
