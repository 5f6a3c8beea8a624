"""A real broker on this machine alone, and what publishes the sensors' messages through it."""
