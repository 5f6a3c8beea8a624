"""Pages about data, people and the machinery: gather, trust, jobs."""
