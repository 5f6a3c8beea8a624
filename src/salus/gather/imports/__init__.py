"""The way in for data: files through a pipeline, a source's own frames through the same spool and commit."""
