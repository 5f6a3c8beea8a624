"""Readers: every format as pieces of text columns, each piece with the place to go on from."""

from __future__ import annotations

from pathlib import Path

from salus.gather.imports.detection import Detected
from salus.gather.imports.readers.pieces import Broken, RawChunk, Table


def open_table(path: Path, detected: Detected, *, work: Path) -> Table:
    """Return the table in a file; `work` is a folder for what has to be rewritten first."""
    from salus.gather.imports.readers.delimited import DelimitedTable
    from salus.gather.imports.readers.documents import DocumentTable, LinesTable
    from salus.gather.imports.readers.parquet import ParquetTable
    from salus.gather.imports.readers.workbook import WorkbookTable

    if detected.format == "parquet":
        return ParquetTable(path)
    if detected.format == "excel":
        return WorkbookTable(path)
    if detected.format == "jsonl":
        return LinesTable(path, detected.encoding)
    if detected.format in {"json", "geojson"}:
        return DocumentTable(path, detected.encoding)
    return DelimitedTable(path, detected, work)


__all__ = ["Broken", "RawChunk", "Table", "open_table"]
