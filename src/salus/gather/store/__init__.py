"""The observation store: facts with two times, appended and never changed."""

from salus.gather.schemas import AppendResult
from salus.gather.store.appending import append, append_files
from salus.gather.store.columns import COLUMNS, SCHEMA, StoreError
from salus.gather.store.reading import as_of, counts, latest_known, latest_valid, versions

__all__ = [
    "COLUMNS",
    "SCHEMA",
    "AppendResult",
    "StoreError",
    "append",
    "append_files",
    "as_of",
    "counts",
    "latest_known",
    "latest_valid",
    "versions",
]
