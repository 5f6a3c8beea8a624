"""One file for each question that the public asks."""
