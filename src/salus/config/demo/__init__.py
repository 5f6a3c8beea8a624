"""The demo: a city, its people, and a crew that works where the visitor does not."""
