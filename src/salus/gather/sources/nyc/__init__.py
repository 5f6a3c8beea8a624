"""New York City's published COVID-19 data with every published version."""
