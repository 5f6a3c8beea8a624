"""The rights of city."""

CITY_VIEW = "city.view"
CITY_MANAGE = "city.manage"
POPULATION_VIEW = "population.view"
POPULATION_MANAGE = "city.manage"
FACILITY_VIEW = "facility.view"
FACILITY_MANAGE = "facility.manage"
# A hospital tells its own status; the right is asked for in the facility's zone.
FACILITY_REPORT = "facility.report"
