"""The topics that city publishes."""

CITY_DEFINED = "city.defined"
GENERATION_IMPORTED = "city.generation_imported"
POPULATION_IMPORTED = "city.population_imported"
FACILITY_CHANGED = "city.facility_changed"
TERRITORY_CHANGED = "city.territory_changed"
# record: the import of lines. {"written"}
LINES_IMPORTED = "city.lines_imported"
