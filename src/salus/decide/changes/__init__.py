"""Changes of the city's own services: lines that are closed and sites that are opened, on a decision."""
