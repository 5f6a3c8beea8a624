"""The public face: pages, open data and feeds made of releases, and of nothing else."""
