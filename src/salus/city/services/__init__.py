"""The writes of city."""

from salus.city.services.cities import city_define
from salus.city.services.facilities import (
    facility_create,
    facility_revise,
    facility_status_set,
    space_set,
)
from salus.city.services.generations import generation_import
from salus.city.services.lines import lines_import
from salus.city.services.populations import population_import
from salus.city.services.territories import territory_set

__all__ = [
    "city_define",
    "facility_create",
    "facility_revise",
    "facility_status_set",
    "generation_import",
    "lines_import",
    "population_import",
    "space_set",
    "territory_set",
]
