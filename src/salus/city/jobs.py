"""City has no long work: boundaries of a whole city are read in seconds."""
