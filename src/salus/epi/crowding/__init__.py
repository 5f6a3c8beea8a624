"""Who is where and who goes where: occupancy, flows and expected crowding."""

from salus.epi.crowding.counting import CrowdingCounter, CrowdingCounts, count_crowding, count_crowding_files
from salus.epi.crowding.expected import CrowdingForecast, expected_crowding

__all__ = [
    "CrowdingCounter",
    "CrowdingCounts",
    "CrowdingForecast",
    "count_crowding",
    "count_crowding_files",
    "expected_crowding",
]
