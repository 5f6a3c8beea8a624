"""Port Alma: a harbour city that does not exist, with an epidemic whose truth is known."""
