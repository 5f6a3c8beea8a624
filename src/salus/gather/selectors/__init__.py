"""The reads of gather: the viewer first, the moment last."""

from salus.gather.catalogue.selectors import catalogue, source_list
from salus.gather.selectors.imports import import_get, import_list, mapping_list, parked_list
from salus.gather.selectors.observations import (
    observation_history,
    observations_as_of,
    observations_versions,
    series_freshness,
)
from salus.gather.selectors.series import series_get, series_list, source_get, source_rows, stratum_list

__all__ = [
    "catalogue",
    "import_get",
    "import_list",
    "mapping_list",
    "observation_history",
    "observations_as_of",
    "observations_versions",
    "parked_list",
    "series_freshness",
    "series_get",
    "series_list",
    "source_get",
    "source_list",
    "source_rows",
    "stratum_list",
]
