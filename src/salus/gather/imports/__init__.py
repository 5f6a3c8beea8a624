"""The way in for data: files through a pipeline, a source's own frames through the same spool and commit."""

from salus.gather.imports.frames import import_frames

__all__ = ["import_frames"]
