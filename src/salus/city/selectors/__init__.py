"""The reads of city."""

from salus.city.selectors.cities import city_get
from salus.city.selectors.facilities import facility_get, facility_list, space_list, territory_list
from salus.city.selectors.generations import crosswalk, generation_current, generation_list
from salus.city.selectors.lines import line_get, line_list
from salus.city.selectors.maps import zone_features, zone_geojson
from salus.city.selectors.populations import (
    population_by_age,
    population_of,
    segment_list,
)
from salus.city.selectors.searching import zone_search
from salus.city.selectors.zones import (
    level_list,
    zone_at,
    zone_by_code,
    zone_by_number,
    zone_get,
    zone_list,
)

__all__ = [
    "city_get",
    "crosswalk",
    "facility_get",
    "facility_list",
    "generation_current",
    "generation_list",
    "level_list",
    "line_get",
    "line_list",
    "population_by_age",
    "population_of",
    "segment_list",
    "space_list",
    "territory_list",
    "zone_at",
    "zone_by_code",
    "zone_by_number",
    "zone_features",
    "zone_geojson",
    "zone_get",
    "zone_list",
    "zone_search",
]
