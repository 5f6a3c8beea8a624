"""The tables of gather; the observations themselves live in `gather.store`."""

from salus.gather.models.cases import Case, CaseKey, ServedArea
from salus.gather.models.imports import ColumnMapping, Import, ParkedRow
from salus.gather.models.reads import SeriesRead
from salus.gather.models.series import Series, Stratum
from salus.gather.models.sources import Source

__all__ = [
    "Case",
    "CaseKey",
    "ColumnMapping",
    "Import",
    "ParkedRow",
    "Series",
    "SeriesRead",
    "ServedArea",
    "Source",
    "Stratum",
]
