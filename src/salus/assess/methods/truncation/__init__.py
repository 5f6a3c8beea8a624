"""One method of assessment; see manifest.yaml."""
